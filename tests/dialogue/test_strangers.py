"""Who has not begun: greeted, heard where the greeting asks for something, and nothing of them is stored."""

from dataclasses import replace

import pytest

from bot.dialogue.buttons import encode
from bot.dialogue.commands import COMMANDS
from bot.dialogue.messages import Commanded, Membership, Message, Pressed, Puzzling, Typed
from bot.screens.wishes import Detail
from flows.inputs import Answer, ChooseLanguage, Quick
from flows.session import Phase
from locales import LANGUAGES
from storage.outbox import Urgency
from storage.store import Decision
from storage.window import Window
from tests.dialogue.support import FRESH, STRANGER, TYPING, hear, press
from tests.flows.driver import RUBRIC, Walker
from tests.flows.scenes import scene

GREETING = Walker().session

NOTHING: list[Message] = [
    *(Commanded(name) for name in COMMANDS if name != "quick"),
    *(Commanded("start", payload) for payload in (*COMMANDS, "q5", "x")),
    *map(Typed, ("嗯嗯", "BC", "", "历史", "报告", "x" * 2000, "q5")),
    Puzzling(),
    Membership(blocked=True),
    Membership(blocked=False),
    Pressed("gibberish", "3"),
    *(Pressed(f"!{choice}", "3") for choice in ("keep", "never", "remind", "tomorrow", "recheck_later", "resume")),
    *(Pressed(f"!{choice}", "3") for choice in ("firm:new", "firm:d-one", "compare_last", "language:en", "language:x")),
    *(Pressed(f"!{choice}:12345678", "3") for choice in ("delete", "leave", "resume", "recheck")),
    press(Answer(("B",)), scene("single"), card="3"),
    *(Pressed(encode(wanted, GREETING.ref, RUBRIC), "3") for wanted in Detail),
]
"""What begins no assessment."""
BEGINNING: list[Message] = [
    *map(Typed, ("1", "2", "开始", "好的", "OK", "中文", "English")),
    press(ChooseLanguage("en"), GREETING, card="3"),
]


def stored(decision: Decision) -> Decision:
    """All of a decision but what is to be sent."""
    return replace(decision, outbox=(), silenced=False)


@pytest.mark.parametrize("message", NOTHING, ids=lambda value: str(value)[:40])
def test_nothing_is_stored_of_who_has_not_begun(message: Message) -> None:
    heard = hear(message, STRANGER)
    assert stored(heard.decision) == Decision()
    assert heard.later == []
    assert all(one.urgency in (Urgency.GREETING, Urgency.RETIREMENT) for one in heard.decision.outbox)


@pytest.mark.parametrize("message", BEGINNING, ids=lambda value: str(value)[:40])
def test_who_begins_gets_a_dossier_and_a_session_with_new_ids(message: Message) -> None:
    decision = hear(message, STRANGER).decision
    assert decision.session
    assert (decision.dossier, decision.session.id) == (FRESH.dossier, FRESH.session)
    assert decision.session.phase is Phase.FIRM
    language, seen = decision.session.language, decision.session.ref
    assert decision.window == Window(language=language, card=_card_of(message), seen=seen)


def _card_of(message: Message) -> str | None:
    return message.card if isinstance(message, Pressed) else None


def test_who_asks_for_the_quick_order_is_greeted_first_and_remembered() -> None:
    decision = hear(Commanded("quick"), STRANGER).decision
    assert decision.session
    assert (decision.session.phase, decision.session.quick) == (Phase.WELCOME, True)
    assert decision.dossier == FRESH.dossier


def test_the_first_words_are_greeted_and_not_corrected() -> None:
    for message in (Typed("BC"), Typed("嗯嗯"), Typed("历史"), Puzzling(), Commanded("overview")):
        (card,) = hear(message, STRANGER).said
        assert (card.kind, card.notices, card.language) == ("card", (), "zh-Hans")


def test_who_sits_at_a_terminal_sees_the_greeting_and_is_told_what_is_not_understood() -> None:
    heard = hear(Typed("嗯嗯"), STRANGER, manner=TYPING)
    assert heard.names == ["not_understood"]
    assert stored(heard.decision) == Decision()


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_spoken_to_in_their_language_until_they_choose_another(language: str) -> None:
    for message in (Commanded("start"), Commanded("privacy"), Commanded("help"), Commanded("mydata")):
        assert {reply.language for reply in hear(message, STRANGER, language=language).said} == {language}
    for chosen in LANGUAGES:
        (card,) = hear(Pressed(f"!language:{chosen}", "3"), STRANGER, language=language).said
        assert (card.language, card.over) == (chosen, "3")


def test_a_tap_on_a_greeting_changes_it_in_its_place() -> None:
    """Nobody has noted which message it is but the tap itself."""
    heard = hear(Pressed(encode(Detail.COMMANDS, GREETING.ref, RUBRIC), "3"), STRANGER)
    assert [(reply.kind, reply.over) for reply in heard.said] == [("look", "3")]
    assert not heard.card.anew


def test_a_greeting_that_is_tapped_again_begins_with_ids_of_its_own() -> None:
    """Also after all was deleted: an old card, or an old yes to a deletion, does not count for the new one."""
    for wish in (ChooseLanguage("zh-Hans"), Quick()):
        session = hear(press(wish, GREETING, card="3"), STRANGER).session
        assert session.id == FRESH.session


def test_an_export_of_nothing_is_a_sentence() -> None:
    assert hear(Commanded("mydata"), STRANGER).names == ["mydata.nothing"]


@pytest.mark.parametrize("name", ["firms", "link"])
def test_what_needs_an_assessment_says_so_before_there_is_one(name: str) -> None:
    heard = hear(Commanded(name), STRANGER)
    assert heard.names == ["not_begun"]
    assert (heard.decision.dossier, heard.decision.session, heard.decision.window) == (None, None, None)
