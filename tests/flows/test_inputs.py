"""Every input at every card: where it is accepted, where it is refused, and why; a refusal changes nothing."""

from dataclasses import astuple, dataclass, field
from typing import get_args

import pytest

from flows.events import HelpAsked, Refusal, Refused
from flows.inputs import (
    Agree,
    Aim,
    AimAt,
    Amend,
    Anew,
    Answer,
    AnyInput,
    Back,
    Browse,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    ClearAim,
    Climb,
    Commit,
    Confirm,
    Discard,
    Done,
    EditFirm,
    EnterFigures,
    Figures,
    Fuels,
    Help,
    Identify,
    Jump,
    Keep,
    KeepRest,
    KeepTarget,
    NameFirm,
    Numbers,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Proposal,
    Propose,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Suppose,
    TakeLevel,
    TakeReading,
    Tell,
    Tick,
    Want,
    Wanted,
)
from flows.session import AimPage, EnergySide, FirmFact, FirmKind, PaperKind
from tests.flows.driver import play
from tests.flows.scenes import (
    AIMS,
    EVERYWHERE,
    IDENTITIES,
    ITEMS,
    PLANS,
    PROPOSED,
    QUESTIONS,
    RECHECKS,
    REVIEWS,
    SAID,
    SCENARIOS,
    SCENES,
    TOP,
    scene,
)

OPENED = frozenset({"name", "kind", "provisional", "stopped", "commitment", "proposals"}) | ITEMS | REVIEWS
FUELLING = frozenset({"fuels", "fuel"})
SO_FAR = frozenset({"plan so far", "identity so far"})
"""Beside the result so far, from where the walk goes on."""
AHEAD = frozenset({"result", "anew", "provisional", "stopped"}) | AIMS | IDENTITIES


@dataclass(frozen=True)
class Case:
    """An input, the scenes that accept it, and reasons other than `otherwise` elsewhere."""

    given: AnyInput
    accepted: frozenset[str]
    reasons: dict[Refusal, frozenset[str]] = field(default_factory=dict)
    otherwise: Refusal = Refusal.NOT_HERE

    def name(self) -> str:
        return " ".join([type(self.given).__name__, *map(str, astuple(self.given))]).strip()

    def expected(self, name: str) -> Refusal | None:
        if name in self.accepted:
            return None
        return next((reason for reason, names in self.reasons.items() if name in names), self.otherwise)


CASES = [
    Case(Back(), OPENED | RECHECKS | {"anew"} | AIMS | IDENTITIES, otherwise=Refusal.NO_WAY_BACK),
    Case(Jump("q6"), OPENED | SO_FAR),
    Case(Overview(), OPENED | SO_FAR),
    Case(Overview("operations"), OPENED | SO_FAR),
    Case(Browse("foundation"), RECHECKS | AIMS),
    Case(Keep(), frozenset({"answered", "again"}), {Refusal.NOTHING_TO_KEEP: ITEMS}),
    Case(KeepRest(), frozenset({"again"})),
    Case(Park(), ITEMS),
    Case(Help(), EVERYWHERE),
    Case(Pause(), EVERYWHERE),
    Case(Resume(), EVERYWHERE),
    Case(
        Quick(),
        (OPENED | SO_FAR | {"welcome"}) - {"full", "commitment", "again"},
        {Refusal.ALL_ANSWERED: frozenset({"full", "commitment"})},
    ),
    Case(ChooseLanguage("en"), EVERYWHERE),
    Case(NameFirm("示例厂"), frozenset({"name"})),
    Case(ChooseKind(FirmKind.PROVINCIAL), frozenset({"kind"})),
    Case(Skip(), IDENTITIES | {"name", "kind"}),
    Case(Identify(PaperKind.XLSX), AHEAD),
    Case(Tell({FirmFact.REGION: "宁波"}), IDENTITIES),
    Case(EditFirm(), ITEMS | REVIEWS),
    Case(Answer(("B",)), QUESTIONS),
    Case(Tick("B", on=True), frozenset({"multiple", "again"})),
    Case(
        Done(),
        IDENTITIES | {"again"},
        {
            Refusal.NOTHING_TICKED: frozenset({"multiple"}),
            Refusal.NO_FUEL: FUELLING,
            Refusal.NOTHING_PICKED: RECHECKS,
        },
    ),
    Case(
        EnterFigures(),
        frozenset({"figures", "energy", "entering", "confirming", "doubting", "proposed by figures"}) | FUELLING,
    ),
    Case(Figures({"machines": 7}), frozenset({"figures", "entering", "confirming", "proposed by figures"})),
    Case(Fuels("energy_last", {"electricity": 7}), frozenset({"energy", "doubting"}) | FUELLING),
    Case(TakeReading(1), frozenset({"doubting"})),
    Case(
        Numbers((7,)),
        frozenset({"figures", "energy", "entering", "confirming", "doubting", "fuel", "proposed by figures"}),
        {Refusal.NO_FUEL: frozenset({"fuels"})},
    ),
    Case(Confirm(), PROPOSED | {"confirming"}),
    Case(Propose(SAID), EVERYWHERE, {Refusal.NOTHING_NEW: frozenset()}),
    Case(Agree(("q2", "finance")), frozenset({"proposals"})),
    Case(Amend("finance", 2), frozenset({"proposals", "proposed"})),
    Case(Discard(("finance",)), frozenset({"proposals"})),
    Case(OpenEnergy(), frozenset({"energy", "doubting"}) | FUELLING),
    Case(ChooseFuel("heat"), FUELLING),
    Case(ChooseSide(EnergySide.PRODUCED), FUELLING),
    Case(Rung(met=True), frozenset({"ladder", "levels", "proposed"})),
    Case(PickLevel(), SCENARIOS),
    Case(Climb(), SCENARIOS),
    Case(TakeLevel(2), frozenset({"levels", "proposed"})),
    Case(Submit(), frozenset({"full"}), {Refusal.STILL_OPEN: frozenset({"review"})}),
    Case(
        Provisional(),
        frozenset({"review", "settled", "stopped"}) | SO_FAR,
        {Refusal.ALL_ANSWERED: frozenset({"full"})},
    ),
    Case(Commit(), frozenset({"commitment"})),
    Case(Recheck(), ((AIMS | IDENTITIES) - SO_FAR) | {"result", "anew"}),
    Case(Pick(("q2", "energy"), on=True), RECHECKS),
    Case(Anew(), frozenset({"result", "anew"})),
    Case(Aim(AimPage.WHAT_IF), AHEAD),
    Case(AimAt(4), AIMS),
    Case(Want("q1", Wanted.EXCLUDED), AIMS),
    Case(Suppose("q1", ("B", "C")), AIMS),
    Case(KeepTarget(), PLANS, {Refusal.NOTHING_TO_AIM_AT: AIMS - PLANS}),
    Case(ClearAim(), AIMS),
]

REASONS: list[tuple[str, AnyInput, Refusal]] = [
    ("review", Jump("q16"), Refusal.UNKNOWN_ITEM),
    ("review", Jump(""), Refusal.UNKNOWN_ITEM),
    ("review", Overview("nowhere"), Refusal.UNKNOWN_ITEM),
    ("recheck", Pick(("q1", "q99"), True), Refusal.UNKNOWN_ITEM),
    ("recheck", Pick(("q99",), False), Refusal.UNKNOWN_ITEM),
    ("recheck", Browse("operations.2"), Refusal.UNKNOWN_ITEM),
    ("plan", Browse("operations.5"), Refusal.UNKNOWN_ITEM),
    ("single", Answer(("G",)), Refusal.UNKNOWN_OPTION),
    ("single", Answer(("b",)), Refusal.UNKNOWN_OPTION),
    ("single", Answer(()), Refusal.UNKNOWN_OPTION),
    ("multiple", Answer(("B", "Z")), Refusal.UNKNOWN_OPTION),
    ("multiple", Tick("F", True), Refusal.UNKNOWN_OPTION),
    ("multiple", Tick("", False), Refusal.UNKNOWN_OPTION),
    ("fuels", ChooseFuel("petrol"), Refusal.UNKNOWN_OPTION),
    ("levels", TakeLevel(5), Refusal.UNKNOWN_LEVEL),
    ("levels", TakeLevel(-1), Refusal.UNKNOWN_LEVEL),
    ("welcome", ChooseLanguage("fr"), Refusal.UNKNOWN_LANGUAGE),
    ("single", ChooseLanguage(""), Refusal.UNKNOWN_LANGUAGE),
    ("single", Answer(("A", "B")), Refusal.ONE_OPTION),
    ("multiple", Answer(("A", "B")), Refusal.NONE_ALONE),
    ("name", NameFirm(" \t\n "), Refusal.NAME_EMPTY),
    ("name", NameFirm("\x00\x1b\ud800"), Refusal.NAME_EMPTY),
    ("name", NameFirm("厂" * 101), Refusal.NAME_LONG),
    ("identity", Tell({FirmFact.CREDIT_CODE: "9133020014415329"}), Refusal.CODE_LENGTH),
    ("identity", Tell({FirmFact.CREDIT_CODE: "9133O20O144153290E"}), Refusal.CODE_SIGN),
    ("identity", Tell({FirmFact.CREDIT_CODE: "913302001441532907"}), Refusal.CODE_CHECK),
    ("identity fact", Tell({FirmFact.CONTACT: "张" * 61}), Refusal.FACT_LONG),
    ("figures", Numbers((1, 2, 3)), Refusal.TOO_MANY_NUMBERS),
    ("energy", Numbers((1, 2, 3, 4, 5)), Refusal.TOO_MANY_NUMBERS),
    ("fuel", Numbers((1, 2)), Refusal.ONE_NUMBER),
    ("fuel", Numbers(()), Refusal.ONE_NUMBER),
    ("fuel", Numbers((-1,)), Refusal.FIGURES),
    ("figures", Numbers((0,)), Refusal.FIGURES),
    ("figures", Figures({"machines": 0}), Refusal.FIGURES),
    ("energy", Fuels("energy_last", {"petrol": 1}), Refusal.UNKNOWN_OPTION),
    ("doubting", TakeReading(2), Refusal.NOT_HERE),
    ("ladder", TakeLevel(2), Refusal.NOT_HERE),
    ("proposals", Agree(("q2", "q3")), Refusal.NOT_HERE),
    ("proposals", Agree(()), Refusal.NOT_HERE),
    ("proposals", Discard(("q99",)), Refusal.NOT_HERE),
    ("proposals", Amend("q3", None), Refusal.NOT_HERE),
    ("proposals", Amend("finance", 4), Refusal.UNKNOWN_LEVEL),
    ("proposals", Amend("finance", 0), Refusal.UNKNOWN_LEVEL),
    ("proposals", Amend("q6", ("B", "C", "D")), Refusal.UNKNOWN_LEVEL),
    ("proposed", Amend("finance", ("B",)), Refusal.UNKNOWN_LEVEL),
    ("single", Propose(()), Refusal.NOT_HERE),
    (
        "single",
        Propose((Proposal("q99", 1, "x"), Proposal("quality", 5, "x"), Proposal("q8", (), "x"))),
        Refusal.NOT_HERE,
    ),
    (
        "single",
        Propose((Proposal("q1", ("A", "B"), "x"), Proposal("q8", ("Z",), "x"), Proposal("q1", 1, "x"))),
        Refusal.NOT_HERE,
    ),
    ("single", Propose((Proposal("q2", ("E",), "x", {"machines": 20, "machines_digital": 8}),)), Refusal.NOT_HERE),
    ("single", Propose((Proposal("q2", ("E",), "x", {"machines": -20, "machines_digital": 8}),)), Refusal.NOT_HERE),
    ("result", Propose((Proposal("finance", 0, "没有"), Proposal("q6", ("A",), "没有"))), Refusal.NOTHING_NEW),
    ("ladder", TakeLevel(1), Refusal.NOT_HERE),
    ("plan", AimAt(0), Refusal.UNKNOWN_GRADE),
    ("plan", AimAt(5), Refusal.UNKNOWN_GRADE),
    ("plan", Want("q99", Wanted.FREE), Refusal.UNKNOWN_ITEM),
    ("plan", Want("q99", Wanted.PINNED), Refusal.UNKNOWN_ITEM),
    ("plan", Want("q15", Wanted.PINNED), Refusal.NOT_A_DECISION),
    ("plan", Want(TOP, Wanted.PINNED), Refusal.AT_TOP),
    ("what_if", Suppose("q99", 1), Refusal.UNKNOWN_ITEM),
    ("what_if", Suppose("quality", 5), Refusal.UNKNOWN_LEVEL),
    ("what_if", Suppose("quality", ("B",)), Refusal.UNKNOWN_LEVEL),
    ("what_if", Suppose("q1", ("A", "B")), Refusal.UNKNOWN_OPTION),
    ("what_if", Suppose("q5", ("B", "C")), Refusal.UNKNOWN_OPTION),
    ("what_if", Suppose("q5", 2), Refusal.UNKNOWN_OPTION),
]


@pytest.mark.parametrize("name", SCENES)
def test_where_an_input_is_accepted(name: str) -> None:
    session = scene(name)
    for case in CASES:
        done = play(session, case.given)
        refused = [event.reason for event in done.events if isinstance(event, Refused)]
        expected = case.expected(name)
        assert refused == ([expected] if expected else []), case.name()
        if expected:
            assert done.session is session, case.name()


@pytest.mark.parametrize(("name", "given", "reason"), REASONS)
def test_why_an_input_is_refused(name: str, given: AnyInput, reason: Refusal) -> None:
    session = scene(name)
    done = play(session, given)
    (event,) = done.events
    assert isinstance(event, Refused)
    assert event.reason is reason
    assert bool(event.faults) == (reason is Refusal.FIGURES)
    assert done.session is session


def test_every_input_has_a_case() -> None:
    assert {type(case.given) for case in CASES} == set(get_args(AnyInput))


def test_every_refusal_has_a_case() -> None:
    found = {case.expected(name) for case in CASES for name in SCENES} | {reason for *_, reason in REASONS}
    assert found - {None} == set(Refusal)


@pytest.mark.parametrize("name", SCENES)
def test_help_names_the_card(name: str) -> None:
    session = scene(name)
    assert play(session, Help()).events == (HelpAsked(session.card),)


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("name", sorted(EVERYWHERE - {"welcome", "paused"}))
def test_another_language_changes_nothing_else(name: str, language: str) -> None:
    session = scene(name)
    done = play(session, ChooseLanguage(language), session.updated_at).session
    assert done.but(language=session.language, revision=session.revision) == session
