"""Texts that become names of sheets and of files, in any language: such as every system and every spreadsheet takes."""

import pytest

from bot.reports.composing.labels import BLANKS
from bot.reports.naming import FORBIDDEN, LONGEST
from bot.reports.pack import ENDINGS, MANIFEST
from locales import LANGUAGES, catalogue

WORKBOOKS = {
    "report": [f"report.label.sheet_{name}" for name in ("form", "scenarios", "score", "plan")],
    "summary": ["batch.sheet.firms", "batch.sheet.overview"],
    "evidence": ["report.label.evidence_title"],
}
LONGEST_SHEET = 31
"""Characters of a sheet's name, in Excel."""
LONGEST_MESSAGE = 255
"""Characters of what Excel says of a cell that takes no such value."""


@pytest.mark.parametrize("keys", WORKBOOKS.values(), ids=WORKBOOKS.keys())
@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_can_be_called_so_and_differ(language: str, keys: list[str]) -> None:
    names = [catalogue(language)(key) for key in keys]
    assert [name for name in names if len(name) > LONGEST_SHEET or set(name) & set("[]:*?/\\'")] == []
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_can_be_called_so_and_differ(language: str) -> None:
    text = catalogue(language)
    packed = [f"{text(f'pack.name.{name}')}.{ending}" for name, ending in ENDINGS.items()]
    names = [*packed, MANIFEST, text("batch.file")]
    assert [name for name in names if set(name) & FORBIDDEN or len(name.encode()) > LONGEST] == []
    assert [name for name in names if name != name.strip() or name.startswith((".", "-"))] == []
    assert text("batch.file").endswith(".xlsx")
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["only_tick", "only_number", "only_level"])
def test_a_cell_can_say_what_it_takes(language: str, name: str) -> None:
    told = catalogue(language)(f"report.book.{name}", **{**BLANKS, "most": 1_000_000_000})
    assert 0 < len(told) <= LONGEST_MESSAGE
