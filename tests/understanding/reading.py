"""What the lexicon makes of a text, in short; the corpus."""

import json
from typing import Any

from bot.understanding.lexicon_interpreter import LexiconInterpreter
from flows.inputs import Proposal
from scoring.editions import load_rubric
from tests.locales.scan import ROOT

RUBRIC = load_rubric("miit-2024")
CORPUS = ROOT / "tests" / "corpus"


def corpus(name: str, part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CORPUS / f"{name}.json").read_text("utf-8"))[part]
    return found


def understood(text: str) -> dict[str, Proposal]:
    return {proposal.item: proposal for proposal in LexiconInterpreter().interpret(text, RUBRIC)}


def short(proposal: Proposal) -> str | int:
    """A level, or the letters in one word."""
    return proposal.answer if isinstance(proposal.answer, int) else "".join(proposal.answer)


def said(text: str) -> dict[str, str | int]:
    return {item: short(proposal) for item, proposal in understood(text).items()}


def is_above(item: str, one: str | int, other: str | int) -> bool:
    """An answer claims more than another one does."""
    if isinstance(one, int) or isinstance(other, int):
        return int(one) > int(other)
    question = RUBRIC.question[item]
    if question.kind.ticks:
        return not {*one} - {question.letters[0]} <= {*other}
    return one > other


def nothing(item: str) -> str | int:
    """The answer that claims nothing."""
    return RUBRIC.question[item].letters[0] if item in RUBRIC.question else 0
