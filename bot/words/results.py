"""A result in words: headline, dimensions, both conditions, what is missing, the plan, the proof, before and after."""

from fractions import Fraction
from typing import Any

from bot.words.margin import elsewhere, in_short, item_by_item, nearest, otherwise, revalued, within_reach
from bot.words.sections import Section
from bot.words.steps import effort_of, impossible, results_note
from bot.words.wording import Wording, calculation, wording
from flows.recording import answers_of
from flows.session import Record
from scoring.compare import compare, snapshot
from scoring.exact import exact_decimal, fixed, shown
from scoring.plan import Gap, QuestionStep, ScenarioStep
from scoring.result import Result, assess, shown_score
from scoring.result_json import result_json
from scoring.rubric import Grade
from scoring.sheet import Sheet, load_sheet


def result_of(record: Record, words: Wording, profile: str | None = None) -> Result:
    """The result of a record under a profile of its edition, which is that of the words."""
    return assess(load_sheet(words.rubric.id, profile), answers_of(words.rubric, record))


def sheet_of(result: Result) -> Sheet:
    """The sheet by which a result was worked out."""
    return load_sheet(result.rubric, result.profile)


def headline_of(result: Result, words: Wording, *, provisional: bool | None = None) -> Section:
    """Grade and score, each dimension and both partial grades, and how firmly it stands.

    It is provisional while answers are missing.
    """
    text = words.text
    provisional = not result.complete if provisional is None else provisional
    title = text("result.provisional.headline" if provisional else "result.headline", grade=words.grade(result.grade))
    lines = [
        text("result.score", score=shown_points(result)),
        *_dimensions(result, words),
        *_both_grades(result, words),
        *in_short(result, words),
        *([bounds(result, words)] if provisional else by_other_profiles(result, words)),
    ]
    return Section(title, tuple(lines))


def _dimensions(result: Result, words: Wording) -> list[str]:
    sheet = sheet_of(result)
    most = {dimension.id: str(most_of(sheet, dimension.id)) for dimension in words.rubric.dimensions}
    return [
        words.text(
            "result.dimension", name=entry.name, score=points_of(result.dimensions[entry.id]), most=most[entry.id]
        )
        for entry in words.rubric.dimensions
    ]


def _both_grades(result: Result, words: Wording) -> list[str]:
    """What each condition alone comes to; where there are no scenarios, there is only one."""
    if not words.rubric.scenarios:
        return []
    return [
        words.text("result.score_grade", grade=words.grade(result.score_grade)),
        words.text("result.scenario_grade", grade=words.grade(result.scenario_grade)),
    ]


def bounds(result: Result, words: Wording) -> str:
    """Between what the result lies while answers are missing."""
    low, high = (shown_score(sheet_of(result), bound) for bound in result.bounds.score)
    low_grade, high_grade = map(words.grade, result.bounds.grade)
    if low == high and low_grade == high_grade:
        return words.text("result.bounds.fixed", score=low, grade=low_grade)
    if low == high:
        return words.text("result.bounds.score", score=low, low_grade=low_grade, high_grade=high_grade)
    if low_grade == high_grade:
        return words.text("result.bounds.settled", low=low, high=high, grade=low_grade)
    return words.text("result.bounds", low=low, high=high, low_grade=low_grade, high_grade=high_grade)


def by_other_profiles(result: Result, words: Wording) -> list[str]:
    """Another profile may value some options otherwise: said only where the grade would differ."""
    return [
        words.text("result.profile", **revalued(standing.profile, words), grade=words.grade(standing.grade))
        for standing in otherwise(result)
        if standing.grade != result.grade
    ]


def shown_points(result: Result) -> str:
    """The score as people see it."""
    return shown_score(sheet_of(result), result.score)


def points_of(value: Fraction) -> str:
    """Points with two decimals."""
    return fixed(value.numerator, value.denominator, 2)


def most_of(sheet: Sheet, dimension: str) -> Fraction:
    """All points that a dimension has."""
    return sheet.exact(sum(sheet.full[item] for item, row in sheet.rows.items() if row.dimension == dimension))


def gap(result: Result, words: Wording) -> Section:
    """What is missing for the next grade."""
    text = words.text
    if result.next is None or result.points_short is None:
        return Section(text("gap.title.none"), (text("gap.none"),))
    missing = result.next
    row = words.rubric.grades[missing.grade - 1]
    lines = []
    if result.points_short:
        short = shown(result.points_short.as_integer_ratio(), {0})
        lines.append(text("gap.score", short=short, score=row.score))
    if missing.scenarios_short:
        wanted = {"level": words.level_name(row.level), "wanted": row.scenarios}
        lines.append(text.count("gap.scenarios", missing.scenarios_short, **wanted))
    if missing.restrictive_short:
        lines.append(text("gap.restrictive", short=missing.restrictive_short, wanted=row.restrictive))
    return Section(text("gap.title", grade=words.grade(missing.grade)), tuple(lines))


def firmness(result: Result, words: Wording) -> Section:
    """Which single answers the grade hangs on, item by item; without a grade, what is nearest."""
    if result.grade:
        lines = item_by_item(result, words)
        title = words.text("margin.title", grade=words.grade(result.grade))
    else:
        lines = [*within_reach(result, words), *gap(result, words).lines, *nearest(result, words)]
        title = words.text("margin.title.none")
    return Section(title, (*lines, *elsewhere(result, words)))


def plan(missing: Gap | None, words: Wording) -> Section:
    """The least-effort plan for a gap in the official words, with the requirement of every level still to climb."""
    text = words.text
    if missing is None:
        return Section(text("gap.title.none"), (text("gap.none"),))
    title = text("plan.title", grade=words.grade(missing.grade))
    found = missing.plan
    if found is None:
        return Section(title, (impossible(words),))
    lines = [effort_of(found, words)]
    for question in found.questions:
        lines += _question_step(question, words)
    for scenario in found.scenarios:
        lines += _scenario_step(scenario, words)
    return Section(title, (*lines, *_plan_notes(words)))


def _plan_notes(words: Wording) -> list[str]:
    """What effort means here, and which items are never planned."""
    if words.rubric.effort_note:
        return [words.rubric.effort_note, *results_note(words)]
    text, questions = words.text, words.rubric.questions
    notes = [text("plan.note")]
    for effort in sorted({question.effort for question in questions if question.effort and question.effort > 1}):
        dearer = [question.id for question in questions if question.effort == effort]
        notes.append(text("plan.note.effort", items=words.items(dearer), effort=effort))
    return [*notes, *results_note(words)]


def _question_step(step: QuestionStep, words: Wording) -> list[str]:
    question = words.rubric.question[step.question]
    texts = {option.id: option.text for option in question.options}
    name = words.item_name(step.question)
    if step.to is not None:
        return [words.text("plan.to", item=name, option=step.to, text=texts[step.to])]
    return [words.text("plan.add", item=name), *(f"   {letter} {texts[letter]}" for letter in step.add)]


def _scenario_step(step: ScenarioStep, words: Wording) -> list[str]:
    levels = words.rubric.scenario[step.scenario].levels
    start, end = words.level_name(step.start), words.level_name(step.end)
    climb = (
        words.text("ladder.requirement", level=words.level_name(level), text=levels[level - 1])
        for level in range(step.start + 1, step.end + 1)
    )
    lifted = words.text("plan.lift", item=words.item_name(step.scenario), start=start, end=end)
    return [lifted, *(f"   {requirement}" for requirement in climb)]


def proof(result: Result, words: Wording) -> tuple[Section, ...]:
    """Every point from its answer, value and weight, then the scenarios, then the grading table."""
    scenarios = (_scenario_proof(result, words),) if words.rubric.scenarios else ()
    return (_question_proof(result, words), *scenarios, _grade_proof(result, words))


def _question_proof(result: Result, words: Wording) -> Section:
    lines = [_credit(item, result, words) for item in words.rubric.question]
    exact = words.text("proof.sum", score=pencil(result.score))
    return Section(words.text("proof.questions"), (*lines, exact))


def pencil(value: Fraction) -> str:
    """Exact, for a check by hand: as a decimal where it ends, else as a fraction with an approximation."""
    try:
        return exact_decimal(value)
    except ValueError:
        return f"{value} ≈ {points_of(value)}"


def _credit(item: str, result: Result, words: Wording) -> str:
    credit = result.credits.get(item)
    name = words.item_name(item)
    if credit is None:
        return words.text("proof.unknown", item=name)
    line = words.text(
        "proof.line",
        item=name,
        answer=words.answer(credit.letters),
        value=pencil(credit.value),
        weights=" × ".join(f"{weight}%" for weight in words.rubric.question[item].weights),
        points=pencil(credit.points),
    )
    derivation = result.derivations.get(item)
    if derivation is None:
        return line
    return line + words.text("proof.derived", calculation=calculation(derivation.calculation))


def _scenario_proof(result: Result, words: Wording) -> Section:
    lines = [
        words.text("review.line", item=words.item_name(name), answer=words.answer(result.levels.get(name)))
        for name in words.rubric.scenario
    ]
    return Section(words.text("proof.scenarios"), tuple(lines))


def _grade_proof(result: Result, words: Wording) -> Section:
    lines = tuple(_grade_line(result, row, words) for row in words.rubric.grades)
    return Section(words.text("proof.grades" if words.rubric.scenarios else "proof.grades.score"), lines)


def _grade_line(result: Result, row: Grade, words: Wording) -> str:
    score = {
        "grade": words.grade(row.grade),
        "score": shown_points(result),
        "least": row.score,
        "score_mark": _mark(words, yes=result.score >= row.score),
    }
    if not row.level:
        return words.text("proof.grade.score", **score)
    reached, restrictive = result.counts[row.level]
    return words.text(
        "proof.grade",
        **score,
        level=words.level_name(row.level),
        reached=reached,
        wanted=row.scenarios,
        restrictive=restrictive,
        wanted_restrictive=row.restrictive,
        scenario_mark=_mark(words, yes=reached >= row.scenarios and restrictive >= row.restrictive),
    )


def _mark(words: Wording, *, yes: bool) -> str:
    return words.text("mark.yes" if yes else "mark.no")


def before_and_after(before: Record, after: Record, words: Wording) -> Section:
    """What a re-check changed; both are by the edition of the words."""
    edition = words.rubric.id
    return between((edition, before), (edition, after), words)


def between(before: tuple[str, Record], after: tuple[str, Record], words: Wording) -> Section:
    """What changed from one record to another, each by its edition."""
    sides = [(load_sheet(edition), record) for edition, record in (before, after)]
    told = [(sheet, result_json(sheet, assess(sheet, answers_of(sheet.rubric, record)))) for sheet, record in sides]
    old, new = [(sheet, snapshot(sheet, result)) for sheet, result in told]
    return comparison(compare(old, new), words)


def comparison(change: dict[str, Any], words: Wording) -> Section:
    """A comparison (see `scoring.compare`) in words; by two editions, only what can be compared."""
    text = words.text
    old, new = (wording(words.language, edition, words.medium) for edition in change["rubrics"])
    lines = _changed_items(change, new) if old is new else _across_editions(change, old, new)
    score = {
        side: shown_score(load_sheet(own.rubric.id), Fraction(change["score"][side]))
        for side, own in (("before", old), ("after", new))
    }
    grades = {"before": old.grade(change["grade"]["before"]), "after": new.grade(change["grade"]["after"])}
    lines += [text("compare.score", **score), text("compare.grade", **grades)]
    return Section(text("compare.title"), tuple(lines))


def _changed_items(change: dict[str, Any], words: Wording) -> list[str]:
    return [
        words.text(
            "compare.line",
            item=words.item_name(entry["id"]),
            before=_side(entry["before"], words),
            after=_side(entry["after"], words),
        )
        for entry in (*change["questions"], *change["scenarios"])
    ]


def _across_editions(change: dict[str, Any], old: Wording, new: Wording) -> list[str]:
    """Why items are not compared, and what dimensions that both have come to."""
    lines = [new.text("compare.editions", before=old.rubric.title, after=new.rubric.title)]
    for dimension, points in change["score"]["dimensions"].items():
        sides = {side: points_of(Fraction(points[side])) for side in ("before", "after")}
        lines.append(new.text("compare.line", item=new.page_name(dimension), **sides))
    return lines


def _side(answer: list[str] | int | None, words: Wording) -> str:
    return words.answer(tuple(answer) if isinstance(answer, list) else answer)
