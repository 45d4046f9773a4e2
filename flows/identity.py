"""What papers tell of a firm: asked before the first one, all of it optional."""

import re
import unicodedata
from collections.abc import Mapping

from stdnum.cn.uscc import calc_check_digit

from flows.credit_code import CODE_LENGTH, CODE_SIGNS
from flows.events import PaperWanted, Refusal
from flows.inputs import Identify, IdentityInput, Tell
from flows.session import FirmFact, Phase
from flows.text import tidy
from flows.turn import Step, Turn
from scoring.answers import LABELS

LONGEST_NAME = LABELS["firm"]
LONGEST_FACT = 60
"""Characters of a contact, a region, an industry."""
BETWEEN = re.compile(r"[\s\-‐-―_.·,，、:：]+")
"""What people put between the groups of a code."""
LABEL = re.compile(r"[^0-9A-Za-z]++(?=[0-9A-Za-z])")


def identify(turn: Turn, given: IdentityInput) -> Step:
    """The inputs of the phase identity, and the way into it."""
    match given:
        case Identify(paper=paper, fact=fact):
            waiting = paper or turn.session.paper
            return turn.go("identify", turn.session.but(page=fact.value if fact else "", paper=waiting))
        case Tell(facts=facts, done=done):
            return _tell(turn, facts, done=done)


def leave(turn: Turn) -> Step:
    """Back to the result, or to what it comes to so far; no paper waits any more."""
    session = turn.session.but(page="", paper=None)
    return turn.go("leave_identity" if session.finished_at else "preview", session)


def settle(turn: Turn) -> Step:
    """It is right as it stands: the paper is made, and this is not asked again."""
    paper = turn.session.paper
    left = leave(turn)
    return Step(left.session.but(identified=True), (*left.events, *((PaperWanted(paper),) if paper else ())))


def close(turn: Turn, *, emptied: bool = False) -> Step:
    """From one fact to all of them; `emptied`: it is not to be told."""
    session = turn.session
    firm = session.firm.model_copy(update={session.page: None}) if emptied else session.firm
    return Step(session.but(page="", firm=firm))


def _tell(turn: Turn, facts: Mapping[FirmFact, str], *, done: bool) -> Step:
    session = turn.session
    if session.phase is not Phase.IDENTITY:
        return turn.refuse(Refusal.NOT_HERE)
    wrong = next((reason for fact, text in facts.items() if (reason := fault(fact, text))), None)
    if wrong:
        return turn.refuse(wrong)
    firm = session.firm.model_copy(update={fact.value: kept(fact, text) for fact, text in facts.items()})
    still_open = "" if session.page in facts else session.page
    told = Turn(turn.rubric, session.but(firm=firm, page=still_open), turn.now, turn.fresh)
    return settle(told) if done else Step(told.session)


# what is typed


def kept(fact: FirmFact, text: str) -> str | None:
    """What is kept of a fact as it was typed; None if nothing is left of it."""
    return (code_of(text) if fact is FirmFact.CREDIT_CODE else tidy(text)) or None


def fault(fact: FirmFact, text: str) -> Refusal | None:
    """What is wrong with a fact as it was typed; nothing is wrong with none."""
    told = kept(fact, text)
    if told is None:
        return None
    if fact is FirmFact.CREDIT_CODE:
        return _code_fault(told)
    if fact is FirmFact.NAME:
        return Refusal.NAME_LONG if len(told) > LONGEST_NAME else None
    return Refusal.FACT_LONG if len(told) > LONGEST_FACT else None


def code_of(text: str) -> str:
    """A credit code as it was typed, in the form in which it is kept: plain capitals and digits in one piece.

    Whoever copies it from a licence may bring its name along, which stands before it.
    """
    code = BETWEEN.sub("", unicodedata.normalize("NFKC", tidy(text)))
    label = LABEL.match(code)
    return code[label.end() if label else 0 :].upper()


def looks_like_code(text: str) -> bool:
    """Nothing else that a firm tells of itself is so long without a space, and mostly digits."""
    code = code_of(text)
    digits = sum(sign.isdecimal() for sign in code)
    return len(code) in range(CODE_LENGTH - 3, CODE_LENGTH + 4) and code.isascii() and code.isalnum() and digits >= 8


def _code_fault(code: str) -> Refusal | None:
    """By the digits first that a person sees at once."""
    if len(code) != CODE_LENGTH:
        return Refusal.CODE_LENGTH
    if not CODE_SIGNS.issuperset(code):
        return Refusal.CODE_SIGN
    return None if calc_check_digit(code[:-1]) == code[-1] else Refusal.CODE_CHECK
