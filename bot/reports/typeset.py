"""Typst, with our fonts and nobody else's: from a report and a template to pages.

The report goes in as JSON, so that nothing a person typed is ever read as markup. A character that the fonts lack is
shown as 〓, the printer's sign for a missing type; the workbook has the character itself.
"""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.reports.content import Report

if TYPE_CHECKING:
    from typst import Compiler

    from bot.reports.comparison import Comparison

FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
TEMPLATES = FOLDER / "templates"
ARCHIVED = "a-2a"
"""PDF/A for archives: fonts inside, text that can be searched, and tags for readers that speak."""
MISSING = "\u3013"
SPACES = " \u00a0\u3000\n"
LISTS = ("characters.txt", "traditional.txt")
"""What each of the two families has; a report in either script falls back on the other."""


@lru_cache
def covered() -> frozenset[str]:
    """Every character that can be set."""
    return frozenset("".join([SPACES, *((FONTS / name).read_text(encoding="utf-8") for name in LISTS)]))


def settable(value: Any) -> Any:
    """The same data, with the sign for a missing type where a character cannot be set."""
    if isinstance(value, str):
        known = covered()
        return value if known.issuperset(value) else "".join(sign if sign in known else MISSING for sign in value)
    if isinstance(value, dict):
        return {name: settable(entry) for name, entry in value.items()}
    return [settable(entry) for entry in value] if isinstance(value, list | tuple) else value


def typeset(
    template: str, report: "Report | Comparison", form: Literal["pdf", "png"], pixels: float | None = None
) -> bytes:
    """The pages of a template; a picture has one page, drawn with so many pixels an inch."""
    data = settable(asdict(report))
    inputs = {"data": json.dumps({**data, "gaps": MISSING in data["firm"]}, ensure_ascii=False)}
    standards: list[Any] = [ARCHIVED] if form == "pdf" else []
    pages = _compiler(template).compile(format=form, ppi=pixels, sys_inputs=inputs, pdf_standards=standards)
    if not isinstance(pages, bytes):
        raise AssertionError(f"{template} makes one file")
    return pages


@lru_cache
def _compiler(template: str) -> "Compiler":
    """Kept, since fonts and templates that were read once need not be read again."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=fonts)


def families() -> list[tuple[str, int]]:
    """The fonts that are here, by family and weight."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return sorted((font.family, font.weight) for font in fonts.fonts())
