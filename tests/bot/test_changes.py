"""Before and after, in words."""

import pytest

from bot.words.results import before_and_after, comparison, result_of
from bot.words.wording import wording
from flows.session import Record
from locales import LANGUAGES
from scoring.compare import compare, snapshot
from scoring.result_json import result_json
from scoring.sheet import load_sheet
from tests.bot.test_results import EMPTY, LOWEST, PARTIAL

EVERY = pytest.mark.parametrize("language", LANGUAGES)


@EVERY
def test_before_and_after(language: str) -> None:
    words = wording(language, "miit-2024")
    after = Record(choices={**LOWEST.choices, "q6": ("B", "C")}, levels={**LOWEST.levels, "marketing": 2})
    section = before_and_after(LOWEST, after, words)
    separator = words.text("list.separator")
    assert section.lines[0] == words.text(
        "compare.line", item=words.item_name("q6"), before="A", after=f"B{separator}C"
    )
    assert section.lines[1] == words.text(
        "compare.line", item=words.item_name("marketing"), before=words.level_name(0), after=words.level_name(2)
    )
    assert section.lines[2] == words.text("compare.score", before="0.00", after="2.50")
    assert len(section.lines) == 4
    assert len(before_and_after(LOWEST, LOWEST, words).lines) == 2
    unknown = before_and_after(EMPTY, PARTIAL, words)
    assert words.text("answer.unknown") in unknown.lines[0]


def test_a_comparison_never_shows_a_score_on_the_wrong_side() -> None:
    words, sheet = wording("en", "miit-2024"), load_sheet("miit-2024")
    data = result_json(sheet, result_of(LOWEST, words))
    data["score"]["exact"] = "39999/1000"
    side = sheet, snapshot(sheet, data)
    assert "39.999 → 39.999" in comparison(compare(side, side), words).lines[0]
