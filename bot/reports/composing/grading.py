"""The grade: the table of grades with both conditions, and the figures that city platforms record of it."""

from collections.abc import Iterator

from bot.reports.composing.points import dimensions
from bot.reports.composing.scored import Scored
from bot.reports.content import Field, GradeRow
from scoring.rubric import Grade


def conditions(scored: Scored) -> tuple[Field, ...]:
    """The grades that score and scenarios reach apart; none where an edition has no scenarios."""
    if not scored.rubric.scenarios:
        return ()
    grade, result = scored.words.grade, scored.result
    return (
        Field(scored.labels["condition_score"], grade(result.score_grade)),
        Field(scored.labels["condition_scenarios"], grade(result.scenario_grade)),
    )


def grades(scored: Scored) -> Iterator[GradeRow]:
    """The table of grades, the lowest first."""
    return (_row(scored, row) for row in scored.rubric.grades)


def _row(scored: Scored, row: Grade) -> GradeRow:
    text, words = scored.text, scored.words
    reached, restrictive = scored.result.counts[row.level]
    score_met = scored.result.score >= row.score
    scenarios_met = reached >= row.scenarios and restrictive >= row.restrictive
    return GradeRow(
        grade=row.grade,
        name=words.grade(row.grade),
        short=words.short_grade(row.grade),
        level=row.level,
        level_name=words.level_name(row.level) if row.level else "",
        score=row.score,
        scenarios=row.scenarios,
        restrictive=row.restrictive,
        reached=reached,
        reached_restrictive=restrictive,
        score_met=score_met,
        scenarios_met=scenarios_met,
        score_mark=text("mark.yes" if score_met else "mark.no"),
        scenarios_mark=text("mark.yes" if scenarios_met else "mark.no"),
        needed=_needed(scored, row) if row.level else "",
        had=text("report.grades.had", scenarios=reached, restrictive=restrictive) if row.level else "",
    )


def _needed(scored: Scored, row: Grade) -> str:
    level = scored.words.level_name(row.level)
    return scored.text("report.grades.needed", level=level, scenarios=row.scenarios, restrictive=row.restrictive)


def record(scored: Scored) -> Iterator[Field]:
    """The figures that city platforms record; by the standard of 2024 they are six."""
    yield Field(scored.labels["grade"], scored.words.grade(scored.result.grade))
    for dimension in dimensions(scored):
        yield Field(scored.text("report.record.dimension", name=dimension.name), dimension.shown)
    if not scored.rubric.scenarios:
        return
    level = _counted_level(scored)
    reached, restrictive = scored.result.counts[level]
    name = scored.words.level_name(level)
    yield Field(scored.text("report.record.restrictive", level=name), str(restrictive))
    yield Field(scored.text("report.record.guiding", level=name), str(reached - restrictive))


def counts(scored: Scored) -> Field | None:
    """How many scenarios reach the level that counts; None where an edition has no scenarios."""
    scenarios = len(scored.rubric.scenarios)
    if not scenarios:
        return None
    level = _counted_level(scored)
    reached, restrictive = scored.result.counts[level]
    return Field(
        scored.text("report.counts", level=scored.words.level_name(level)),
        scored.text("report.counts.value", reached=reached, total=scenarios, restrictive=restrictive),
    )


def _counted_level(scored: Scored) -> int:
    """The level that the grade asks of scenarios; without a grade, that of the lowest one. At least the first."""
    return max(scored.rubric.grades[max(scored.result.grade, 1) - 1].level, 1)
