"""Buttons stay in people's chats for years: what earlier versions wrote on them still does what it said."""

from typing import Any

import pytest

from bot.dialogue.buttons import CODES, DETAIL
from bot.dialogue.messages import Pressed
from bot.dialogue.replies import Look
from bot.screens.wishes import Detail
from flows.session import AimPage, EnergySide, FirmFact, FirmKind, PaperKind, Phase, Session
from storage.store import Forgetting
from tests.dialogue.support import CARD, DAY, NOW, Heard, at, hear
from tests.flows.scenes import scene

AT_ITEM = scene("single").but(id="5e55" * 8)
AT_RESULT = scene("result").but(id="5e55" * 8)


def tap(data: str, session: Session, card: str = "3") -> Heard:
    """A button of a text further up, or of a card."""
    return hear(Pressed(data, card), at(session))


# below texts


def test_below_a_question_whether_to_delete() -> None:
    assert tap("!delete:5e555e55", AT_ITEM).decision.forgotten is Forgetting.DOSSIER
    assert tap("!keep", AT_ITEM).names == ["delete.kept"]


@pytest.mark.parametrize(("data", "days"), [("!tomorrow", 1), ("!next_week", 7)])
def test_below_a_reminder_to_put_it_off(data: str, days: int) -> None:
    heard = tap(data, AT_ITEM)
    assert heard.names == ["reminders.put_off"]
    assert [one.due for one in heard.later] == [NOW + days * DAY]


def test_below_a_reminder_to_go_on_or_to_have_no_more() -> None:
    assert tap("!resume", scene("review")).session.phase is Phase.QUESTIONS
    assert tap("!never", AT_ITEM).names == ["reminders.off"]
    assert tap("!remind", AT_ITEM).names == ["reminders.on"]


def test_below_a_result() -> None:
    assert tap("!recheck", AT_RESULT).session.phase is Phase.RECHECK
    assert tap("!recheck_later", AT_RESULT).names == ["reminder.recheck.promised"]
    assert tap("!compare_last", AT_RESULT).kinds == ["compared"]


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_below_the_choice_of_a_language(language: str) -> None:
    assert tap(f"!language:{language}", AT_ITEM).session.language == language


# on cards


ON_CARDS: list[tuple[str, str, dict[str, Any]]] = [
    ("welcome", "Len", {"language": "en", "phase": Phase.FIRM}),
    ("name", "s", {"page": "kind"}),
    ("kind", "Kprovincial", {"firm.kind": FirmKind.PROVINCIAL}),
    ("review", "f", {"phase": Phase.FIRM}),
    ("single", "aB", {"record.choices": {"q8": ("B",)}, "item": "q9"}),
    ("single", "l", {"parked": ("q8",), "item": "q9"}),
    ("single", "jq5", {"item": "q5"}),
    ("single", "b", {"item": "q1"}),
    ("single", "q", {"quick": True}),
    ("single", "z", {"paused": True}),
    ("single", "o", {"phase": Phase.REVIEW, "page": ""}),
    ("single", "ooperations", {"phase": Phase.REVIEW, "page": "operations"}),
    ("paused", "r", {"paused": False}),
    ("answered", "k", {"record.choices": {"q5": ("B",)}, "item": "q6"}),
    ("multiple", "tB1", {"drafts.q1.letters": ("B",)}),
    ("figures", "n", {"drafts.q2.kind": "entering"}),
    ("confirming", "y", {"record.choices": {"q2": ("D",)}}),
    ("energy", "e", {"drafts.q12.kind": "fuelling"}),
    ("fuels", "Felectricity", {"drafts.q12.fuel": "electricity"}),
    ("fuels", "Sproduced", {"drafts.q12.side": EnergySide.PRODUCED}),
    ("ladder", "m1", {"drafts.quality.met": 1}),
    ("ladder", "p", {"drafts.quality.kind": "picking"}),
    ("levels", "m1", {"drafts.quality.met": 1}),
    ("levels", "C", {"drafts.quality.met": 0}),
    ("levels", "T3", {"record.levels": {"quality": 3}}),
    ("full", "u", {"phase": Phase.COMMITMENT}),
    ("review", "v", {"phase": Phase.PROVISIONAL}),
    ("commitment", "c", {"phase": Phase.RESULT}),
    ("result", "R", {"phase": Phase.RECHECK}),
    ("result", "N", {"phase": Phase.RESULT, "page": "anew"}),
    ("anew", "N", {"phase": Phase.FIRM, "record.choices": {}}),
    ("recheck", "P160", {"item": "q6", "agenda": ("q6", "q7")}),
    ("recheck", "ioperations", {"page": "operations"}),
    ("again", "E", {"phase": Phase.COMMITMENT}),
    ("plan", "ioperations.2", {"page": "plan.operations.2"}),
    ("result", "Aplan", {"phase": Phase.AIM, "page": AimPage.PLAN}),
    ("result", "Dpdf", {"phase": Phase.IDENTITY, "paper": PaperKind.PDF}),
    ("result", "I", {"phase": Phase.IDENTITY, "paper": None}),
    ("identity", "Icontact", {"page": FirmFact.CONTACT, "paper": PaperKind.PDF}),
    ("plan", "G4", {"goal.grade": 4}),
    ("plan", "W15.pinned", {"goal.pinned": ("product_design",)}),
    ("what_if", "U0.BC", {"goal.supposed": {"q1": ("B", "C")}}),
    ("what_if", "U15.3", {"goal.supposed": {"product_design": 3}}),
]
"""A card, what a button on it says after the name of the card, and what becomes of the session."""


@pytest.mark.parametrize(("name", "code", "expected"), ON_CARDS)
def test_on_a_card(name: str, code: str, expected: dict[str, Any]) -> None:
    session = scene(name).but(id="5e55" * 8)
    heard = tap(f"5e555e55|{session.revision}|{session.card}|{code}", session, CARD)
    assert {path: _value(heard.session, path) for path in expected} == expected
    assert heard.session.revision == session.revision + 1 or heard.session.id != session.id


def _value(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


def test_what_is_ticked_is_done_and_what_is_aimed_at_is_kept_and_cleared() -> None:
    ticked = tap(_on("multiple", "tC1"), scene("multiple"), CARD).session
    done = tap(f"{ticked.id}|{ticked.revision}|q1|d", ticked, CARD).session
    assert done.record.choices == {"q1": ("C",)}
    supposed = tap(_on("what_if", "U0.BC"), scene("what_if"), CARD).session
    kept = tap(f"{supposed.id}|{supposed.revision}|{supposed.card}|g", supposed, CARD).session
    assert kept.goal.target == {"q1": ("B", "C")}
    cleared = tap(f"{kept.id}|{kept.revision}|{kept.card}|x", kept, CARD).session
    assert cleared.goal.supposed == {}


def test_help_and_looks() -> None:
    assert tap(_on("single", "h"), scene("single"), CARD).kinds == ["explained"]
    assert tap(_on("result", "Dplan"), scene("result"), CARD).said[0] == Look(Detail.PLAN)
    assert tap(_on("result", "Dpng"), scene("result"), CARD).kinds == ["file"]
    assert tap(_on("single", "Dpdf"), scene("single"), CARD).kinds == ["file"]


@pytest.mark.parametrize("wanted", Detail)
def test_a_look_at_the_result_of_another_firm_shows_not_that_of_the_one_in_front(wanted: Detail) -> None:
    assert tap(f"0t5e12f1|9|result|D{wanted}", AT_RESULT).names == ["event.stale"]


def _on(name: str, code: str) -> str:
    session = scene(name)
    return f"{session.id}|{session.revision}|{session.card}|{code}"


def test_every_code_has_been_tried() -> None:
    assert {code[0] for _, code, _ in ON_CARDS} | {"d", "g", "x", "h", "B", "X", "M", "V", DETAIL} == {*CODES, DETAIL}
