"""Typst, with our fonts and nobody else's: from a report and a template to pages.

The report goes in as JSON, so that nothing a person typed is ever read as markup. A character that the fonts lack is
shown as 〓, the printer's sign for a missing type, and its code beside the name; the workbook has the character itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from bot.reports.characters import MISSING, PLACE, fonts_in, further_fonts, missing
from bot.reports.content import Field, Report

if TYPE_CHECKING:
    from typst import Compiler

    from bot.reports.comparison import Comparison

TEMPLATES = PLACE / "templates"
STANDARDS = ("a-2a", "ua-1")
"""PDF/A for archives: fonts inside, text that can be searched; PDF/UA: tags and a title for readers that speak."""


def settable(value: Any) -> Any:
    """The same data, with the sign for a missing type where a character cannot be set."""
    if isinstance(value, str):
        return value.translate(dict.fromkeys(map(ord, missing([value])), MISSING))
    if isinstance(value, dict):
        return {name: settable(entry) for name, entry in value.items()}
    return [settable(entry) for entry in value] if isinstance(value, list | tuple) else value


def gaps(firm: str, facts: Sequence[Field]) -> str:
    """The codes of the characters that cannot be set in what is said of the firm: "U+2A6A5, U+1F600"."""
    return ", ".join(f"U+{ord(sign):04X}" for sign in missing([firm, *(fact.value for fact in facts)]))


def typeset(
    template: str,
    report: "Report | Comparison",
    form: Literal["pdf", "png"],
    pixels: float | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The pages of a template; a picture has one page, drawn with so many pixels an inch.

    `more`: what a template wants besides the report, by names that a report has not.
    """
    data = {**settable(asdict(report)), **more, "gaps": gaps(report.firm, report.facts)}
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    standards: list[Any] = [*STANDARDS] if form == "pdf" else []
    pages = _compiler(template, further_fonts()).compile(
        format=form, ppi=pixels, sys_inputs=inputs, pdf_standards=standards
    )
    if not isinstance(pages, bytes):
        raise AssertionError(f"{template} makes one file")
    return pages


@lru_cache
def _compiler(template: str, further: Path | None) -> "Compiler":
    """Kept, since fonts and templates that were read once need not be read again."""
    import typst

    return typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=fonts_in(further))


def families() -> list[tuple[str, int]]:
    """Our fonts that are here, by family and weight."""
    return sorted((font.family, font.weight) for font in fonts_in(None).fonts())
