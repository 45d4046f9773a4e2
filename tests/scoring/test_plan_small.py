"""The plan is the least effort: against brute force over every state of small random rubrics."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given

from scoring.plan import find_gap
from scoring.rubric import parse_rubric
from scoring.sheet import Sheet
from tests.scoring.plans import applied, assert_every_step_is_a_real_one, cost, gap_of
from tests.scoring.strategies import RUBRIC, Small, examples, small


def question_states(data: dict[str, Any], given: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every state of a question that one may decide to be in, with the effort of going there."""
    letters, effort, old = "ABCD"[: len(data["options"])], data["effort"], set(given) - {"A"}
    if effort is None:
        yield 0, given
    elif data["type"] == "single":
        start = letters.index(given[0])
        yield from ((effort * rungs, (letters[start + rungs],)) for rungs in range(len(letters) - start))
    else:
        missing = sorted(set(letters[1:]) - old)
        for count in range(len(missing) + 1):
            for added in combinations(missing, count):
                yield effort * count, tuple(sorted({*old, *added})) or ("A",)


def points(case: Small, data: dict[str, Any], letters: tuple[str, ...]) -> int:
    """Points of an answer in units of 1/12 of a millionth: 12 divides by every number of options."""
    last, values = len(data["options"]) - 1, case.rubric.profile(case.profile).option_values.get(data["id"])
    if data["type"] == "single":
        twelfths = 1200 * "ABCD".index(letters[0]) // last
    else:
        each = {letter: 12 * int(values[letter]) if values else 1200 // last for letter in "BCD"[:last]}
        twelfths = sum(each[letter] for letter in letters if letter != "A")
    one, two, three = data["weights"]
    return int(twelfths * one * two * three)


def least_question_effort(case: Small, score: int) -> int | None:
    ways = [
        [
            (effort, points(case, data, letters))
            for effort, letters in question_states(data, case.choices.get(data["id"], ("A",)))
        ]
        for data in case.data["questions"]
    ]
    reached = (
        sum(effort for effort, _ in state) for state in product(*ways) if sum(p for _, p in state) >= score * 12 * 10**6
    )
    return min(reached, default=None)


def least_scenario_effort(case: Small, row: Mapping[str, Any]) -> int:
    """Over every state of every scenario at or above its level, not only over the row's level."""
    held = [(s["restrictive"], case.levels.get(s["id"], 0), len(s["levels"])) for s in case.data["scenarios"]]
    efforts = []
    for state in product(*(range(level, top + 1) for _, level, top in held)):
        reached = [restrictive for (restrictive, _, _), level in zip(held, state, strict=True) if level >= row["level"]]
        if len(reached) >= row["scenarios"] and sum(reached) >= row["restrictive"]:
            efforts.append(sum(state) - sum(level for _, level, _ in held))
    return min(efforts)


@pytest.mark.slow
@examples(250)
@given(case=small())
def test_no_plan_is_cheaper_than_brute_force_over_all_states(case: Small) -> None:
    sheet = Sheet(case.rubric, case.profile)
    tally = sheet.tally(case.choices, case.levels)
    for row in case.data["grades"][tally.grade :]:
        gap = find_gap(sheet, tally, case.choices, case.levels, row["grade"])
        by_score, by_scenarios = least_question_effort(case, row["score"]), least_scenario_effort(case, row)
        if by_score is None:
            assert gap.plan is None
            continue
        assert gap.plan is not None
        assert gap.plan.effort == by_score + by_scenarios
        choices, levels = applied(gap.plan, case.choices, case.levels)
        assert sheet.tally(choices, levels).grade >= row["grade"]


@examples(100)
@given(case=small())
def test_a_plan_of_a_small_rubric_costs_what_its_steps_cost(case: Small) -> None:
    gap = gap_of(Sheet(case.rubric, case.profile), case.choices, case.levels)
    if gap and gap.plan:
        assert gap.plan.effort == cost(case.rubric, gap.plan, case.choices)
        assert_every_step_is_a_real_one(gap.plan, case.choices, case.levels)


def test_without_any_affordable_question_there_is_a_plan_only_if_the_score_suffices() -> None:
    data = RUBRIC.model_dump(mode="json")
    rubric = parse_rubric(data | {"questions": [question | {"effort": None} for question in data["questions"]]})
    sheet = Sheet(rubric, "published")
    short, enough = gap_of(sheet, {}, {}), gap_of(sheet, dict.fromkeys(["q12", "q13", "q14", "q15"], ("C",)), {})
    assert short is not None
    assert enough is not None
    assert (short.plan, enough.plan is not None and enough.plan.effort) == (None, 6)
