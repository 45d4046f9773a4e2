"""What a button says, whoever wrote it: only what this program could have written is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.screens.wishes import Intent
from bot.telegram.callback_data import LIMIT, decode, encode
from flows.cards import card_of
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC
from tests.scoring.strategies import examples

HEAD = "12345678|7|q5|"


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
            tap = decode(encode(wish, session, RUBRIC), RUBRIC)
            assert tap
            if isinstance(wish, Intent):
                assert tap.at(session) == wish.at(session)
            else:
                assert tap.wish is wish


@given(rest=st.text(st.characters(exclude_categories=()), max_size=60))
@examples(300)
def test_any_text_is_read_without_an_accident(rest: str) -> None:
    decode(rest, RUBRIC)
    decode(HEAD + rest, RUBRIC)
