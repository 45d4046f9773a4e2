"""The font has every character that is ours, and says which it has."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from bot.reports.typeset import FONTS, MISSING, covered, families, settable
from locales import DOMAINS, LANGUAGES
from scoring.rubric import DATA
from tests.locales.test_catalogues import messages
from tests.locales.test_catalogues import texts as texts_of
from tests.reports.firms import RARE, UNKNOWN
from tools.fonts import characters, common


def kept(weight: str) -> set[str]:
    with TTFont(FONTS / f"NotoSansSC-{weight}.ttf") as font:
        return set(map(chr, font.getBestCmap()))


def test_the_list_of_characters_is_what_the_fonts_have() -> None:
    assert kept("Regular") == characters() == covered() - {"\n"}
    assert kept("Bold") == set(filter(common, characters()))


def test_all_of_our_texts_can_be_set() -> None:
    """But for signs on buttons, in hints and in the terminal, which never stand in a report."""
    texts = [
        text
        for language in LANGUAGES
        for domain in DOMAINS
        for key, message in messages(language, domain).items()
        if not key.startswith(("button.", "hint.", "doctor."))
        for text in texts_of(message)
    ]
    texts += [path.read_text(encoding="utf-8") for path in Path(DATA).glob("*.json")]
    assert set("".join(texts)) <= covered()


def test_names_of_firms_may_have_rare_characters() -> None:
    assert set(RARE) <= covered()


def test_what_no_font_has_is_shown_as_a_missing_type() -> None:
    data = {"firm": f"甲{UNKNOWN}乙", "rows": [("x", 1, None)]}
    assert settable(data) == {"firm": f"甲{MISSING * 2}乙", "rows": [["x", 1, None]]}


def test_only_our_font_is_used() -> None:
    assert families() == {400: "Noto Sans SC", 700: "Noto Sans SC"}


@pytest.mark.parametrize("file", ["OFL.txt", "characters.txt"])
def test_licence_and_list_are_shipped(file: str) -> None:
    assert (FONTS / file).read_text(encoding="utf-8")
