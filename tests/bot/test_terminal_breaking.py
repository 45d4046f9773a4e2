"""Lines of the terminal are broken where Unicode says, however quickly that is found."""

from hypothesis import example, given
from hypothesis import strategies as st
from uniseg.linebreak import line_break_breakables

from bot.terminal.breaking import CERTAIN, breakables

SIGNS = "ab. ,;:ZQ“”()（）《》、。，！数控机床二1 2%-\u0301\u200d—…\n\u3000¥/\"'👍👩🇨🇳"


@given(st.text(SIGNS, max_size=40) | st.text(max_size=40))
@example("")
@example("二十台机床，八台数控。 “Eight of twenty”, in all (40%), are digital.")
def test_it_is_as_uniseg_finds_it(text: str) -> None:
    assert list(breakables(text)) == list(line_break_breakables(text))


def test_a_long_text_is_looked_at_in_short_parts() -> None:
    """For uniseg, twice the length is four times the time."""
    for text in ("of your two hundred machines, eighteen are digital: " * 20, "二百台设备里有十八台是数控的" * 20):
        assert max(map(len, CERTAIN.split(text))) < 12
