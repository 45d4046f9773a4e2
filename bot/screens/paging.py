"""Long texts in pages of a phone's screen."""

import re
from collections.abc import Iterator, Sequence
from itertools import count

from bot.words.paging import LINES, height
from bot.words.sections import Section

SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?;]) ")


def lines_of(sections: Sequence[Section]) -> int:
    """How many lines sections take, with one between two of them."""
    return sum(map(_height, sections)) + max(0, len(sections) - 1)


def _height(section: Section) -> int:
    return sum(map(height, filter(None, (section.title, *section.lines))))


def pages_of(sections: Sequence[Section]) -> list[tuple[Section, ...]]:
    """Sections in pages, at least one; no title stands alone at a foot, and paragraphs are broken only if they must."""
    pages: list[tuple[Section, ...]] = [()]
    for section in sections:
        for title, line in _paragraphs(section):
            longer = _with(pages[-1], title, line)
            if pages[-1] and lines_of(longer) > LINES:
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
    if height(text) < LINES:
        return [text]
    parts = [""]
    for sentence in filter(None, SENTENCE.split(text)):
        longer = f"{parts[-1]} {sentence}" if parts[-1].isascii() and parts[-1] else parts[-1] + sentence
        if parts[-1] and height(longer) >= LINES:
            parts.append(sentence)
        else:
            parts[-1] = longer
    return parts
