"""The fonts have every character that is ours, and say which they have."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from bot.reports.typeset import FONTS, MISSING, covered, families, settable
from locales import DOMAINS, LANGUAGES
from scoring.editions import DATA
from tests.locales.test_catalogues import messages
from tests.locales.test_catalogues import texts as texts_of
from tests.reports.firms import RARE, UNKNOWN
from tools.fonts import CUTS, simplified, traditional


def kept(name: str) -> set[str]:
    family, weight = name.split("_")
    with TTFont(FONTS / f"NotoSans{family}-{weight[3:]}.ttf") as font:
        return set(map(chr, font.getBestCmap()))


@pytest.mark.parametrize("name", ["SC_400Regular", "SC_700Bold", "TC_400Regular"])
def test_a_list_of_characters_is_what_a_font_has(name: str) -> None:
    assert kept(name) == CUTS[name]()


def test_what_can_be_set_is_what_either_family_has() -> None:
    assert covered() - {"\n"} == simplified() | traditional()


def test_traditional_characters_are_the_commoner_ones_of_big5() -> None:
    codes = [sign.encode("big5") for sign in traditional() - set(" \u00a0")]
    assert len([code for code in codes if b"\xa4\x40" <= code <= b"\xc6\x7e"]) == 5401
    assert max(codes) < b"\xc7"


def test_headings_in_traditional_characters_can_be_bold() -> None:
    """`tools.fonts` cuts the bold font to our texts as they are then; other words of ours are seldom bold."""
    bold = kept("TC_700Bold") | kept("SC_700Bold")
    labels = {key: message for key, message in messages("zh-Hant").items() if key.startswith("report.label.")}
    assert set("".join(text for message in labels.values() for text in texts_of(message))) <= bold
    assert bold <= covered()


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


def test_only_our_fonts_are_used() -> None:
    assert families() == [(f"Noto Sans {script}", weight) for script in ("SC", "TC") for weight in (400, 700)]


@pytest.mark.parametrize("file", ["OFL.txt", "characters.txt", "traditional.txt"])
def test_licence_and_list_are_shipped(file: str) -> None:
    assert (FONTS / file).read_text(encoding="utf-8")
