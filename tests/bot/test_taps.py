"""What a button says, whoever wrote it: only what this program could have written is understood."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.buttons import LIMIT, Press, decode, encode, full
from bot.screens.wishes import Detail, Leaf, Wish
from flows.cards import card_of
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
from flows.session import AimPage, CardRef, EnergySide, FirmFact, FirmKind
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC
from tests.scoring.strategies import examples

HEAD = "12345678|7|q5|"
SHOWN = CardRef("1234567890abcdef", "q5", 7)

WRITTEN: list[tuple[str, Wish]] = [
    ("b", Back()),
    ("jq5", Jump("q5")),
    ("o", Overview()),
    ("ooperations", Overview("operations")),
    ("ioperations.2", Browse("operations.2")),
    ("k", Keep()),
    ("E", KeepRest()),
    ("l", Park()),
    ("h", Help()),
    ("z", Pause()),
    ("r", Resume()),
    ("q", Quick()),
    ("Lzh-Hans", ChooseLanguage("zh-Hans")),
    ("Kprovincial", ChooseKind(FirmKind.PROVINCIAL)),
    ("s", Skip()),
    ("f", EditFirm()),
    ("I", Identify()),
    ("Icredit_code", Identify(fact=FirmFact.CREDIT_CODE)),
    ("aB", Answer(("B",))),
    ("aBC", Answer(("B", "C"))),
    ("tB1", Tick("B", True)),
    ("tB0", Tick("B", False)),
    ("d", Done()),
    ("n", EnterFigures()),
    ("y", Confirm()),
    ("e", OpenEnergy()),
    ("Felectricity", ChooseFuel("electricity")),
    ("Sproduced", ChooseSide(EnergySide.PRODUCED)),
    ("m1", Rung(True)),
    ("m0", Rung(False)),
    ("p", PickLevel()),
    ("C", Climb()),
    ("T3", TakeLevel(3)),
    ("u", Submit()),
    ("v", Provisional()),
    ("c", Commit()),
    ("R", Recheck()),
    ("N", Anew()),
    ("Aplan", Aim(AimPage.PLAN)),
    ("G4", AimAt(4)),
    ("g", KeepTarget()),
    ("x", ClearAim()),
    ("P160", Pick(("q6", "q7"), True)),
    ("P060", Pick(("q6", "q7"), False)),
    ("W15.pinned", Want(RUBRIC.items[15], Wanted.PINNED)),
    ("U0.BC", Suppose("q1", ("B", "C"))),
    ("U15.3", Suppose(RUBRIC.items[15], 3)),
    ("U0.", Suppose("q1", None)),
    ("B8000002", Agree(("q2", "finance"))),
    ("X20", Discard(("q6",))),
    ("M27.2", Amend("finance", 2)),
    ("M27.", Amend("finance", None)),
    ("M5.BC", Amend("q6", ("B", "C"))),
    ("V1", TakeReading(1)),
    ("Dgap", Detail.GAP),
    ("Dhistory", Detail.HISTORY),
    ("Dplan.2", Leaf(Detail.PLAN, 2)),
    ("Dhelp.0.15", Leaf(Detail.HELP, 0, RUBRIC.items[15])),
    ("Dofficial.1.4", Leaf(Detail.OFFICIAL, 1, "q5")),
    ("Dcompared.1.1-3", Leaf(Detail.COMPARED, 1, "1-3")),
]
"""As buttons say it in people's chats. Those are pressed for years: what is written here never changes."""
TYPED = {Figures, Fuels, NameFirm, Numbers, Propose, Tell}
"""What no button says."""


@pytest.mark.parametrize(("written", "wish"), WRITTEN)
def test_a_button_in_a_chat_works_for_ever(written: str, wish: Wish) -> None:
    assert encode(wish, SHOWN, RUBRIC) == HEAD + written
    assert decode(HEAD + written, RUBRIC) == Press(CardRef("12345678", "q5", 7), wish)


def test_every_input_but_what_is_typed_has_a_button() -> None:
    assert {type(wish) for _, wish in WRITTEN} == {*get_args(AnyInput), Detail, Leaf} - TYPED


def test_a_tap_is_for_the_session_whose_id_begins_so() -> None:
    session = sessions()["q5"].but(id=SHOWN.session)
    short = CardRef("12345678", "q5", 7)
    assert full(short, session) == SHOWN
    for other in ("87654321", "1234567", "123456789", ""):
        stranger = CardRef(other, "q5", 7)
        assert full(stranger, session) == stranger


@pytest.mark.parametrize(
    "data",
    [
        *("", "|", "|||", HEAD, f"{HEAD}?", f"{HEAD}Dnothing", f"{HEAD}W-1.pinned", f"{HEAD}W99.pinned", f"{HEAD}W1.x"),
        *(
            f"{HEAD}U-1.3",
            f"{HEAD}U+1.3",
            f"{HEAD}P1zz",
            "a|b|c|b",
            f"{HEAD}b".rjust(LIMIT + 1, "x"),
            "1|2|3|T" + "9" * 5000,
        ),
        *(f"{HEAD}Dplan.-1", f"{HEAD}Dplan.x", f"{HEAD}Dplan.100", f"{HEAD}Dhelp.0.99"),
        *("\ud800|1|q5|aA"[:0], f"{HEAD}T\x00"),
    ],
)
def test_what_was_never_written_is_no_tap(data: str) -> None:
    assert decode(data, RUBRIC) is None


def test_every_button_is_read_as_it_was_written() -> None:
    for session in sessions().values():
        card, screen, _ = shown(session, "zh-Hans")
        assert card == card_of(RUBRIC, session)
        for wish in (*(choice.wish for choice in screen.choices), *(action.wish for action in screen.actions)):
            tap = decode(encode(wish, session.ref, RUBRIC), RUBRIC)
            assert tap
            assert (full(tap.ref, session), tap.wish) == (session.ref, wish)


@given(rest=st.text(st.characters(exclude_categories=()), max_size=60))
@examples(300)
def test_any_text_is_read_without_an_accident(rest: str) -> None:
    decode(rest, RUBRIC)
    decode(HEAD + rest, RUBRIC)
