"""What a command line says of a firm, checked as the conversation checks it."""

import argparse
from collections.abc import Iterator

from bot.reports.errors import ReportError, ReportTrouble
from bot.words.wording import wording
from flows.events import Refused
from flows.identity import LONGEST_NAME, fault, kept
from flows.session import Firm, FirmFact, FirmKind
from flows.text import tidy
from scoring.editions import current


def told_of(parsed: argparse.Namespace, language: str) -> dict[str, str]:
    """What was told, by the names of `Firm`; what was not, or is empty, is missing. Raises ReportError."""
    name = name_told(parsed.firm)
    kind = {"kind": FirmKind(parsed.kind)} if parsed.kind else {}
    return {**({"name": name} if name else {}), **kind, **dict(_facts(parsed, language))}


def name_told(name: str | None) -> str | None:
    """A firm's name; None if nothing is left of it. Raises ReportError if it is too long."""
    told = tidy(name)
    if len(told) > LONGEST_NAME:
        raise ReportError(ReportTrouble.NAME_LONG, most=LONGEST_NAME)
    return told or None


def with_told(firm: Firm, told: dict[str, str]) -> Firm:
    """The firm as it is told on this paper."""
    return firm.model_copy(update=told)


def fact_told(fact: FirmFact, given: str, named: str, language: str) -> str | None:
    """A fact as it is kept; None if nothing is left of it. Raises ReportError, which says where it was told."""
    if wrong := fault(fact, given):
        reason = wording(language, current().id).refusal(Refused(wrong))
        raise ReportError(ReportTrouble.FACT, option=named, reason=reason)
    return kept(fact, given)


def _facts(parsed: argparse.Namespace, language: str) -> Iterator[tuple[str, str]]:
    for fact in (one for one in FirmFact if one is not FirmFact.NAME):
        option = f"--{fact.value.replace('_', '-')}"
        if told := fact_told(fact, getattr(parsed, fact.value) or "", option, language):
            yield fact.value, told
