"""A page beside any channel: one conversation, in its order, each message once, whichever way it comes."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from locales import catalogue
from storage.outbox import channel_of
from storage.store import Decision, State, Store
from tests.delivery.page import EMAIL, PagePerson, page_place
from tests.delivery.places import Person, Place
from tests.delivery.site import RULES, TOKEN, Site
from tests.web.conftest import pair  # noqa: F401  # a fixture

TEXT = catalogue("zh-Hans")
FIRST, SECOND = "网络建设", "设备数字化"
GONE, GREETING, RECEIPT = "已在另一台手机或电脑上删除", "您好，我是数评", "已全部删除"
REMINDED = TEXT("reminder.title")


@pytest.fixture
async def site(store: Store, place: Place, pair: tuple[Path, Path]) -> AsyncIterator[Site]:  # noqa: F811  # the fixture
    """A channel, with the page beside it."""
    async with page_place(store, lambda: made.now, pair) as page:
        told = frozenset({channel_of(place.person().window)})
        made = Site(store, (place, page), replace(RULES, doors=[page.door], echoes=told))
        await made.start()
        yield made
        await made.close()


async def both(site: Site) -> tuple[Person, PagePerson]:
    """Somebody at a channel, and at the page, on one dossier, at the first item."""
    ann = await site.person()
    page = await site.linked(ann, site.places[1])
    assert isinstance(page, PagePerson)
    assert FIRST in page.texts[-1]
    await site.does(ann, "/resume")
    return ann, page


async def answers(site: Site, person: Person) -> dict[str, str]:
    """What is stored of questions."""
    return {item: "".join(letters) for item, letters in (await site.session(person)).record.choices.items()}


# order, and once


async def test_answers_of_both_are_one_conversation(site: Site) -> None:
    ann, page = await both(site)
    await site.does(page, "B")
    await site.passes(seconds=3)
    await site.does(ann, "C")
    await page.look()
    await site.does(page, "D")
    assert await answers(site, ann) == await answers(site, page) == {"q1": "B", "q2": "C", "q3": "D"}
    log = await site.store.log(str((await site.store.state(ann.window)).dossier))
    assert [line.item for line in log] == ["q1", "q2", "q3"]


async def test_a_form_that_comes_again_after_another_window_went_on_changes_nothing(site: Site) -> None:
    ann, page = await both(site)
    shown = page.seen[-1]
    await site.presses(page, "B", shown)
    await site.does(ann, "C")
    before = await site.session(ann)
    await site.presses(page, "B", shown)
    assert await site.session(ann) == before
    assert "已经处理过" not in page.texts[-1]


async def test_a_page_that_was_overtaken_answers_nothing_and_says_so(site: Site) -> None:
    ann, page = await both(site)
    await site.does(ann, "B")
    await site.does(page, "C")
    assert await answers(site, ann) == {"q1": "B"}
    assert "已经处理过" in page.texts[-1]
    assert SECOND in page.texts[-1]


async def test_a_card_that_was_overtaken_by_the_page_answers_nothing(site: Site) -> None:
    ann, page = await both(site)
    old = ann.cards[-1]
    await site.does(page, "B")
    await site.presses(ann, "C", old)
    assert await answers(site, ann) == {"q1": "B"}
    assert await site.is_right(ann)


# links


async def test_a_link_of_a_channel_opens_on_the_page_once(site: Site) -> None:
    """As an address, which a look does not use up."""
    ann = await site.person()
    await site.does(ann, "/link")
    address, token = next(found for text in ann.texts if (found := re.search(r"http\S+/a/([0-9a-f]{32})", text))).group(
        0, 1
    )
    stranger, page, late = (browser(site) for _ in range(3))
    assert address == f"{page.place.url}/a/{token}"
    await stranger.look(f"/a/{token}")
    await page.follow(token)
    assert (await site.session(page)).id == (await site.session(ann)).id
    await late.follow(token)
    assert TEXT("link.void") in late.texts[-1]
    assert await site.store.state(late.window) == await site.store.state(stranger.window) == State()


async def test_a_code_of_a_channel_opens_on_the_page(site: Site) -> None:
    ann, page = await site.person(), browser(site)
    await site.does(ann, "/link")
    code = next(found for text in ann.texts if (found := re.search(r"\b([A-Z]{3}) ([A-Z]{3})\b", text)))
    await page.type_code("".join(code.groups()))
    assert (await site.session(page)).id == (await site.session(ann)).id


async def test_a_link_of_the_page_opens_in_a_channel_and_nothing_is_lost_there(site: Site) -> None:
    page, ann = browser(site), await site.person()
    await page.begin()
    await page.say("/link")
    token = next(found for text in page.texts if (found := TOKEN.search(text)))
    await ann.follow(token[0])
    await site.rest()
    assert (await site.session(ann)).id == (await site.session(page)).id
    assert len((await site.store.state(ann.window)).dossiers) == 2
    assert await site.is_right(ann)


# what one does is seen by the other


async def test_what_the_page_changes_is_seen_in_the_channel_in_the_place_of_its_card(site: Site) -> None:
    ann, page = await both(site)
    before, messages = ann.cards[0], len(ann.seen)
    await site.does(page, "B")
    assert ann.cards == [before]
    await site.passes(seconds=3)
    (after,) = ann.cards
    assert (after.id, after.edits, len(ann.seen)) == (before.id, before.edits + 1, messages)
    assert await site.is_right(ann)


async def test_what_the_channel_changes_is_seen_at_the_next_look_and_nothing_waits_for_the_page(site: Site) -> None:
    ann, page = await both(site)
    await site.does(ann, "B")
    await site.passes(seconds=3)
    assert await site.waits(page) == []
    assert SECOND in (await page.look()).text


async def test_a_file_of_the_page_holds_what_both_have_answered(site: Site) -> None:
    ann, page = await both(site)
    await site.does(page, "B")
    await site.does(ann, "/resume", "C")
    await page.browser.open("/file/json")
    (dossier,) = json.loads(page.browser.answer.content)["dossiers"]
    assert [line["item"] for line in dossier["log"]] == ["q1", "q2"]
    assert not [one for one in ann.seen if one.file], "it is nobody else's"


@pytest.mark.parametrize("where", ["on the page", "in the channel"])
async def test_what_is_deleted_is_told_there_and_in_the_other_window(site: Site, where: str) -> None:
    ann, page = await both(site)
    one, other = (page, ann) if where == "on the page" else (ann, page)
    gone, left = one.window, other.window
    await site.does(one, "/delete")
    await site.presses(one, TEXT("button.choice.delete"))
    assert any(RECEIPT in text for text in one.texts)
    await site.passes(seconds=3)
    assert (GONE in ann.texts[-1]) == (one is page)
    await page.look()
    assert GREETING in page.texts[-1]
    for window in (gone, left):
        assert await site.store.state(window) == State()
        assert await site.store.waiting(window) == []


# reminders


async def test_who_goes_on_at_the_page_is_reminded_in_the_channel(site: Site) -> None:
    """A page speaks when it is asked."""
    ann, page = await both(site)
    await site.passes(hours=2)
    await site.does(page, "B")
    await site.passes(hours=24)
    assert sum(REMINDED in text for text in ann.texts) == 1
    assert page.mails == []


async def test_who_goes_on_at_the_page_and_gave_an_address_is_reminded_by_mail_alone(site: Site) -> None:
    ann, page = await both(site)
    window = (await site.window(page)).model_copy(update={"email": EMAIL})
    await site.store.apply(page.window, lambda _: Decision(window=window))
    await site.does(page, "B")
    await site.passes(days=1)
    assert len(page.mails) == 1
    assert not any(REMINDED in text for text in ann.texts)
    await site.passes(days=1)
    assert len(page.mails) == 1


def browser(site: Site) -> PagePerson:
    """Somebody new with a browser."""
    person = site.places[1].person()
    assert isinstance(person, PagePerson)
    return person
