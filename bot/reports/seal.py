"""The number of a report, and the code by which a paper can be checked.

Both are worked out from what the paper is made of (`Paper`), so that they never differ for the same answers and date.
"""

import re
from base64 import b32encode
from hashlib import sha256
from unicodedata import normalize

from bot.reports.content import Seal
from bot.reports.paper import Paper
from flows.session import Firm

CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""Digits and letters that nobody takes for one another: no I, L, O, U."""
NUMBER_LENGTH, CODE_LENGTH, GROUP = 6, 15, 5
"""Characters of five bits each: the code has 75 bits."""
TAKEN_FOR = str.maketrans("OIL", "011")
BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
TYPED = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{CODE_LENGTH}}}")
LONGEST_TYPED = 200
LINKED = "/verify/"


def seal(paper: Paper, signature: str = "") -> Seal:
    """The seal of a paper, and of its signature, if it has one."""
    code = _grouped(_letters(paper.canonical() + bytes.fromhex(signature), CODE_LENGTH))
    return Seal(_number(paper), code, signature, f"{paper.address}/verify/{code}" if paper.address else code)


def read_code(typed: str) -> str | None:
    """The code that somebody typed, or pasted as a link: any case, without hyphens, O for 0; None for what is none."""
    if len(typed) > LONGEST_TYPED:
        return None
    letters = BETWEEN.sub("", normalize("NFKC", typed).rpartition(LINKED)[2]).upper().translate(TAKEN_FOR)
    return _grouped(letters) if TYPED.fullmatch(letters) else None


def _number(paper: Paper) -> str:
    """Of what was answered and by whom; facts that are often told only later, when an official asks, change nothing."""
    firm = Firm(name=paper.firm.name, kind=paper.firm.kind)
    named = paper.model_copy(update={"language": "", "program": "", "address": "", "before": None, "firm": firm})
    return f"{paper.on:%Y%m%d}-{_letters(named.canonical(), NUMBER_LENGTH)}"


def _letters(content: bytes, length: int) -> str:
    return b32encode(sha256(content).digest()).decode().translate(CROCKFORD)[:length]


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
