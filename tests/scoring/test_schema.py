"""The JSON Schemas against what they describe: they take what is taken, and refuse what is refused."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scoring.answers import LABELS, YEARS, check_answers, labels_of
from scoring.decoding import read_json
from scoring.editions import DATA
from scoring.errors import AnswersError, FaultCode, RubricError
from scoring.result import assess
from scoring.result_json import result_json
from scoring.rubric_check import parse_rubric
from scoring.schema import answers_schema, result_schema, rubric_schema
from scoring.sheet import load_sheet
from tests.scoring.standard import QUESTIONS, SCENARIOS, answers_json
from tests.scoring.strategies import (
    PROFILES,
    RUBRIC,
    Choices,
    Levels,
    Small,
    examples,
    partial_choices,
    partial_levels,
    small,
)
from tests.scoring.test_answers import CONTRACT, FIELD, NESTED, PART, REFUSALS

ANSWERS = Draft202012Validator(answers_schema(RUBRIC))
EDITION = Draft202012Validator(rubric_schema())
RESULT = Draft202012Validator(result_schema())
UNSAID = {
    FaultCode.NOT_WHOLE,  # to a schema, 2.0 is a whole number
    FaultCode.UNKNOWN_LEVEL,  # … also as a level
    FaultCode.TOO_PRECISE,
    FaultCode.YEARS_DIFFER,
    FaultCode.YEAR_DIFFERS,
    FaultCode.PART_EXCEEDS_WHOLE,
    FaultCode.NOT_POSITIVE,  # where a change divides by it
    FaultCode.FIGURES_CONTRADICT,
}
"""What no schema can say: figures beside each other, and how a number is written."""


def faults(data: Any) -> set[FaultCode]:
    try:
        check_answers(RUBRIC, data)
    except AnswersError as refusal:
        return {fault.code for fault in refusal.faults}
    return set()


def agree(data: Any) -> None:
    """What is taken fits; what is refused does not, unless it is for a reason that a schema cannot say."""
    found = faults(data)
    if not found:
        ANSWERS.validate(data)
    elif not found <= UNSAID:
        assert not ANSWERS.is_valid(data), found


def test_the_schemas_are_schemas() -> None:
    for validator in (ANSWERS, EDITION, RESULT):
        Draft202012Validator.check_schema(validator.schema)


def test_every_entry_is_described_in_the_words_of_the_edition() -> None:
    sections = ANSWERS.schema["properties"]
    assert sections["answers"]["properties"]["q2"]["description"] == RUBRIC.question["q2"].text
    assert sections["figures"]["properties"]["machines"]["description"] == "生产设备数量 (台)"
    assert all(
        "description" in entry for name in ("answers", "figures") for entry in sections[name]["properties"].values()
    )


# answers


def test_the_contracts_example_fits() -> None:
    ANSWERS.validate(json.loads(CONTRACT))


@examples(60)
@given(
    choices=partial_choices,
    levels=partial_levels,
    labels=st.fixed_dictionaries({}, optional={"id": st.text(max_size=200), "firm": st.text(max_size=100)}),
)
def test_every_valid_sheet_fits(choices: Choices, levels: Levels, labels: dict[str, str]) -> None:
    agree({**answers_json(choices, levels), **labels})


@pytest.mark.parametrize("text", [text for text, _ in REFUSALS], ids=[str(text)[:60] for text, _ in REFUSALS])
def test_every_fault_that_a_schema_can_say_is_said(text: str | bytes) -> None:
    try:
        data = read_json(text)
        json.dumps(data, default=float)  # a value that was spoilt on its way in is none that a schema sees
    except (AnswersError, TypeError):
        return
    agree(data)


NUMBER = st.integers(-1, 12) | st.sampled_from([100, 101, 10**15, 10**15 + 1, Decimal("0.5"), Decimal("99.9")])
LETTER = st.sampled_from("ABCFO")
ENTRY = (
    NUMBER | LETTER | st.booleans() | st.none() | st.lists(NUMBER, max_size=YEARS + 1) | st.lists(LETTER, max_size=3)
)
SECTIONS = {
    "answers": st.dictionaries(st.sampled_from([*QUESTIONS, "q16"]), ENTRY, max_size=3),
    "figures": st.dictionaries(st.sampled_from([*RUBRIC.figure, "nothing"]), ENTRY, max_size=4),
    "scenarios": st.dictionaries(st.sampled_from([*SCENARIOS, "nothing"]), ENTRY, max_size=3),
    "rubric": st.sampled_from(["miit-2024", "miit-2022"]) | ENTRY,
    **dict.fromkeys(LABELS, st.text("厂", max_size=201) | ENTRY),
    "other": ENTRY,
}


@examples(400)
@given(st.fixed_dictionaries({}, optional=SECTIONS))
def test_broken_answers_are_refused_by_both(data: Any) -> None:
    agree(data)


@examples(200)
@given(NESTED | st.dictionaries(PART, NESTED | st.dictionaries(FIELD, NESTED, max_size=4)))
def test_garbage_is_refused_by_both(data: Any) -> None:
    assume("\\ud800" not in json.dumps(data, default=str))  # half of a character, of which a schema knows nothing
    assume(all(value.is_finite() for value in decimals(data)))
    agree(data)


def decimals(data: Any) -> list[Decimal]:
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [data] if isinstance(data, Decimal) else [found for part in parts for found in decimals(part)]


@pytest.mark.parametrize(
    ("labels", "places"),
    [
        ({"id": "7", "firm": "某厂"}, []),
        ({"id": 7}, ["id: shape (kind=text, given=7)"]),
        ({"firm": None}, ["firm: shape (kind=text, given=null)"]),
        ({"id": "x" * 201, "firm": "厂" * 101}, ["id: text_long (most=200)", "firm: text_long (most=100)"]),
        ({"id": "\ud800"}, ["id: shape (kind=text, given=\\ud800)"]),
    ],
)
def test_labels_are_texts_of_a_sensible_length(labels: Any, places: list[str]) -> None:
    try:
        assert check_answers(RUBRIC, labels).labels == labels
        told = []
    except AnswersError as refusal:
        told = [str(fault) for fault in refusal.faults]
    assert told == places
    assert labels_of(labels) == (labels if not places else {})


# results


def closed(schema: Any) -> Any:
    """The same schema, refusing what it does not name: results may grow, but the schema is to grow with them."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(part) for name, part in schema.items()}
    return {**shut, "additionalProperties": False} if "properties" in schema and "type" in schema else shut


@examples(60)
@given(choices=partial_choices, levels=partial_levels, profile=st.sampled_from(PROFILES))
def test_every_result_fits_and_holds_nothing_else(choices: Choices, levels: Levels, profile: str) -> None:
    sheet = load_sheet("miit-2024", profile)
    result = result_json(sheet, assess(sheet, check_answers(RUBRIC, answers_json(choices, levels))))
    Draft202012Validator(closed(result_schema())).validate(result)
    for name in result:
        assert not RESULT.is_valid({key: value for key, value in result.items() if key != name})
    assert not RESULT.is_valid({**result, "score": {**result["score"], "exact": 35}})


def test_an_error_in_a_batch_fits_too() -> None:
    RESULT.validate({"id": "7", "error": {"record": 1, "message": "…", "faults": []}})
    assert not RESULT.is_valid({"error": "…"})


# editions


def taken(data: Any) -> bool:
    try:
        parse_rubric(data)
    except RubricError as refusal:
        return all(fault.code is not FaultCode.SHAPE for fault in refusal.faults)
    return True


def test_the_edition_that_comes_with_the_program_fits_as_a_file_and_as_it_is_printed() -> None:
    EDITION.validate(json.loads((DATA / "miit-2024.json").read_bytes()))
    EDITION.validate(RUBRIC.model_dump(mode="json"))


@examples(40)
@given(edition=small())
def test_small_editions_fit(edition: Small) -> None:
    EDITION.validate(edition.data)


BROKEN: list[tuple[tuple[str | int, ...], Any]] = [
    (("questions", 0, "type"), "several"),
    (("questions", 0, "weights"), [100, 100]),
    (("questions", 0, "weights", 0), 101),
    (("questions", 0, "options"), []),
    (("questions", 0, "options", 0, "id"), "a"),
    (("questions", 0, "figures"), {"rule": "guess"}),
    (("questions", 0, "effort"), 0),
    (("questions",), []),
    (("scenarios", 0, "restrictive"), 3),
    (("scenarios", 0, "levels"), []),
    (("figures", 0, "kind"), "weight"),
    (("grades", 0, "score"), -1),
    (("id",), "Miit"),
    (("more",), 1),
    (("energy", 0, "coefficient"), "much"),
]


@pytest.mark.parametrize(("place", "value"), BROKEN, ids=[".".join(map(str, place)) for place, _ in BROKEN])
def test_a_broken_edition_is_refused_by_both(place: tuple[str | int, ...], value: Any) -> None:
    data = deepcopy(RUBRIC.model_dump(mode="json"))
    part: Any = data
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert (taken(data), EDITION.is_valid(data)) == (False, False)
