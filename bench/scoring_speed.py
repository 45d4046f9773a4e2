"""One assessment: score, plan, whole result, JSON in and out."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from pydantic_core import to_json

from bench.by_fractions import FractionScore
from bench.samples import RUBRIC, answer_files, written
from bench.table import Row, at_least_of, at_most, duration
from bench.timing import Work, fastest
from scoring.answers import Answers, check_answers
from scoring.decoding import read_json
from scoring.margin import find_margin
from scoring.plan import Gap, find_gap, plan_to
from scoring.result import Result, assess
from scoring.result_json import result_json
from scoring.sheet import Tally, load_sheet
from scoring.wishes import Wishes

FIRMS = 50
ROUNDS = 100
SHEET = load_sheet("miit-2024")
BY_FRACTIONS = FractionScore(RUBRIC)
NOTHING = Answers(RUBRIC.id, {}, {}, {}, {})
WISHES = Wishes(pinned=frozenset({"q11", "quality"}), excluded=frozenset({"q4", "marketing"}))


def rows() -> Iterator[Row]:
    files = list(answer_files(FIRMS))
    firms = [check_answers(RUBRIC, file) for file in files]
    _agree(firms)
    each = fastest({**_scores(firms), **_plans(firms), **_reading(files), **_writing(firms)}, ROUNDS)
    plain, score = each["by fractions"], each["score"]
    yield at_most("score of one assessment", score, 10e-6)
    yield at_least_of("the same, beside Fractions", duration(score), f"Fractions {duration(plain)}", plain / score, 10)
    yield at_most("its plan", each["plan"], 500e-6)
    yield at_most("the plan of a firm that has nothing", each["longest plan"], 500e-6)
    yield at_most("the same under wishes", each["wishes"], 500e-6)
    for name in (
        "margin",
        "read JSON",
        "check letters",
        "check figures",
        "whole result",
        "result as data",
        "result as JSON",
    ):
        yield Row(name, duration(each[name]))


def _agree(firms: list[Answers]) -> None:
    """Both ways of scoring come to the same."""
    for firm in firms:
        tally = _tally(firm)
        dimensions = {name: SHEET.exact(points) for name, points in tally.dimensions.items()}
        assert BY_FRACTIONS(firm.choices, firm.levels) == (SHEET.exact(tally.points), dimensions, tally.grade)


def _tally(firm: Answers) -> Tally:
    return SHEET.tally(firm.choices, firm.levels)


def _scores(firms: list[Answers]) -> dict[str, list[Work]]:
    return {
        "score": [partial(SHEET.tally, firm.choices, firm.levels) for firm in firms],
        "by fractions": [partial(BY_FRACTIONS, firm.choices, firm.levels) for firm in firms],
    }


def _plans(firms: list[Answers]) -> dict[str, list[Work]]:
    highest = len(SHEET.grades)
    return {
        "plan": [_plan(firm, min(_tally(firm).grade + 1, highest)) for firm in firms],
        "longest plan": [_plan(NOTHING, highest)],
        "wishes": [partial(plan_to, SHEET, {}, {}, highest, WISHES)],
        "margin": [partial(find_margin, SHEET, firm.choices, firm.levels) for firm in firms],
    }


def _plan(firm: Answers, grade: int) -> partial[Gap]:
    return partial(find_gap, SHEET, _tally(firm), firm.choices, firm.levels, grade)


def _reading(files: list[dict[str, Any]]) -> dict[str, list[Work]]:
    decoded = [read_json(written(file)) for file in files]
    return {
        "read JSON": [partial(read_json, written(file)) for file in files],
        "check letters": [partial(check_answers, RUBRIC, file) for file in decoded[::2]],
        "check figures": [partial(check_answers, RUBRIC, file) for file in decoded[1::2]],
    }


def _writing(firms: list[Answers]) -> dict[str, list[Work]]:
    results: list[Result] = [assess(SHEET, firm) for firm in firms]
    return {
        "whole result": [partial(assess, SHEET, firm) for firm in firms],
        "result as data": [partial(result_json, SHEET, result) for result in results],
        "result as JSON": [partial(to_json, result_json(SHEET, result)) for result in results],
    }
