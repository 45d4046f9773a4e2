"""What if some answers were others: the result of the changed sheet, and nothing else changes."""

from typing import Any

import pytest
from hypothesis import given

from scoring.answers import Answers, check_answers
from scoring.errors import AnswersError, FaultCode
from scoring.result import assess
from scoring.sheet import load_sheet
from scoring.whatif import Changes, changed, what_if
from tests.scoring.standard import SCENARIOS, answers_json
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    answered,
    complete_choices,
    examples,
    partial_choices,
    partial_levels,
)

SHEET = load_sheet("miit-2024")
MACHINES: dict[str, Any] = {"machines": 200, "machines_digital": 90}  # 45%: q2 is D


@examples(100)
@given(choices=partial_choices, levels=partial_levels, new=partial_choices, others=partial_levels)
def test_it_is_the_result_of_the_sheet_with_the_new_answers_in_their_places(
    choices: Choices, levels: Levels, new: Choices, others: Levels
) -> None:
    file: dict[str, Any] = answers_json(new, others)
    result = what_if(SHEET, answered(RUBRIC, choices, levels), {**file["answers"], **file["scenarios"]})
    assert result == assess(SHEET, answered(RUBRIC, {**choices, **new}, {**levels, **others}))


@examples(50)
@given(choices=complete_choices)
def test_asking_changes_nothing_and_no_change_is_the_result_itself(choices: Choices) -> None:
    answers = answered(RUBRIC, choices, dict.fromkeys(SCENARIOS, 1))
    before = Answers(answers.rubric, dict(choices), dict(answers.levels), {}, {})
    what_if(SHEET, answers, {"q5": "E", "quality": 4})
    assert answers == before
    assert what_if(SHEET, answers, {}) == assess(SHEET, answers)


@pytest.mark.parametrize(("letter", "keeps"), [("E", False), ("A", False), ("D", True)])
def test_a_letter_outweighs_the_figures_behind_the_old_one(letter: str, keeps: bool) -> None:
    answers = check_answers(RUBRIC, {"figures": MACHINES})
    result = what_if(SHEET, answers, {"q2": letter})
    assert result.credits["q2"].letters == (letter,)
    assert ("q2" in result.derivations) is keeps
    assert "q2" in answers.derivations


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"q5": "F"}, "answers.q5", FaultCode.UNKNOWN_OPTION),
        ({"q1": ["A", "B"]}, "answers.q1", FaultCode.NONE_WITH_OTHERS),
        ({"quality": 5}, "scenarios.quality", FaultCode.UNKNOWN_LEVEL),
        ({"q99": "A"}, "answers.q99", FaultCode.UNKNOWN_FIELD),
    ],
)
def test_a_new_answer_that_is_none_is_refused(changes: Changes, place: str, code: FaultCode) -> None:
    with pytest.raises(AnswersError) as caught:
        changed(RUBRIC, answered(RUBRIC, {}, {}), changes)
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [(place, code)]
