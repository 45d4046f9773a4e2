"""Looking up what people ask about: by name first, else by search."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from unicodedata import normalize

MOST = 3
"""As many as anybody reads."""
_WORD = re.compile(r"[a-z0-9]+|[^\W_]")


class Entry(NamedTuple):
    """A text with its heading, and the names under which it is found."""

    heading: str
    names: tuple[str, ...]
    text: str


def look_up(asked: str, entries: Iterable[Entry]) -> list[Entry]:
    """What bears the name that is asked; else the best few whose name or text has to do with it."""
    wanted = _flat(asked)
    ranked = [(rank, entry) for entry in entries if (rank := _rank(wanted, entry))]
    best = max((rank for rank, _ in ranked), default=(0, 0))
    if best[0] == _NAMED:
        ranked = [(rank, entry) for rank, entry in ranked if rank[0] == _NAMED]
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    return [entry for _, entry in ranked[:MOST]]


_NAMED, _NAMES_IT, _IN_NAME, _IN_TEXT = 4, 3, 2, 1


def _rank(asked: str, entry: Entry) -> tuple[int, int] | None:
    """How well an entry answers: what its names have to do with what is asked, and how much of it."""
    names = [_flat(name) for name in entry.names]
    if asked in names:
        return _NAMED, 0
    if longest := max((len(name) for name in names if name in asked), default=0):
        return _NAMES_IT, longest
    if len(asked) <= len(" x "):
        return None
    if any(asked in name for name in names):
        return _IN_NAME, 0
    return (_IN_TEXT, 0) if asked in _flat(entry.text) else None


def _flat(text: str) -> str:
    """Words and characters between blanks, so that a word is found as a whole and never within another one."""
    return f" {' '.join(_WORD.findall(normalize('NFKC', text).casefold()))} "
