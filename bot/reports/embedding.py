"""The record that a paper carries: what it is made of, and its signature, as one word of plain ASCII.

In a PDF it is a keyword, which PDF/A keeps uncompressed; in a workbook a cell, which stays when somebody saves it anew.
So it is found in a stranger's file without a parser.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from bot.reports.paper import Paper

MARK = "shuping:"
LONGEST = 1 << 18
"""Characters: many times what the largest record takes."""
SHORTEST = 100
"""Characters of the smallest record; what a person types stands in a paper, too, and is never so long in one piece."""
FOUND = re.compile(rb"shuping:([\w-]{%d,}+)(?:\.([\w-]{2,}+))?+(?![\w.-])" % SHORTEST, re.ASCII)


@dataclass(frozen=True, slots=True)
class Carried:
    """A record as it was found: the bytes of `Paper.canonical`, as far as anybody knows, and the signature."""

    canonical: bytes
    signature: bytes


def embedded(paper: Paper, signature: str) -> str:
    """The word that a paper carries; `signature` in hexadecimal, "" without one."""
    return f"{MARK}{_word(paper.canonical())}" + (f".{_word(bytes.fromhex(signature))}" if signature else "")


def carried(content: bytes) -> tuple[Carried, ...]:
    """The different records in these bytes, in their order, three at most: a comparison carries two, if often.

    Takes one pass, whatever the bytes are.
    """
    words: dict[tuple[bytes, ...], None] = {}
    for match in FOUND.finditer(content):
        if match.end() - match.start() <= LONGEST:
            words[match.groups(b"")] = None
        if len(words) > 2:
            break
    return tuple(Carried(*map(_bytes, word)) for word in words)


def _word(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(word: bytes) -> bytes:
    """What a word stands for; nothing, if it is not whole."""
    try:
        return urlsafe_b64decode(word + b"=" * (-len(word) % 4))
    except ValueError:
        return b""
