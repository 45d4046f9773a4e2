"""Long texts in pages that a phone shows at once."""

import re
from unicodedata import east_asian_width

LINES, COLUMNS = 20, 40
"""Of a small phone, heading included; a Chinese character takes two columns."""
_PIECE = re.compile(r"[!-~]+|.")
_SENTENCE = re.compile(r".+?(?:[。；\n]|\. )|.+", re.DOTALL)


def columns(text: str) -> int:
    """How wide a text is; signs that may be wide are."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def height(text: str) -> int:
    """How many lines a text takes; Latin words are not broken."""
    return sum(map(_height, text.split("\n")))


def _height(paragraph: str) -> int:
    lines, used = 1, 0
    for piece in _PIECE.findall(paragraph):
        width = columns(piece)
        if used + width > COLUMNS:
            lines, used = lines + 1, 0
        used += width
    return lines


def pages(title: str, text: str) -> list[tuple[str, str]]:
    """A text with its heading, parted between sentences as often as it has to be."""
    room, parts = LINES - height(title), [""]
    for sentence in _SENTENCE.findall(text):
        if parts[-1] and height((parts[-1] + sentence).strip()) > room:
            parts.append("")
        parts[-1] += sentence
    return [(title, part.strip()) for part in parts]
