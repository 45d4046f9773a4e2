"""What is typed about the firm where papers are asked for: facts with their names, and such as speak for themselves."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flows.cards import IdentityCard
from flows.identity import fault, kept, looks_like_code
from flows.inputs import Done, Identify, Tell
from flows.session import FirmFact

PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?!\d)")
"""A mobile number, or one with its area code."""
BETWEEN = re.compile(r"\s*[:=]\s*|\s+")
"""What stands between the name of a fact and the fact."""


@dataclass(frozen=True, slots=True)
class FactWords:
    """What facts are called, what is said before that to change one, and what leaves all as it is, and how
    names of firms end.

    All in plain forms, case folded.
    """

    of: Mapping[FirmFact, frozenset[str]]
    change: frozenset[str]
    settle: frozenset[str]
    ends: frozenset[str]


def at_identity(text: str, card: IdentityCard, words: FactWords) -> Done | Identify | Tell | None:
    """A code is known by itself; else a fact with its name, the fact that is open, a telephone number,
    or the name of a firm.

    Where another fact is open, only what is a code for sure: two telephone numbers are digits, too.
    """
    if looks_like_code(text) and (_may_be_code(card) or fault(FirmFact.CREDIT_CODE, text) is None):
        return Tell({FirmFact.CREDIT_CODE: text})
    plain = unicodedata.normalize("NFKC", text).strip()
    said = plain.casefold().rstrip("\N{IDEOGRAPHIC FULL STOP}.!? ")
    if named := fact_named(said, words) or _with_name(plain, words):
        return named
    if card.fact:
        return Tell({card.fact: text}) if kept(card.fact, text) else None
    if said in words.settle:
        return Done()
    if PHONE.search(plain):
        return Tell({FirmFact.CONTACT: text})
    return Tell({FirmFact.NAME: text}) if said.endswith((*words.ends,)) and said not in words.ends else None


def fact_named(plain: str, words: FactWords) -> Identify | None:
    """ "信用代码", "改信用代码": which fact is meant; nothing is told of it yet."""
    named = {name: fact for fact, names in words.of.items() for name in names}
    rests = (plain.removeprefix(verb).strip() for verb in ("", *words.change) if plain.startswith(verb))
    found = next((named[rest] for rest in rests if rest in named), None)
    return Identify(fact=found) if found else None


def _may_be_code(card: IdentityCard) -> bool:
    return card.fact in (None, FirmFact.CREDIT_CODE)


def _with_name(plain: str, words: FactWords) -> Tell | None:
    """ "联系人：张三": the longest name that stands before it."""
    named = sorted(((name, fact) for fact, names in words.of.items() for name in names), key=lambda one: -len(one[0]))
    for name, fact in named:
        between = BETWEEN.match(plain, len(name)) if plain.casefold().startswith(name) else None
        if between and plain[between.end() :]:
            return Tell({fact: plain[between.end() :]})
    return None
