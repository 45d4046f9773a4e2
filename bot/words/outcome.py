"""What a session comes to, in the parts that every channel shows as it has room: the first, at least."""

from dataclasses import dataclass

from bot.words.results import (
    before_and_after,
    bounds,
    by_other_profiles,
    gap,
    headline_of,
    result_of,
    sheet_of,
    shown_points,
)
from bot.words.sections import Section
from bot.words.steps import first_steps
from bot.words.target import target
from bot.words.wording import Wording
from flows.aiming import planned_gap
from flows.cards import unanswered
from flows.session import Session
from scoring.exact import shown
from scoring.plan import Gap
from scoring.policy import policy_of
from scoring.result import Result

CHANGED = 5
"""So many changed items stand on a result."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The grade, and how far it is to the next; what a re-check changed; what to do first; what is done of the target.

    Everything else is told on request.
    """

    summary: Section
    changes: Section | None
    missing: Section
    goal: tuple[Section, ...]
    provisional: bool


def outcome_of(session: Session, words: Wording, *, provisional: bool) -> Outcome:
    """The outcome of a session as it is; while it is provisional, what is not answered counts as unmet."""
    result, missing = result_of(session.record, words), planned_gap(session)
    changes = before_and_after(session.baseline.record, session.record, words) if session.baseline else None
    lines = (
        *(changes.lines[:-3:-1] if changes else ()),  # grade and score, before and after
        distance(result, missing, words),
        *((bounds(result, words),) if provisional and not result.complete and not _is_settled(result) else ()),
        *(() if provisional else by_other_profiles(result, words)),
        *((session.firm.name,) if session.firm.name else ()),
    )
    return Outcome(
        summary=Section(_headline(session, result, words, provisional=provisional), lines),
        changes=_items(changes, words) if changes else None,
        missing=gap(result, words)
        if missing is None
        else first_steps(missing, words, unanswered(words.rubric, session)),
        goal=tuple(target(session, words)),
        provisional=provisional,
    )


def _is_settled(result: Result) -> bool:
    """No answer that is missing can change the grade: the card's first line says so."""
    return result.bounds.grade[0] == result.bounds.grade[1]


def _items(changes: Section, words: Wording) -> Section | None:
    """What changed item by item, as far as there is room for it; all of it stands in the history."""
    items = changes.lines[:-2]
    more = (words.text.count("compare.more", len(items) - CHANGED),) if len(items) > CHANGED else ()
    return Section(changes.title, (*items[:CHANGED], *more)) if items else None


def wanted_grade(session: Session, words: Wording) -> int | None:
    """The grade aimed for, else the one that titles hang on; None if no document names one."""
    policy = policy_of(words.rubric.id, words.language)
    return session.goal.grade or (policy.wanted(session.firm.kind) if policy else None)


def _headline(session: Session, result: Result, words: Wording, *, provisional: bool) -> str:
    """The grade, and whether it is the one that is wanted."""
    headline = headline_of(result, words, provisional=provisional).title
    own, wanted = session.goal.grade, wanted_grade(session, words)
    if wanted is None or (provisional and result.grade < wanted <= result.bounds.grade[1]):
        return headline
    values = {"headline": headline, "grade": words.short_grade(wanted)}
    if result.grade >= wanted:
        return words.text("result.goal.met", **values) if own else words.text("result.line.met", **values)
    return words.text("result.goal.unmet", **values) if own else words.text("result.line.unmet", **values)


def distance(result: Result, missing: Gap | None, words: Wording) -> str:
    """The score, and what the grade that is planned for still asks for, in one line."""
    text, score = words.text, shown_points(result)
    if missing is None:
        return text("result.far.none", score=score)
    row = words.rubric.grades[missing.grade - 1]
    level = {"level": words.level_name(row.level)} if row.level else {}
    points = sheet_of(result).exact(missing.points_short)
    parts = []
    if points:
        parts.append(text("far.points", short=shown(points.as_integer_ratio(), {0})))
    both = 0 < missing.restrictive_short <= missing.scenarios_short
    if missing.scenarios_short:
        more = text("far.among", restrictive=missing.restrictive_short) if both else ""
        parts.append(text.count("far.scenarios", missing.scenarios_short, **level) + more)
    if missing.restrictive_short and not both:
        parts.append(text.count("far.restrictive", missing.restrictive_short))
    return text(
        "result.far", score=score, grade=words.short_grade(missing.grade), missing=text("effort.separator").join(parts)
    )
