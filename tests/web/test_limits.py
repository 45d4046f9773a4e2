"""Limits: what passes, what waits and for how long, and that a flood costs no memory."""

import asyncio
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.limits import (
    HOUR,
    MINUTE,
    FileLines,
    Limit,
    PageLimits,
    client_key,
    give_all_back,
    mailbox_key,
    network_key,
    page_limits,
    take_all,
)


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> PageLimits:
    return page_limits(clock)


def test_a_burst_passes_at_once_and_then_one_a_token(clock: Clock) -> None:
    limit = Limit(rate=0.5, burst=3, clock=clock)
    assert [limit.take("a") for _ in range(3)] == [0, 0, 0]
    assert limit.take("a") == pytest.approx(2.0)
    clock.now += 1.5
    assert limit.take("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert limit.take("a") == 0
    assert limit.take("a") == pytest.approx(2.0)


def test_who_is_refused_pays_nothing(clock: Clock) -> None:
    limit = Limit(rate=1, burst=1, clock=clock)
    limit.take("a")
    assert {limit.take("a") for _ in range(50)} == {1.0}
    clock.now += 1
    assert limit.take("a") == 0


def test_keys_know_nothing_of_each_other(clock: Clock) -> None:
    limit = Limit(rate=1, burst=1, clock=clock)
    assert limit.take("a") == 0
    assert limit.take("b") == 0


def test_no_bucket_gets_fuller_than_full(clock: Clock) -> None:
    limit = Limit(rate=1, burst=2, clock=clock)
    clock.now += 1_000_000
    assert [limit.take("a") > 0 for _ in range(4)] == [False, False, True, True]


def test_what_is_given_back_can_be_taken_again(clock: Clock) -> None:
    limit = Limit(rate=1, burst=1, clock=clock)
    limit.take("a")
    limit.give_back("a")
    assert limit.take("a") == 0
    assert limit.take("a") > 0
    limit.give_back("never seen")
    assert len(limit) == 1


def test_a_flood_of_addresses_costs_no_memory_and_drops_who_asked_longest_ago(clock: Clock) -> None:
    limit = Limit(rate=0.001, burst=1, most=100, clock=clock)
    limit.take("insistent")
    for number in range(10_000):
        limit.take(f"{number}")
        assert limit.take("insistent") > 0
    assert len(limit) == 100
    assert limit.take("9999") > 0
    assert limit.take("0") == 0


@pytest.mark.parametrize(("rate", "burst", "most"), [(0, 1, 1), (-1, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_limit_that_lets_nothing_through_is_a_mistake(rate: float, burst: int, most: int) -> None:
    with pytest.raises(ValueError, match="lets something through"):
        Limit(rate, burst, most)


@pytest.mark.parametrize("cost", [0, -1, 2.5])
def test_a_cost_that_no_bucket_holds_is_a_mistake(cost: float) -> None:
    with pytest.raises(ValueError, match="never holds"):
        Limit(rate=1, burst=2).take("a", cost)


@settings(deadline=None)
@given(
    st.floats(0.001, 100),
    st.integers(1, 50),
    st.lists(st.tuples(st.floats(0, 1_000), st.integers(1, 60)), max_size=30),
)
def test_no_more_passes_than_a_burst_and_the_rate(rate: float, burst: int, asked: list[tuple[float, int]]) -> None:
    clock = Clock()
    limit, passed, began = Limit(rate, burst, clock=clock), 0, clock.now
    for pause, times in asked:
        clock.now += pause
        passed += sum(limit.take("a") == 0 for _ in range(times))
        assert passed <= burst + rate * (clock.now - began) + 0.01


@settings(deadline=None)
@given(st.floats(0.001, 100), st.integers(1, 20))
def test_who_waits_as_long_as_told_is_let_through(rate: float, burst: int) -> None:
    clock = Clock()
    limit = Limit(rate, burst, clock=clock)
    for _ in range(burst + 5):
        while wait := limit.take("a"):
            before = clock.now
            clock.now += wait
            assert clock.now > before


def test_of_several_limits_all_are_taken_or_none(clock: Clock) -> None:
    wide, narrow = Limit(rate=1, burst=5, clock=clock), Limit(rate=0.1, burst=1, clock=clock)
    assert take_all((wide, "a"), (narrow, "a")) == 0
    assert [take_all((wide, "a"), (narrow, "a")) for _ in range(20)] == pytest.approx([10.0] * 20)
    assert [wide.take("a") for _ in range(5)].count(0) == 4
    give_all_back((narrow, "a"))
    assert narrow.take("a") == 0


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "?"),
        ("a unix socket", "?"),
        ("203.0.113.7, 198.51.100.1", "?"),
    ],
)
def test_who_asks_is_an_address_or_a_network(address: str, key: str) -> None:
    assert client_key(address) == key


def test_ways_to_write_one_mailbox_are_one() -> None:
    ways = ("anna.li@example.com", "ANNA.LI@Example.com", "annali+1@example.com", "a.n.n.a.l.i+x+y@example.com")
    assert {mailbox_key(way) for way in ways} == {"annali@example.com"}
    assert mailbox_key("annali@example.org") != "annali@example.com"


# the numbers


def test_forty_firms_in_one_training_room_never_meet_a_limit(clock: Clock, limits: PageLimits) -> None:
    room, firms = client_key("203.0.113.7"), [f"web:{number}" for number in range(40)]
    assert not any(limits.begin(room) for _ in firms)
    waits = []
    for _ in range(30 * 60):  # half an hour; everybody taps once a second, without script: two requests
        clock.now += 1
        waits += [limits.request(room, firm) for firm in firms for _ in range(2 if clock.now % 2 else 1)]
    assert not any(waits)
    assert not any(limits.mail(room, firm, f"{firm[4:]}@example.com") for firm in firms)
    for _ in firms:
        assert limits.code(room) == 0
        limits.code_was_right(room)
        assert limits.link(room) == 0
        limits.link_was_right(room)


def _tries(clock: Clock, days: float, step: float, clients: int, limits: PageLimits) -> int:
    """How many wrong codes so many addresses get to try, each as often as it may."""
    keys, until, tried = [client_key(f"10.0.{number}.1") for number in range(clients)], clock.now + days * 24 * HOUR, 0
    while clock.now < until:
        tried += sum(limits.code(key) == 0 for key in keys)
        clock.now += step
    return tried


def test_one_address_tries_five_wrong_codes_and_then_one_in_two_minutes(clock: Clock, limits: PageLimits) -> None:
    assert _tries(clock, 1, MINUTE, 1, limits) == pytest.approx(5 + 720, abs=2)


def test_all_addresses_together_try_no_more_than_the_record_says(clock: Clock, limits: PageLimits) -> None:
    tried = _tries(clock, 1, MINUTE, 200, limits)
    assert tried == pytest.approx(200 + 17_280, rel=0.02)
    hit = tried * 100 / 23**6  # a hundred codes are live the whole day
    assert 1 / hit > 80  # days until one of them is met


def test_no_mailbox_is_bombed_whoever_asks(clock: Clock, limits: PageLimits) -> None:
    sent = sum(
        limits.mail(client_key(f"10.0.{number % 250}.{number // 250}"), f"web:{number}", f"victim+{number}@example.com")
        == 0
        for number in range(1_000)
    )
    assert sent == 3
    clock.now += 24 * HOUR
    assert [limits.mail("a", "b", "victim@example.com") > 0 for _ in range(4)] == [False, False, False, True]


def test_who_is_refused_for_one_mailbox_uses_up_nobody_elses_mails(clock: Clock, limits: PageLimits) -> None:
    for number in range(10_000):
        limits.mail(f"{number}", f"web:{number}", "victim@example.com")
    assert limits.mail("10.0.0.1", "web:anna", "anna@example.com") == 0


def test_nobody_fills_the_disk_with_dossiers(clock: Clock, limits: PageLimits) -> None:
    address = count()
    begun = sum(limits.begin(client_key(f"2001:db8:{next(address):x}::1")) == 0 for _ in range(20_000))
    assert begun == 1_000


WIDE = [
    pytest.param([f"2001:db8:7:{number:x}::1" for number in range(5_000)], id="IPv6", marks=pytest.mark.slow),
    pytest.param([f"198.51.100.{number}" for number in range(256)], id="IPv4"),
]
"""What one person gets for the asking, or rents for little."""


@pytest.mark.parametrize("addresses", WIDE)
def test_a_network_of_somebodys_own_uses_up_nothing_of_everybodys(
    clock: Clock, limits: PageLimits, addresses: list[str]
) -> None:
    for hour in range(3):
        clock.now += hour * HOUR
        for number, address in enumerate(addresses * 3):
            client = client_key(address)
            limits.begin(client)
            limits.code(client)
            limits.mail(client, f"web:{hour}.{number}", f"{hour}.{number}@example.com")
        assert not any(limits.begin(client_key(f"203.0.{number}.7")) for number in range(200))
        assert not any(limits.code(client_key(f"203.0.{number}.7")) for number in range(40))
        assert not any(limits.mail("203.0.113.7", f"web:{hour}{n}", f"{hour}.{n}@example.org") for n in range(10))


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1::/48"), ("a unix socket", "?")],
)
def test_a_wider_network_is_known_by_its_beginning(address: str, network: str) -> None:
    assert network_key(client_key(address)) == network


def test_what_all_limits_remember_is_bounded(limits: PageLimits) -> None:
    for number in range(25_000):
        limits.request(f"{number}", f"web:{number}")
        limits.code(f"{number}")
        limits.mail(f"{number}", f"web:{number}", f"{number}@example.com")
    assert all(len(getattr(limits, name)) <= 10_000 for name in PageLimits.__slots__)


# lines


async def test_a_network_of_somebodys_own_is_one_in_the_line_for_files() -> None:
    lines, go, made = FileLines(), asyncio.Event(), 0

    async def wants(client: str, window: str) -> None:
        nonlocal made
        async with lines.place(client, window):
            made += 1
            await go.wait()

    asked = [asyncio.create_task(wants(client_key(f"2001:db8:7:{number}::1"), f"{number}")) for number in range(64)]
    for _ in range(100):
        await asyncio.sleep(0)
    assert made == 8
    assert lines.wait(client_key("2001:db8:7:99::1"), "another") > 0
    assert lines.wait(client_key("2001:db8:8::1"), "another") == 0
    go.set()
    await asyncio.gather(*asked)
    assert made == 64
    assert lines.wait(client_key("2001:db8:7:99::1"), "another") == 0
