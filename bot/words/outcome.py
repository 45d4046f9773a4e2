"""What a session comes to, in the parts that every channel shows as it has room: the first, at least."""

from dataclasses import dataclass

from bot.words.results import Section, before_and_after, gap, headline, plan, result_of
from bot.words.target import target
from bot.words.wording import Wording
from flows.aiming import planned_gap
from flows.session import Session


@dataclass(frozen=True, slots=True)
class Outcome:
    """Grade and score; what a re-check changed; what is missing; how to get it; what of the kept target is done."""

    summary: Section
    changes: Section | None
    missing: Section
    steps: Section | None
    goal: tuple[Section, ...]


def outcome_of(session: Session, words: Wording, *, provisional: bool) -> Outcome:
    """The outcome of a session as it is; while it is provisional there are no steps yet."""
    result = result_of(session.record, words)
    return Outcome(
        summary=headline(result, words, session.firm.name, provisional=provisional),
        changes=before_and_after(session.baseline.record, session.record, words) if session.baseline else None,
        missing=gap(result, words),
        steps=None if provisional else plan(planned_gap(session), words),
        goal=tuple(target(session, words)),
    )
