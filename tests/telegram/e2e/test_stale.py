"""Cards that Telegram can no longer edit, taps that it can no longer acknowledge: the present card comes anyway."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.dialogue.pages import card_page
from bot.dialogue.replies import Card
from bot.telegram.render import card_message
from bot.words.wording import Medium, words_of
from flows.session import Session
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, cards, tap
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
    page = card_page(session, words_of(session, Medium.TAPPING), Card())
    return card_message(page)["reply_markup"]["inline_keyboard"]


def keyboard(rows: Any) -> list[list[str]]:
    return [[button["callback_data"] for button in row] for row in rows]


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
