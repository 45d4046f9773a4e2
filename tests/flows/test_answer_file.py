"""A record written as an answer file is read as the same choices and levels, wherever a conversation has come."""

import json
from decimal import Decimal

from hypothesis import given

from flows.answer_file import written
from flows.session import Record
from scoring.answers import check_answers
from scoring.decoding import read_json
from tests.flows.driver import RUBRIC, Walker
from tests.flows.random_inputs import Chance
from tests.flows.test_properties import Run, examples, figured, sequences, started, starts


def read_back(record: Record) -> None:
    answers = check_answers(RUBRIC, read_json(written(RUBRIC, record, "某厂")))
    assert (answers.choices, answers.levels) == (record.choices, record.levels)
    assert answers.labels == {"firm": "某厂"}
    assert record.figures.items() <= answers.figures.items()


@examples(60)
@given(start=starts, sequence=sequences)
def test_whatever_was_said_is_read_back(start: str, sequence: list[Chance]) -> None:
    run = Run(started(start))
    for chance in sequence:
        read_back(run.take(chance).session.record)


def test_a_part_a_line_and_numbers_exactly_as_they_are() -> None:
    record = Record(
        choices={"q4": ("B", "D"), "q1": ("A",)},
        levels={"marketing": 2},
        figures={"energy_last": Decimal("382.919000000001"), "revenue": (900, Decimal("1E+3")), "machines": 200},
    )
    assert written(RUBRIC, record).splitlines() == [
        '{"rubric": "miit-2024",',
        ' "answers": {"q1": ["A"], "q4": ["B", "D"]},',
        ' "figures": {"machines": 200, "revenue": [900, 1000], "energy_last": 382.919000000001},',
        ' "scenarios": {"marketing": 2}}',
    ]


def test_figures_of_an_older_version_that_contradict_are_left_to_the_letters() -> None:
    record = figured(again=False).record
    assert json.loads(written(RUBRIC, record))["figures"]["revenue_last"] == 1100
    torn = record.model_copy(update={"figures": {**record.figures, "revenue_last": 500}})
    assert json.loads(written(RUBRIC, torn)) == {**json.loads(written(RUBRIC, record)), "figures": {}}


def test_nothing_answered_is_a_file_too() -> None:
    read_back(Walker().session.record)
