"""Reminders on any channel: rarely, by day, never to those who went on elsewhere, and nothing waits with them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.dialogue.reminders import is_void
from flows.session import Phase
from locales import catalogue
from storage.store import Decision
from tests.delivery.places import Person
from tests.delivery.site import RULES, Site, until
from tests.flows.scenes import scene

TEXT = catalogue("zh-Hans")
TITLE = TEXT("reminder.title")
ONWARD, TOMORROW, NEXT_WEEK, NEVER = (
    TEXT(f"button.{name}") for name in ("resume", "choice.tomorrow", "choice.next_week", "choice.never")
)


def reminders(person: Person) -> list[str]:
    """Those that are before somebody."""
    return [text for text in person.texts if TITLE in text]


async def due(site: Site, person: Person) -> datetime:
    """When the reminder falls due that waits for somebody."""
    (queued,) = await site.store.waiting(person.window)
    return queued.due


async def test_three_and_then_silence(site: Site) -> None:
    """After one day, three and seven; the last one tells until when the answers are kept."""
    ann = await site.person()
    for days, count in ((0.9, 0), (0.1, 1), (1.9, 1), (0.1, 2), (3.9, 2), (0.1, 3), (60, 3)):
        await site.passes(days=days)
        assert len(reminders(ann)) == count
    assert "还有 31 项" in reminders(ann)[0]
    kept = RULES.keep.unfinished
    assert kept
    gone = ((await site.session(ann)).updated_at + kept).date().isoformat()
    assert [gone in text for text in reminders(ann)] == [False, False, True]
    assert await site.waits(ann) == []


async def test_after_a_long_downtime_there_is_one(site: Site) -> None:
    ann = await site.person()
    await site.process.kill()
    await site.elapses(days=30)
    await site.start(takes=True)
    await site.rest()
    assert len(reminders(ann)) == 1
    assert await site.waits(ann) == []


async def test_progress_moves_it(site: Site) -> None:
    ann = await site.person()
    await site.passes(days=0.9)
    await site.does(ann, "B")
    await site.passes(days=0.9)
    assert reminders(ann) == []
    await site.passes(days=0.2)
    assert len(reminders(ann)) == 1


async def test_who_answers_in_the_evening_is_reminded_the_morning_after_the_next_day(site: Site) -> None:
    """Also if the reminder was queued with an earlier answer than the last one."""
    ann = await site.person()
    await site.passes(hours=4)
    for text in ("B", "C", "D"):
        await site.does(ann, text)
        await site.passes(minutes=1)
    await site.passes(hours=34)
    assert reminders(ann) == []
    await site.passes(hours=2)
    assert len(reminders(ann)) == 1


async def test_who_goes_on_in_another_window_is_reminded_there(site: Site) -> None:
    ann = await site.person()
    phone = await site.linked(ann)
    await site.does(phone, "B")
    assert await site.waits(ann) == []
    await site.passes(days=1)
    assert (reminders(ann), len(reminders(phone))) == ([], 1)


async def test_progress_where_nobody_can_be_reminded_makes_it_void_here(site: Site) -> None:
    """It waits, looks when it falls due, and waits again, for as long since the last answer."""
    ann = await site.person()
    page = await site.linked(ann, site.places[1])
    await site.passes(hours=2)
    await site.does(page, "B")
    await site.passes(hours=22)
    assert reminders(ann) == []
    await site.passes(hours=2)
    assert len(reminders(ann)) == 1
    assert reminders(page) == []


async def test_a_channel_that_never_speaks_first_reminds_who_gave_an_address(site: Site) -> None:
    """By mail; and whoever goes on there is not reminded here, too."""
    ann = await site.person()
    page = await site.linked(ann, site.places[1])
    await addressed(site, page, "anna@example.org")
    await site.does(page, "B")
    await site.passes(days=1)
    assert (reminders(ann), len(reminders(page))) == ([], 1)


async def test_who_has_taken_the_address_back_is_not_reminded(site: Site) -> None:
    page = site.places[1].person()
    await site.does(page, "/start", "开始", "示例厂", "D")
    await addressed(site, page, "anna@example.org")
    await site.does(page, "B")
    await addressed(site, page, None)
    tries = page.tries
    await site.passes(days=8)
    assert page.tries == tries


async def test_no_moment_passes_between_too_early_and_too_late(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks while there is a little to wait, and has looked when that is over: it comes all the same."""
    ann = await site.person()
    await site.passes(seconds=20)
    await site.does(ann, "B")
    pauses = iter([timedelta(seconds=30)])

    def slowly(*values: Any) -> bool:
        void = is_void(*values)
        site._set += next(pauses, timedelta())
        return void

    monkeypatch.setattr("bot.dialogue.reminders.is_void", slowly)
    await site.passes(hours=23, minutes=59, seconds=50)
    await site.passes(hours=1)
    assert len(reminders(ann)) == 1


async def test_who_answers_while_the_last_one_is_on_its_way_is_reminded_again(site: Site) -> None:
    ann = await site.person()
    await site.passes(days=1)
    await site.passes(days=2)
    ann.plan(0.5)
    await site.elapses(days=4)
    await until(lambda: bool(site.process.sending))
    await site.does(ann, "B")
    assert len(reminders(ann)) == 3
    await site.passes(days=1)
    assert len(reminders(ann)) == 4


async def addressed(site: Site, person: Person, email: str | None) -> None:
    """Their window is known to have this address."""
    window = (await site.window(person)).model_copy(update={"email": email})
    await site.store.apply(person.window, lambda _: Decision(window=window))


async def test_by_day_only_and_nothing_waits_with_it(site: Site) -> None:
    """It falls due at five in the afternoon, while nothing can be sent; then it is night."""
    ann = await site.person()
    await site.process.freeze()
    await site.elapses(hours=30)
    await site.process.look()
    await site.does(ann, "/privacy")
    assert reminders(ann) == []
    assert await due(site, ann) == datetime.fromisoformat("2024-09-04T09:00+08:00")
    await site.passes(hours=10)
    assert len(reminders(ann)) == 1


@pytest.mark.parametrize(("label", "days"), [(TOMORROW, 1), (NEXT_WEEK, 7)])
async def test_it_can_be_put_off(site: Site, label: str, days: int) -> None:
    ann = await site.person()
    await site.passes(days=1)
    assert TEXT("reminders.put_off") in "".join((await site.presses(ann, label)).text)
    assert await due(site, ann) == site.now + timedelta(days=days)
    await site.passes(days=days)
    assert len(reminders(ann)) == 2


async def test_it_can_be_switched_off_and_on(site: Site) -> None:
    ann = await site.person()
    await site.passes(days=1)
    await site.presses(ann, NEVER)
    await site.does(ann, "B")
    assert await site.waits(ann) == [], "progress brings none back"
    await site.does(ann, "/reminders")
    await site.presses(ann, TEXT("button.choice.remind"))
    assert await site.waits(ann) == ["reminder"]


async def test_it_leads_on_to_the_open_item(site: Site) -> None:
    ann = await site.person()
    await site.does(ann, "/overview")
    await site.passes(days=1)
    assert "第 1 项" in (await site.presses(ann, ONWARD)).text


async def test_of_several_firms_it_names_its_own_and_brings_it_to_the_front(site: Site) -> None:
    ann = await site.person()
    first = (await site.session(ann)).id
    await site.does(ann, "B", "/firms new", "乙厂", "D")
    await site.passes(days=1)
    assert [name in text for name, text in zip(("示例厂", "乙厂"), reminders(ann), strict=True)] == [True, True]
    told = next(one for one in ann.seen if "示例厂" in one.text and TITLE in one.text)
    shown = await site.presses(ann, ONWARD, told)
    assert "第 2 项" in shown.text
    assert (await site.session(ann)).id == first


async def test_who_goes_away_while_one_arrives_gets_no_more(site: Site) -> None:
    ann = await site.person()
    ann.plan(0.1)
    tries = ann.tries
    await site.elapses(days=1)
    await until(lambda: ann.tries > tries)
    await ann.go(away=True)
    await site.rest()
    tries = ann.tries
    await site.passes(days=8)
    assert ann.tries == tries
    assert await site.waits(ann) == []


async def test_a_recheck_is_reminded_of_after_three_months_if_that_was_wished(site: Site) -> None:
    ann = await site.person()
    session = await site.session(ann)
    await site.does(ann, "/privacy")
    finished = scene("result").but(id=session.id)
    await site.store.apply(ann.window, lambda _: Decision(session=finished, cancelled=("reminder",)))
    await ann.tap("!recheck_later", ann.seen[-1])
    await site.rest()
    await site.passes(days=80)
    assert TEXT("reminder.recheck") not in ann.texts
    await site.passes(days=20)
    assert TEXT("reminder.recheck") in ann.seen[-1].text
    await site.presses(ann, TEXT("button.recheck"))
    assert (await site.session(ann)).phase is Phase.RECHECK


async def test_who_wants_none_is_reminded_of_no_firm_at_all(site: Site) -> None:
    ann = await site.person()
    await site.does(ann, "/firms new", "乙厂", "D")
    await site.does(ann, "/reminders")
    await site.presses(ann, NEVER)
    await site.passes(days=8)
    assert reminders(ann) == []
    assert await site.waits(ann) == []


async def test_who_wants_none_takes_none_from_another_window(site: Site) -> None:
    """Who has promised themselves a re-check there is reminded of it."""
    ann = await site.person()
    bob = await site.linked(ann)
    await ann.tap("!recheck_later", ann.seen[-1])
    await site.rest()
    await bob.tap("!never", bob.seen[-1])
    await site.passes(days=92)
    assert TEXT("reminder.recheck") in "".join(ann.texts)
    assert TEXT("reminder.recheck") not in "".join(bob.texts)


async def test_who_has_none_left_is_not_reminded(site: Site) -> None:
    """All of it was deleted."""
    ann = await site.person()
    await site.does(ann, "/delete")
    await site.presses(ann, TEXT("button.choice.delete"))
    before = ann.arrived
    await site.passes(days=8)
    assert ann.arrived == before
