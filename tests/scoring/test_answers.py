"""The contract of an answer file: what is read, what is unknown, and every refusal with its field."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.answers import Answers, check_answers
from scoring.decoding import LONGEST, RECORD, read_json
from scoring.editions import load_rubric
from scoring.errors import AnswersError, Fault
from tests.scoring.standard import QUESTIONS, SCENARIOS, answers_json
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
)

CONTRACT = """
{"rubric": "miit-2024",
 "answers": {"q1": ["B", "C"], "q4": ["A"], "q5": "C"},
 "figures": {"machines": 200, "machines_digital": 90, "machines_networked": 40,
             "digital_investment": [120, 80, 100], "revenue": [900, 1000, 1100],
             "energy_last": 382.919, "energy_prev": 400, "pass_rate_before": 97.5, "pass_rate_after": 98.1,
             "employees_last": 55, "employees_prev": 60, "revenue_last": 1100, "revenue_prev": 1000,
             "cost_last": 800, "cost_prev": 760},
 "scenarios": {"product_design": 2, "marketing": 0}}
"""


def read(text: str | bytes) -> Answers:
    return check_answers(RUBRIC, read_json(text))


def refused(text: str | bytes) -> list[Fault]:
    with pytest.raises(AnswersError) as caught:
        read(text)
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return list(caught.value.faults)


def named(text: str | bytes) -> list[str]:
    return [f"{fault.place}: {fault.code}" for fault in refused(text)]


# what is read


def test_the_contracts_example_is_read_and_figures_answer_their_questions() -> None:
    answers = read(CONTRACT)
    assert answers.rubric == "miit-2024"
    assert answers.levels == {"product_design": 2, "marketing": 0}
    given = {"q1": ("B", "C"), "q4": ("A",), "q5": ("C",)}
    found = {"q2": ("D",), "q3": ("B",), "q11": ("A",)} | dict.fromkeys(["q12", "q13", "q14", "q15"], ("C",))
    assert answers.choices == given | found
    assert answers.derivations.keys() == found.keys()
    assert answers.figures["digital_investment"] == (120, 80, 100)


@pytest.mark.parametrize("text", ["{}", '{"rubric": "miit-2024"}', '{"answers": {}, "figures": {}, "scenarios": {}}'])
def test_anything_may_be_missing_and_missing_is_unknown(text: str) -> None:
    answers = read(text)
    assert (answers.choices, answers.levels, answers.figures, answers.derivations) == ({}, {}, {}, {})


@examples(60)
@given(choices=partial_choices, levels=st.fixed_dictionaries({}, optional=dict.fromkeys(SCENARIOS, st.integers(0, 4))))
def test_every_valid_sheet_is_read_as_it_was_written(choices: Choices, levels: Levels) -> None:
    answers = read(json.dumps(answers_json(choices, levels)))
    assert (answers.choices, answers.levels) == (choices, levels)


def test_ticked_letters_are_kept_in_the_standards_order_and_bytes_are_read_too() -> None:
    assert read(b'{"answers": {"q4": ["O", "B", "K"]}}').choices == {"q4": ("B", "K", "O")}


def test_a_letter_beside_figures_that_agree_is_accepted() -> None:
    text = '{"answers": {"q2": "D"}, "figures": {"machines": 200, "machines_digital": 90}}'
    assert read(text).choices == {"q2": ("D",)}
    assert read(text).derivations["q2"].calculation == "90 / 200 = 45%"


def test_figures_that_do_not_suffice_leave_the_question_unknown_or_to_its_letter() -> None:
    assert read('{"figures": {"machines": 200}}').choices == {}
    assert read('{"answers": {"q2": "E"}, "figures": {"machines": 200}}').choices == {"q2": ("E",)}


SERIES = '"revenue": [900, 1000, 1100]'


@pytest.mark.parametrize(
    ("figures", "item", "calculation"),
    [
        (f'{SERIES}, "employees_last": 55, "employees_prev": 60', "q14", "(1100 / 55) / (1000 / 60) - 1 = 20.0%"),
        (f'{SERIES}, "cost_last": 800, "cost_prev": 760', "q15", "(800 / 1100) / (760 / 1000) - 1 = -4.3%"),
        (f'{SERIES}, "energy_last": 382.919, "energy_prev": 400', "q12",
         "(382.919 / 1100) / (400 / 1000) - 1 = -13.0%"),
        ('"revenue": [1000, 1100], "cost_last": 1, "cost_prev": 1', "q15", "(1 / 1100) / (1 / 1000) - 1 = -9.1%"),
        ('"revenue": [1100], "revenue_prev": 1000, "cost_last": 1, "cost_prev": 1', "q15",
         "(1 / 1100) / (1 / 1000) - 1 = -9.1%"),
    ],
)  # fmt: skip
def test_the_years_of_a_series_stand_for_themselves(figures: str, item: str, calculation: str) -> None:
    answers = read(f'{{"figures": {{{figures}}}}}')
    assert {name: found.calculation for name, found in answers.derivations.items()} == {item: calculation}
    assert answers.figures["revenue_last"] == 1100


def test_a_series_that_is_too_short_decides_nothing_and_adds_no_figure() -> None:
    answers = read('{"figures": {"revenue": [1100], "cost_last": 1, "cost_prev": 1}}')
    assert answers.choices == {}
    assert answers.figures.keys() == {"revenue", "cost_last", "cost_prev"}


def test_a_letter_that_contradicts_a_year_of_a_series_is_refused() -> None:
    text = f'{{"answers": {{"q14": "A"}}, "figures": {{{SERIES}, "employees_last": 55, "employees_prev": 60}}}}'
    (fault,) = refused(text)
    assert (fault.place, fault.details["given"], fault.details["derived"]) == ("answers.q14", "A", "C")


def test_a_year_that_differs_from_its_series_is_refused_naming_both() -> None:
    (fault,) = refused(f'{{"figures": {{{SERIES}, "revenue_last": 1100.0, "revenue_prev": 1001}}}}')
    assert str(fault) == "figures.revenue_prev: year_differs (given=1001, other=figures.revenue, series=1000)"


AMOUNT = st.integers(1, 10**6)
OF_YEARS = {name: AMOUNT for name in RUBRIC.figure if name.endswith(("_last", "_prev")) and name not in RUBRIC.years}


@examples(100)
@given(
    series=st.lists(AMOUNT, min_size=2, max_size=3),
    figures=st.fixed_dictionaries({}, optional=OF_YEARS),
)
def test_a_series_decides_what_its_years_would_decide(series: list[int], figures: dict[str, int]) -> None:
    by_series = check_answers(RUBRIC, {"figures": {"revenue": series, **figures}})
    by_year = {"revenue_last": series[-1], "revenue_prev": series[-2], **figures}
    assert by_series.derivations == check_answers(RUBRIC, {"figures": by_year}).derivations
    decided = {item for item, rule in RUBRIC.rules_of_figures.items() if set(rule.asks) <= by_year.keys()}
    assert by_series.choices.keys() == decided


@pytest.mark.parametrize("number", ["0.1", "0.300000000001", "1e-12", "382.919", "1E+3", "0.000", "1000000000000000"])
def test_numbers_are_exact_and_never_floats(number: str) -> None:
    assert read(figure("energy_last", number)).figures["energy_last"] == Decimal(number)


def test_tenths_add_up_exactly() -> None:
    text = '{"figures": {"digital_investment": [0.1, 0.1, 0.1], "revenue": [1.0, 1.0, 1.0]}}'
    assert read(text).derivations["q11"].option == "A"  # exactly 10%; in floats the sum is above 0.3
    assert read(text).derivations["q11"].calculation == "(0.1 + 0.1 + 0.1) / (1.0 + 1.0 + 1.0) = 10%"


def test_answers_are_checked_alike_in_every_language() -> None:
    english = load_rubric("miit-2024", "en")
    assert check_answers(english, read_json(CONTRACT)) == read(CONTRACT)


# what is refused


def question(item: str, given: str) -> str:
    return f'{{"answers": {{"{item}": {given}}}}}'


def figure(name: str, given: str) -> str:
    return f'{{"figures": {{"{name}": {given}}}}}'


def scenario(given: str) -> str:
    return f'{{"scenarios": {{"quality": {given}}}}}'


REFUSALS = [
    # the file
    ("", ": not_json"),
    ("{", ": not_json"),
    ("[" * 100_000, ": too_deep"),
    ("[" * 1_000_000, ": too_deep"),
    (" " * (RECORD + 1), ": record_too_long"),
    (b'{"\xff": 1}', ": not_text"),
    (b'{"\xed\xa0\x80": 1}', ": not_text"),
    ('{"answers": {}} trailing', ": not_json"),
    ("[]", ": not_an_object"),
    ("null", ": not_an_object"),
    ('"q1"', ": not_an_object"),
    ('{"rubric": "miit-2022"}', "rubric: wrong_rubric"),
    ('{"rubric": null}', "rubric: wrong_rubric"),
    ('{"answer": {}}', "answer: unknown_field"),
    ('{"answers": []}', "answers: not_an_object"),
    ('{"answers": null}', "answers: not_an_object"),
    ('{"figures": 3}', "figures: not_an_object"),
    ('{"scenarios": "quality"}', "scenarios: not_an_object"),
    # questions
    (question("q16", '"A"'), "answers.q16: unknown_field"),
    (question("quality", "1"), "answers.quality: unknown_field"),
    (question("q5", '"F"'), "answers.q5: unknown_option"),
    (question("q8", '"G"'), "answers.q8: unknown_option"),
    (question("q12", '"D"'), "answers.q12: unknown_option"),
    (question("q5", '"c"'), "answers.q5: unknown_option"),
    (question("q5", '""'), "answers.q5: unknown_option"),
    (question("q5", "null"), "answers.q5: unknown_option"),
    (question("q5", '["C"]'), "answers.q5: unknown_option"),
    (question("q1", '["F"]'), "answers.q1.0: unknown_option"),
    (question("q4", '["B", "P"]'), "answers.q4.1: unknown_option"),
    (question("q4", '["B", 2]'), "answers.q4.1: unknown_option"),
    (question("q1", '"B"'), "answers.q1: not_a_list"),
    (question("q1", "null"), "answers.q1: not_a_list"),
    (question("q1", "[]"), "answers.q1: nothing_chosen"),
    (question("q1", '["B", "C", "B"]'), "answers.q1: chosen_twice"),
    (question("q1", '["A", "B"]'), "answers.q1: none_with_others"),
    (question("q4", '["O", "A"]'), "answers.q4: none_with_others"),
    (question("q1", '["\\ud800"]'), "answers.q1.0: unknown_option"),
    (question("\\ud800", "1"), "answers: unknown_field"),
    # scenarios
    (scenario("5"), "scenarios.quality: unknown_level"),
    (scenario("-1"), "scenarios.quality: unknown_level"),
    (scenario("2.0"), "scenarios.quality: unknown_level"),
    (scenario("2e0"), "scenarios.quality: unknown_level"),
    (scenario("1.5"), "scenarios.quality: unknown_level"),
    (scenario("true"), "scenarios.quality: unknown_level"),
    (scenario("false"), "scenarios.quality: unknown_level"),
    (scenario('"2"'), "scenarios.quality: unknown_level"),
    (scenario("null"), "scenarios.quality: unknown_level"),
    (scenario("1e400"), "scenarios.quality: unknown_level"),
    ('{"scenarios": {"cooking": 1}}', "scenarios.cooking: unknown_field"),
    # numbers
    (figure("machines", "NaN"), "figures.machines: not_a_number"),
    (figure("energy_last", "Infinity"), "figures.energy_last: not_a_number"),
    (figure("energy_last", "-Infinity"), "figures.energy_last: not_a_number"),
    (figure("energy_last", "1e99999999999999999999"), "figures.energy_last: too_large"),
    (figure("machines", "9" * 5000), "figures.machines: too_large"),
    (figure("machine", "3"), "figures.machine: unknown_field"),
    (figure("machines", "true"), "figures.machines: not_a_number"),
    (figure("machines", '"200"'), "figures.machines: not_a_number"),
    (figure("machines_digital", '"45%"'), "figures.machines_digital: percent_sign"),
    (figure("pass_rate_after", '"97.5％ "'), "figures.pass_rate_after: percent_sign"),
    (figure("revenue", '["12%"]'), "figures.revenue.0: percent_sign"),
    (figure("revenue", '"12%"'), "figures.revenue: percent_sign"),
    (question("q2", '"45%"'), "answers.q2: unknown_option"),
    (figure("machines", "null"), "figures.machines: not_a_number"),
    (figure("machines", "[200]"), "figures.machines: not_a_number"),
    (figure("machines", "2.5"), "figures.machines: not_whole"),
    (figure("machines", "-1"), "figures.machines: negative"),
    (figure("machines", "0"), "figures.machines: not_positive"),
    (figure("machines", "1000000000000001"), "figures.machines: too_large"),
    (figure("energy_last", "true"), "figures.energy_last: not_a_number"),
    (figure("energy_last", '"5"'), "figures.energy_last: not_a_number"),
    (figure("energy_last", "-0.001"), "figures.energy_last: negative"),
    (figure("energy_last", "1000000000000000.1"), "figures.energy_last: too_large"),
    (figure("energy_last", "1e400"), "figures.energy_last: too_large"),
    (figure("energy_last", "1e999999999"), "figures.energy_last: too_large"),
    (figure("energy_last", "1e-13"), "figures.energy_last: too_precise"),
    (figure("energy_last", "1e-999999999"), "figures.energy_last: too_precise"),
    (figure("energy_last", "1e-99999999999999999999"), "figures.energy_last: too_precise"),
    (figure("energy_last", "0e-99999999"), "figures.energy_last: too_precise"),
    (figure("energy_last", "0e-9999999999"), "figures.energy_last: too_precise"),
    (figure("energy_last", "0e99999999"), "figures.energy_last: too_large"),
    (figure("energy_last", "1." + "0" * 1_000_000), "figures.energy_last: too_precise"),
    (figure("energy_last", "1" + "0" * 1_000_000), "figures.energy_last: too_large"),
    (figure("machines", "1" + "0" * 1_000_000), "figures.machines: too_large"),
    (figure("machines", "1.0e99999999"), "figures.machines: too_large"),
    (figure("revenue", "[900, 1e999999999]"), "figures.revenue.1: too_large"),
    (figure("revenue", "[900, NaN]"), "figures.revenue.1: not_a_number"),
    (scenario("NaN"), "scenarios.quality: unknown_level"),
    (question("q5", "NaN"), "answers.q5: unknown_option"),
    (question("q5", "9" * 5000), "answers.q5: unknown_option"),
    # a key twice
    ('{"answers": {"q2": "A", "q5": "B", "q2": "E"}}', "answers.q2: doubled"),
    ('{"answers": {"q2": "A", "q2": "A"}}', "answers.q2: doubled"),
    ('{"answers": {}, "answers": {"q2": "A"}}', "answers: doubled"),
    ('{"figures": {"revenue": [{"a": 1, "a": 2}]}}', "figures.revenue.0.a: doubled"),
    ('{"answers": {"": "A", "": "A"}}', "answers.: doubled"),
    ('{"\\ud800": 1, "\\ud800": 1}', "\\ud800: doubled"),
    (figure("pass_rate_after", "100.01"), "figures.pass_rate_after: over_hundred"),
    (figure("revenue", "900"), "figures.revenue: not_a_list"),
    (figure("revenue", "[]"), "figures.revenue: years_count"),
    (figure("revenue", "[1, 2, 3, 4]"), "figures.revenue: years_count"),
    (figure("revenue", "[900, false]"), "figures.revenue.1: not_a_number"),
    (figure("revenue", "[900, -1]"), "figures.revenue.1: negative"),
    ('{"figures": {"digital_investment": [1, 2], "revenue": [9]}}', "figures.digital_investment: years_differ"),
    ('{"figures": {"digital_investment": [9], "revenue": [5]}}', "figures.digital_investment: part_exceeds_whole"),
    ('{"figures": {"digital_investment": [0], "revenue": [0]}}', "figures.revenue: not_positive"),
    ('{"figures": {"machines": 5, "machines_digital": 6}}', "figures.machines_digital: part_exceeds_whole"),
    ('{"figures": {"machines": 0, "machines_networked": 0}}', "figures.machines: not_positive"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), REFUSALS, ids=[str(text[:60]) for text, _ in REFUSALS])
def test_a_fault_is_refused_naming_the_field(text: str | bytes, fault: str) -> None:
    assert named(text) == [fault]


@pytest.mark.parametrize(
    ("text", "line", "column", "kind"),
    [
        ("", 1, 1, "value"),
        ('{"answers": {}} more', 1, 17, "extra"),
        ('{"answers": {"q5": "A",}}', 1, 24, "key"),
        ('{"answers"\n {}}', 2, 2, "colon"),
        ('{"answers": {"q5": "A"\n\n   "q6": "B"}}', 3, 4, "comma"),
        ('{"answers": {"q5": "A}}', 1, 20, "unterminated"),
        ('{"answers": {"q5": "A\n"}}', 1, 22, "control"),
        ('{"answers": {"q5": "\\A"}}', 1, 21, "escape"),
        ("\ufeff{}", 1, 1, "value"),
    ],
)
def test_what_is_no_json_is_told_by_place_and_kind(text: str, line: int, column: int, kind: str) -> None:
    (fault,) = refused(text)
    assert dict(fault.details) == {"line": str(line), "column": str(column), "kind": kind}


def test_what_is_spoilt_is_named_in_short_and_no_number_of_it_is_ever_made() -> None:
    (fault,) = refused(figure("machines", "9" * 1_000_000))
    assert fault.details["given"] == "9" * 39 + "…"


def test_numbers_of_a_sensible_length_are_taken_as_they_are() -> None:
    for text in ("0.0", "-0.0", "1e3", "1E+3", "0." + "0" * 29 + "1", "1" + "0" * 30, "1" * 31 + ".5"):
        value = read_json(text)
        assert (value, len(str(value)) <= LONGEST) == (Decimal(text), True)


def test_many_faults_are_cut_short() -> None:
    text = json.dumps({"answers": {"q4": ["?"] * 100_000}})
    assert len(refused(text)) == 50


def test_a_letter_that_contradicts_the_figures_names_both_and_the_calculation() -> None:
    (fault,) = refused('{"answers": {"q2": "E"}, "figures": {"machines": 200, "machines_digital": 90}}')
    assert str(fault) == "answers.q2: figures_contradict (given=E, derived=D, calculation=90 / 200 = 45%)"


def test_years_that_differ_name_both_lists() -> None:
    (fault,) = refused('{"figures": {"digital_investment": [1, 2, 3], "revenue": [9, 9]}}')
    assert (fault.place, dict(fault.details)) == ("figures.digital_investment", {"other": "figures.revenue"})


def test_an_unknown_letter_is_shown_with_those_there_are() -> None:
    (fault,) = refused(question("q5", '"F"'))
    assert fault.details["given"] == "F"
    assert all(letter in fault.details["expected"] for letter in "ABCDE")


def test_what_was_given_is_shown_in_short() -> None:
    (fault,) = refused(question("q5", f'"{"x" * 1000}"'))
    assert len(fault.details["given"]) == 40


def test_all_wrong_shapes_are_named_at_once() -> None:
    text = """{"rubric": "x", "answer": 1, "answers": {"q1": ["Z"], "q5": 7, "q99": "A"},
               "figures": {"machines": -1, "revenue": [1, true]}, "scenarios": {"quality": 9, "cooking": 1}}"""
    places = "rubric answer answers.q1.0 answers.q5 answers.q99 figures.machines figures.revenue.1"
    assert sorted(fault.place for fault in refused(text)) == sorted(
        [*places.split(), "scenarios.quality", "scenarios.cooking"]
    )


def test_all_wrong_choices_and_all_impossible_figures_are_named_at_once() -> None:
    text = """{"answers": {"q1": ["A", "B"], "q4": [], "q2": "A", "q14": "A"},
               "figures": {"machines": 200, "machines_digital": 90, "machines_networked": 201,
                           "employees_last": 1, "employees_prev": 1, "revenue_last": 2, "revenue_prev": 1,
                           "cost_last": 1, "cost_prev": 0}}"""
    assert named(text) == [
        "answers.q1: none_with_others", "answers.q4: nothing_chosen", "answers.q2: figures_contradict",
        "figures.machines_networked: part_exceeds_whole", "answers.q14: figures_contradict",
        "figures.cost_prev: not_positive",
    ]  # fmt: skip


def test_a_fault_shared_by_two_questions_is_named_once() -> None:
    machines = '{"figures": {"machines": 0, "machines_digital": 1, "machines_networked": 1}}'
    assert named(machines) == ["figures.machines: not_positive"]
    revenue = """{"figures": {"energy_last": 1, "energy_prev": 1, "cost_last": 1, "cost_prev": 1,
                              "revenue_last": 0, "revenue_prev": 1}}"""
    assert named(revenue) == ["figures.revenue_last: not_positive"]


VALUE = (
    st.none() | st.booleans() | st.integers(-3, 10**30) | st.decimals() | st.sampled_from(["A", "B", "", "2", "\ud800"])
)
NESTED = VALUE | st.lists(VALUE, max_size=3) | st.dictionaries(st.sampled_from(["A", "q1"]), VALUE, max_size=2)
FIELD = st.sampled_from([*QUESTIONS, *SCENARIOS, *RUBRIC.figure, "nonsense", "\ud800"])
PART = st.sampled_from(["answers", "figures", "scenarios", "nonsense"])


@examples(200)
@given(data=NESTED | st.dictionaries(PART, NESTED | st.dictionaries(FIELD, NESTED, max_size=4)))
def test_garbage_is_refused_and_never_an_accident(data: Any) -> None:
    try:
        check_answers(RUBRIC, data)
    except AnswersError as refusal:
        str(refusal).encode()  # it can be printed


@examples(60)
@given(choices=complete_choices, levels=complete_levels, item=st.sampled_from([*QUESTIONS, *SCENARIOS]))
def test_one_wrong_answer_refuses_the_whole_sheet_and_names_only_itself(
    choices: Choices, levels: Levels, item: str
) -> None:
    data: Any = answers_json(choices, levels)
    part = "answers" if item in QUESTIONS else "scenarios"
    data[part][item] = "?"
    (fault,) = refused(json.dumps(data))
    assert fault.place == f"{part}.{item}"
