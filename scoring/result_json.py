"""A result in the JSON shape that users script against; exact numbers are strings, "5" or "5/2"."""

from fractions import Fraction
from typing import Any

from scoring.plan import Gap, Plan, QuestionStep
from scoring.result import Result, shown_score
from scoring.sheet import Credit, Sheet


def result_json(sheet: Sheet, result: Result) -> dict[str, Any]:
    """The contract's result object."""
    return {
        "rubric": result.rubric,
        "profile": result.profile,
        "complete": result.complete,
        "score": {
            "exact": str(result.score),
            "shown": shown_score(sheet, result.score),
            "dimensions": {name: str(points) for name, points in result.dimensions.items()},
        },
        "questions": {item: _question(sheet, result, item, credit) for item, credit in result.credits.items()},
        "scenarios": {
            "levels": dict(result.levels),
            "counts": {
                str(level): {"all": everyone, "restrictive": restrictive}
                for level, (everyone, restrictive) in enumerate(result.counts)
                if level
            },
        },
        "score_grade": result.score_grade,
        "scenario_grade": result.scenario_grade,
        "grade": result.grade,
        "grade_name": sheet.rubric.grade_name(result.grade),
        "bounds": {
            "score": [str(bound) for bound in result.bounds.score],
            "grade": list(result.bounds.grade),
        },
        "next": _next(result),
    }


def _question(sheet: Sheet, result: Result, item: str, credit: Credit) -> dict[str, Any]:
    entry: dict[str, Any] = {**credit.proof, **sheet.rubric.question[item].kind.told(credit.letters)}
    if derivation := result.derivations.get(item):
        entry["derived"] = derivation.calculation
    return entry


def _next(result: Result) -> dict[str, Any] | None:
    gap = result.next
    if gap is None or result.points_short is None:
        return None
    return gap_json(gap, result.points_short)


def gap_json(gap: Gap, points_short: Fraction) -> dict[str, Any]:
    """The contract's `next` object."""
    return {
        "grade": gap.grade,
        "score_short": str(points_short),
        "scenarios_short": gap.scenarios_short,
        "restrictive_short": gap.restrictive_short,
        "plan": None if gap.plan is None else _plan(gap.plan),
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "effort": plan.effort,
        "questions": [_question_step(step) for step in plan.questions],
        "scenarios": [
            {"id": s.scenario, "from": s.start, "to": s.end, "requirements": list(s.requirements)}
            for s in plan.scenarios
        ],
    }


def _question_step(step: QuestionStep) -> dict[str, Any]:
    if step.to is not None:
        return {"id": step.question, "to": step.to}
    return {"id": step.question, "add": list(step.add)}
