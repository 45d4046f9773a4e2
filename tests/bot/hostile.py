"""Reads hostile lines on every kind of card within a budget: run as a process that may take only so much of a core."""

import resource
import sys
from itertools import product

from bot.dialogue.reading import LONGEST, read
from flows.session import Session
from locales import LANGUAGES
from tests.bot.support import sessions, shown

SECONDS = 30
"""Of one core, for all of them together. They take ten; a cubic pattern took four for a single line."""
PUMPS = (
    " ",
    "\u3000",
    "a",
    "q",
    "#",
    ",",
    "、",
    "。",
    "!",
    ". ",
    "1",
    "１",
    "1,",
    "1,234,",
    "1 ",
    "亿",
    "一亿",
    "-",
    "\ufdfa",
    "é",
)
BEGINNINGS = ("", "a", "1", "必做", "compare")
ENDS = ("", "b", "16")


def lines() -> set[str]:
    """Lines of the greatest length, and one character longer."""
    found = set()
    for begin, pump, end in product(BEGINNINGS, PUMPS, ENDS):
        middle = LONGEST - len(begin) - len(end)
        found |= {f"{begin}{(pump * middle)[:much]}{end}" for much in (middle, middle + 1)}
    return found


def main() -> None:
    """Status 0 if all was read in time; the system ends us otherwise."""
    kinds: dict[type, Session] = {}
    for session in sessions().values():
        card, *_ = shown(session, LANGUAGES[0])
        kinds.setdefault(type(card), session)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    count = 0
    for session, language in product(kinds.values(), LANGUAGES):
        card, screen, words = shown(session, language)
        for line in lines():
            read(line, card, screen, words)
            count += 1
    sys.stdout.write(f"{len(kinds)} {count}\n")


if __name__ == "__main__":
    main()
