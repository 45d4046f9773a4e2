"""A firm whose edition of the standard is not here: told so, and nobody is held fast at it."""

import pytest

from locales import catalogue
from storage.store import Decision
from tests.delivery.places import Person
from tests.delivery.site import Site

TEXT = catalogue("zh-Hans")
MISSING = "这里没有 gone-2020 版标准"


async def bereft(site: Site) -> Person:
    """Somebody at the first item, by an edition that is not here any more."""
    ann = await site.person()
    session = (await site.session(ann)).but(rubric="gone-2020")
    await site.store.apply(ann.window, lambda _: Decision(session=session))
    return ann


@pytest.mark.parametrize("said", ["B", "/start", "/overview", "/history", "?"])
async def test_nothing_changes_and_everything_is_answered_with_why(site: Site, said: str) -> None:
    ann = await bereft(site)
    before = await site.session(ann)
    assert MISSING in (await site.does(ann, said)).text
    await site.presses(ann, "B", ann.cards[0])
    assert MISSING in ann.texts[-1]
    assert await site.session(ann) == before
    assert await site.waits(ann) == ["reminder"]


async def test_another_firm_can_be_begun_and_both_come_to_the_front(site: Site) -> None:
    ann = await bereft(site)
    await site.does(ann, "/firms")
    assert "1. 示例厂" in "".join(ann.texts)
    assert "第 1 项" in (await site.does(ann, "/firms new", "乙厂", "D")).text
    assert MISSING in (await site.does(ann, "/firms 1")).text
    assert "第 1 项" in (await site.does(ann, "/firms 2")).text
    assert await site.is_right(ann)


async def test_it_can_be_deleted(site: Site) -> None:
    ann = await bereft(site)
    await site.does(ann, "/delete")
    await site.presses(ann, TEXT("button.choice.delete"))
    assert (await site.store.state(ann.window)).dossiers == ()


async def test_it_goes_on_where_it_was_once_the_edition_is_back(site: Site) -> None:
    ann = await bereft(site)
    await site.does(ann, "B")
    session = (await site.session(ann)).but(rubric="miit-2024")
    await site.store.apply(ann.window, lambda _: Decision(session=session))
    assert "第 2 项" in (await site.does(ann, "B")).text
    assert await site.is_right(ann)
