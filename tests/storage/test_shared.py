"""What several hosts would have together, in stores that one host has for itself."""

from storage.store import Store


async def test_where_nobody_else_sends_each_process_keeps_its_own_limit(store: Store) -> None:
    if not store.shared:
        assert await store.draw("telegram", 3, 30.0, 0) is None


async def test_where_one_host_is_for_itself_its_clock_is_the_clock(store: Store) -> None:
    assert (await store.clock() is None) is not store.shared
