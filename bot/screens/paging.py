"""Long texts in pages of a phone's screen, measured as Unicode says where lines may be broken (UAX 14)."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from unicodedata import east_asian_width

from uniseg.linebreak import line_break_units

from bot.words.results import Section

LINES, COLUMNS = 20, 40
"""A phone's screen: so many lines, each of so many columns; a full-width character takes two."""
SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;]) ")


@lru_cache(10_000)
def lines_in(text: str) -> int:
    """How many lines a paragraph takes; an empty one takes one, too. `uniseg.wrap` takes the square of its length."""
    lines, room = 1, COLUMNS
    for unit in line_break_units(text):
        if width(unit.rstrip()) > room and room < COLUMNS:
            lines, room = lines + 1, COLUMNS
        room -= width(unit)
    return lines


def width(text: str) -> int:
    """Columns: two for what is wide, or wide in Chinese text (UAX 11)."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def height(sections: Sequence[Section]) -> int:
    """How many lines sections take, with one between two of them."""
    return sum(map(_height, sections)) + max(0, len(sections) - 1)


def _height(section: Section) -> int:
    return sum(map(lines_in, filter(None, (section.title, *section.lines))))


def pages_of(sections: Sequence[Section]) -> list[tuple[Section, ...]]:
    """Sections in pages, at least one; no title stands alone at a foot, and paragraphs are broken only if they must."""
    pages: list[tuple[Section, ...]] = [()]
    for section in sections:
        for title, line in _paragraphs(section):
            longer = _with(pages[-1], title, line)
            if pages[-1] and height(longer) > LINES:
                pages.append(_with((), title, line))
            else:
                pages[-1] = longer
    return pages


def _paragraphs(section: Section) -> Iterator[tuple[str | None, str]]:
    """Line by line; the title goes with the first."""
    lines = [part for line in section.lines for part in _parts(line)] or [""]
    titles = (section.title if number == 0 else None for number in count())
    return zip(titles, lines, strict=False)


def _with(page: tuple[Section, ...], title: str | None, line: str) -> tuple[Section, ...]:
    """The page with a line more: of its last section, or, with a title, of a new one."""
    lines = (line,) if line else ()
    if title is not None or not page:
        return (*page, Section(title or "", lines))
    *before, last = page
    return (*before, Section(last.title, (*last.lines, *lines)))


def _parts(text: str) -> list[str]:
    """A paragraph in parts that fit on a page, broken between sentences."""
    if lines_in(text) < LINES:
        return [text]
    parts = [""]
    for sentence in filter(None, SENTENCE.split(text)):
        longer = f"{parts[-1]} {sentence}" if parts[-1].isascii() and parts[-1] else parts[-1] + sentence
        if parts[-1] and lines_in(longer) >= LINES:
            parts.append(sentence)
        else:
            parts[-1] = longer
    return parts
