"""Old cards, double taps, two devices, cards that are gone: never a wrong answer, always the current card, no noise."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.telegram.replies import card_message
from bot.words.wording import Medium, wording
from flows.session import Session
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.walking import Plan, answer_by_taps, begin_by_taps, card, cards, say, tap, text_of
from tests.telegram.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLAN = Plan()


@pytest_asyncio.fixture(loop_scope="module")
async def ann(town: Town) -> AsyncIterator[Person]:
    """Somebody at the first item; afterwards the one live card is right, and nothing was worth a warning."""
    person = town.api.person("Ann")
    await begin_by_taps(person, PLAN)
    yield person
    await town.api.quiet(0.12)
    assert keyboard(card(person).rows) == keyboard(expected(town.bot.session(person))), person.chat.draw()
    assert len(cards(person)) == 1, person.chat.draw()
    assert town.bot.troubles == []


def expected(session: Session) -> Any:
    return card_message(session, wording(session.language, Medium.TAPPING))["reply_markup"]["inline_keyboard"]


def keyboard(rows: Any) -> list[list[str]]:
    return [[button["callback_data"] for button in row] for row in rows]


async def test_a_tap_on_an_old_card_changes_nothing(town: Town, ann: Person) -> None:
    await tap(ann, "B", lambda message: message.button("B ✓"))
    old = card(ann)
    answer = old.button("✅ 完成")
    assert answer
    await say(ann, "C", lambda message: message is not old and message in cards(ann))
    assert town.bot.session(ann).record.choices == {"q1": ("C",)}
    before = town.bot.session(ann)
    for data in (answer["callback_data"], "A", "D"):
        pressed = ann.tap(data, old, stale=True)
        await ann.until(lambda message: message is card(ann) and message.rows)
        assert await pressed.answered()
    await town.api.quiet(0.12)
    assert town.bot.session(ann) == before
    assert card(ann) is ann.chat.last, "the current card came below"


@pytest.mark.parametrize("label", ["B", "稍后", "← 返回"])
async def test_a_double_tap_counts_once(town: Town, ann: Person, label: str) -> None:
    await answer_by_taps(ann, PLAN, "q1")
    shown = card(ann)
    before = town.bot.session(ann).revision
    first, second = ann.tap(label, shown), ann.tap(label, shown, stale=True)
    await asyncio.gather(first.answered(), second.answered())
    await town.api.quiet(0.12)
    after = town.bot.session(ann)
    assert after.revision == before + 1
    assert after.item == {"B": "q3", "稍后": "q3", "← 返回": "q1"}[label]
    assert card(ann) is shown, "it was edited in place"


async def test_ticks_from_one_card_all_count_in_any_order(town: Town, ann: Person) -> None:
    shown = card(ann)
    ticks = [ann.tap(letter, shown, stale=True) for letter in ("D", "B", "C", "B")]
    await asyncio.gather(*(tick.answered() for tick in ticks))
    await town.api.quiet(0.12)
    await tap(ann, "✅ 完成")
    assert town.bot.session(ann).record.choices == {"q1": ("B", "C", "D")}


async def test_done_and_then_a_tick_in_the_wrong_order(town: Town, ann: Person) -> None:
    """The tick comes after its card is gone: it is not taken for an answer to the next question."""
    await tap(ann, "B", lambda message: message.button("B ✓"))
    shown = card(ann)
    town.api.updates.hold()
    ann.tap("C", shown)
    ann.tap("✅ 完成", shown)
    town.api.updates.release(reverse=True)
    await town.api.quiet(0.12)
    session = town.bot.session(ann)
    assert session.record.choices == {"q1": ("B",)}
    assert (session.item, session.drafts) == ("q2", {})


async def test_two_devices_show_two_states(town: Town, ann: Person) -> None:
    """The tablet still shows question 1 when the telephone is at question 3."""
    tablet, phone = card(ann), card(ann)
    on_the_tablet = [button["callback_data"] for button in tablet.buttons]
    await answer_by_taps(ann, PLAN, "q1")
    await answer_by_taps(ann, PLAN, "q2")
    for data in on_the_tablet:
        ann.tap(data, tablet, stale=True)
    ann.tap("B", phone)
    await town.api.quiet(0.12)
    choices = town.bot.session(ann).record.choices
    assert {item: "".join(letters) for item, letters in choices.items()} == {
        "q1": PLAN.letters["q1"],
        "q2": PLAN.letters["q2"],
        "q3": "B",
    }


async def test_a_card_that_was_deleted_comes_again(town: Town, ann: Person) -> None:
    gone = card(ann)
    pressed = ann.tap("B", gone)
    gone.deleted = True
    shown = await ann.until(lambda message: message.button("B ✓"))
    await pressed.answered()
    await town.api.quiet(0.12)
    assert shown is not gone
    await tap(ann, "✅ 完成")
    assert card(ann) is shown, "the new card is edited from now on"


@pytest.mark.parametrize("reason", ["message can't be edited", "a reason that nobody has heard of"])
async def test_a_card_that_cannot_be_edited_is_replaced(town: Town, ann: Person, reason: str) -> None:
    old = card(ann)
    town.api.faults.refuse(reason, "editMessageText", chat=ann.id)
    await tap(ann, "B", lambda message: message.button("B ✓"))
    await town.api.quiet(0.12)
    assert card(ann) is not old
    assert not old.rows


async def test_a_tap_too_old_to_acknowledge_still_counts(town: Town, ann: Person) -> None:
    town.api.faults.refuse(
        "query is too old and response timeout expired or query ID is invalid", "answerCallbackQuery", chat=ann.id
    )
    await tap(ann, "B", lambda message: message.button("B ✓"))


async def test_buttons_nobody_wrote(town: Town, ann: Person) -> None:
    before = town.bot.session(ann)
    for data in ("x", "|||", "!", "!nonsense", "a|b|c|d", f"{before.id[:8]}|1|q1|tZZ", "🙂" * 16, "|1|q1|P1zz"):
        await ann.tap(data, card(ann), stale=True).answered()
    await town.api.quiet(0.12)
    assert town.bot.session(ann).record == before.record


async def test_buttons_of_before_a_deletion(town: Town, ann: Person) -> None:
    """An old card of deleted data leads to the welcome, not into the new assessment."""
    old = card(ann)
    await say(ann, "/delete", lambda message: message.button("是，全部删除"))
    ann.tap("是，全部删除")
    await ann.until("已全部删除")
    ann.tap("B", old, stale=True)
    await ann.until(lambda message: message.rows and message is ann.chat.last)
    await town.api.quiet(0.12)
    assert town.bot.about(ann) == {}
    assert not old.rows, "a tap takes the buttons of an old card away"
    ann.tap("1 ✓", card(ann))
    await ann.until(lambda message: message.button("跳过"))
    await town.api.quiet(0.12)
    assert town.bot.session(ann).record.choices == {}


async def test_a_word_and_a_tap_at_once(town: Town, ann: Person) -> None:
    """The tap on the card above comes before the new card is out: the card still comes below the word."""
    old = card(ann)
    town.api.updates.hold()
    ann.say("hm")
    ann.tap("B", old)
    ann.tap("C", old)
    town.api.updates.release()
    await ann.until(lambda message: message.button("C ✓"))
    await town.api.quiet(0.12)
    assert card(ann) is ann.chat.last
    assert card(ann).button("B ✓")
    assert not old.rows


async def test_help_is_below_and_the_card_below_it(town: Town, ann: Person) -> None:
    text = text_of(ann)
    old = card(ann)
    shown = await tap(ann, text("button.help"), lambda message: message is not old and message in cards(ann))
    await town.api.quiet(0.12)
    assert shown is ann.chat.last
    assert not old.rows
