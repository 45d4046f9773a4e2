"""A result in words, for records of every kind."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.margin import revalued
from bot.words.results import gap, headline_of, plan, proof, result_of
from bot.words.sections import Section
from bot.words.steps import effort_of
from bot.words.wording import Wording, wording
from flows.inputs import Confirm, Numbers
from flows.session import Record
from locales import LANGUAGES
from tests.flows.driver import RUBRIC, Walker

EVERY = pytest.mark.parametrize("language", LANGUAGES)
LOWEST = Record(
    choices={question.id: ("A",) for question in RUBRIC.questions},
    levels=dict.fromkeys(RUBRIC.scenario, 0),
)
HIGHEST = Record(
    choices={
        question.id: question.letters[1:] if question.type == "multiple" else question.letters[-1:]
        for question in RUBRIC.questions
    },
    levels=dict.fromkeys(RUBRIC.scenario, 4),
)
EMPTY = Record()


def but(record: Record, levels: int | None = None, **choices: str) -> Record:
    """The record with other letters, and all scenarios at a level."""
    return Record(
        choices={**record.choices, **{item: tuple(letters) for item, letters in choices.items()}},
        levels=record.levels if levels is None else dict.fromkeys(RUBRIC.scenario, levels),
    )


PARTIAL = Record(choices={"q1": ("B", "C"), "q2": ("D",)}, levels={"marketing": 1})
RAISED = but(LOWEST, levels=1, q1="BCDE", q2="E", q3="B", q4="O", q6="BCD")
"""19.25 and one link of q4: 100/14 of its 10 points by the published rule, 9/100 of them in the ministry's form."""
LOWERED = but(LOWEST, levels=1, q1="BC", q2="E", q3="B", q4="BCDEFGHIJKLM")
"""11.5 and twelve links of q4: more than 20 by the published rule, less in the ministry's form."""


def lines(sections: Section | tuple[Section, ...]) -> str:
    every = (sections,) if isinstance(sections, Section) else sections
    return "\n".join(line for section in every for line in (section.title, *section.lines))


def whole(record: Record, words: Wording) -> str:
    result = result_of(record, words)
    head = headline_of(result_of(record, words), words, provisional=not result.complete)
    return lines((head, gap(result, words), plan(result.next, words), *proof(result, words)))


@EVERY
def test_a_complete_result(language: str) -> None:
    words = wording(language, "miit-2024")
    record = but(HIGHEST, levels=2, q2="D", q4="BCD")
    result = result_of(record, words)
    section = headline_of(result_of(record, words), words, provisional=False)
    assert result.complete
    assert words.grade(2) in section.title
    text = lines(section)
    for dimension in words.rubric.dimensions:
        assert dimension.name in text
    for most in ("50", "30", "20"):
        assert f"/ {most}" in text
    assert words.text("result.score_grade", grade=words.grade(4)) in section.lines
    assert words.text("result.scenario_grade", grade=words.grade(2)) in section.lines


@EVERY
def test_a_provisional_result_says_so_and_gives_bounds(language: str) -> None:
    words = wording(language, "miit-2024")
    section = headline_of(result_of(PARTIAL, words), words, provisional=True)
    assert section == headline_of(result_of(PARTIAL, words), words)
    assert section.title == words.text("result.provisional.headline", grade=words.grade(0))
    low, high = result_of(PARTIAL, words).bounds.score
    assert f"{float(low):.2f}" in section.lines[-1]
    assert f"{float(high):.2f}" in section.lines[-1]
    assert words.grade(4) in section.lines[-1]


@EVERY
def test_nothing_is_missing_at_the_highest_grade(language: str) -> None:
    words = wording(language, "miit-2024")
    result = result_of(HIGHEST, words)
    assert result.grade == 4
    assert gap(result, words) == plan(result.next, words)
    assert gap(result, words).title == words.text("gap.title.none")
    assert words.text("compare.title") not in whole(HIGHEST, words)


@EVERY
def test_the_gap_names_each_thing_that_is_short(language: str) -> None:
    words = wording(language, "miit-2024")
    short_of_all = gap(result_of(LOWEST, words), words)
    assert len(short_of_all.lines) == 3
    assert "20.00" in short_of_all.lines[0]
    assert all(number in short_of_all.lines[1] for number in ("6", words.level_name(1)))
    assert "3" in short_of_all.lines[2]
    only_score = gap(result_of(but(LOWEST, levels=4), words), words)
    assert len(only_score.lines) == 1
    only_scenarios = gap(result_of(but(HIGHEST, levels=0), words), words)
    assert len(only_scenarios.lines) == 2


def test_one_is_not_many_in_english() -> None:
    words = wording("en", "miit-2024")
    levels = dict.fromkeys(RUBRIC.scenario, 0) | dict.fromkeys(list(RUBRIC.scenario)[:5], 1)
    result = result_of(Record(choices=HIGHEST.choices, levels=levels), words)
    assert result.next
    assert result.next.scenarios_short == 1
    assert gap(result, words).lines[0].startswith("1 more scenario at")
    assert plan(result.next, words).lines[0] == "About 1 rule or sheet in all."


@EVERY
def test_the_plan_gives_the_text_of_every_step(language: str) -> None:
    words = wording(language, "miit-2024")
    result = result_of(LOWEST, words)
    assert result.next
    assert result.next.plan
    text = lines(plan(result.next, words))
    for step in result.next.plan.questions:
        options = {option.id: option.text for option in words.rubric.question[step.question].options}
        for letter in (*step.add, *((step.to,) if step.to else ())):
            assert options[letter] in text
        assert words.item_name(step.question) in text
    for climb in result.next.plan.scenarios:
        assert words.item_name(climb.scenario) in text
        for level in range(climb.start, climb.end):
            assert words.rubric.scenario[climb.scenario].levels[level] in text
    assert effort_of(result.next.plan, words) in text
    assert words.rubric.effort_note in text


def test_actions_alone_always_suffice_in_this_edition() -> None:
    """Everything but outcomes makes just 80 points: "no plan" is for other editions, yet it has its words."""
    every_action = but(HIGHEST, levels=4, q12="A", q13="A", q14="A", q15="A")
    assert result_of(every_action, wording("en", "miit-2024")).score == 80


@EVERY
def test_a_missing_plan_is_said(language: str) -> None:
    words = wording(language, "miit-2024")
    result = result_of(LOWEST, words)
    assert result.next
    section = plan(replace(result.next, plan=None), words)
    results = words.items(["q12", "q13", "q14", "q15"])
    assert section.lines == (words.text("plan.none.results", items=results),)


@EVERY
def test_the_ministrys_form_is_mentioned_only_where_its_grade_differs(language: str) -> None:
    words = wording(language, "miit-2024")
    grades = {name: _grades(record, words) for name, record in MANY.items()}
    assert {name for name, (published, platform) in grades.items() if published != platform} == {"raised", "lowered"}
    for name, record in MANY.items():
        published, platform = grades[name]
        note = words.text("result.profile", **revalued("platform", words), grade=words.grade(platform))
        assert (note in headline_of(result_of(record, words), words, provisional=False).lines) is (
            published != platform
        )
        assert note not in headline_of(result_of(record, words), words, provisional=True).lines
    assert grades["raised"] == (0, 1)
    assert grades["lowered"] == (1, 0)


def _grades(record: Record, words: Wording) -> tuple[int, int]:
    return result_of(record, words).grade, result_of(record, words, "platform").grade


MANY = {
    "raised": RAISED,
    "lowered": LOWERED,
    "no scenarios": but(RAISED, levels=0),
    "two links": but(RAISED, q4="BC"),
    "every link": but(RAISED, q4="BCDEFGHIJKLMNO"),
    "lowest": LOWEST,
    "highest": HIGHEST,
}


@EVERY
@pytest.mark.parametrize("record", [LOWEST, HIGHEST, EMPTY, PARTIAL, RAISED, LOWERED])
def test_the_proof_sums_to_the_score(language: str, record: Record) -> None:
    words = wording(language, "miit-2024")
    result = result_of(record, words)
    questions, scenarios, grades = proof(result, words)
    assert len(questions.lines) == len(RUBRIC.questions) + 1
    written = [_number(line) for line in questions.lines[:-1] if "×" in line]
    assert written == [result.credits[item].points for item in RUBRIC.question if item in result.credits]
    assert sum(written) == result.score
    assert _number(questions.lines[-1]) == result.score
    assert len(scenarios.lines) == len(RUBRIC.scenarios)
    assert len(grades.lines) == 4
    for item, line in zip(RUBRIC.question, questions.lines, strict=False):
        weights = " × ".join(f"{weight}%" for weight in RUBRIC.question[item].weights)
        assert (weights in line) is (item in record.choices)


def _number(line: str) -> Fraction:
    """What is written after "=": a decimal, or a fraction with an approximation."""
    return Fraction(re.split("=", line)[-1].split("≈")[0].strip())


@EVERY
def test_the_proof_shows_the_calculation_behind_figures(language: str) -> None:
    words = wording(language, "miit-2024")
    walker = Walker().begin().go("q2")
    walker.say(Numbers((200, 90)))
    walker.say(Confirm())
    questions = proof(result_of(walker.session.record, words), words)[0]
    assert "90 ÷ 200 = 45%" in questions.lines[1]


LETTERS = st.fixed_dictionaries(
    {},
    optional={
        question.id: (
            st.lists(st.sampled_from(question.letters[1:]), unique=True, min_size=1).map(
                lambda found: tuple(sorted(found))
            )
            if question.type == "multiple"
            else st.sampled_from(question.letters).map(lambda letter: (letter,))
        )
        for question in RUBRIC.questions
    },
)
LEVELS = st.fixed_dictionaries({}, optional={name: st.integers(0, 4) for name in RUBRIC.scenario})


@given(LETTERS, LEVELS, st.sampled_from(LANGUAGES))
def test_any_record_is_put_in_words(choices: dict[str, tuple[str, ...]], levels: dict[str, int], language: str) -> None:
    words = wording(language, "miit-2024")
    record = Record(choices=choices, levels=levels)
    text = whole(record, words)
    assert "{" not in text
    result = result_of(record, words)
    shown = headline_of(result_of(record, words), words, provisional=False).lines[0]
    (score, *_) = re.findall(r"\d+\.\d+", shown)
    assert [Fraction(score) >= row.score for row in RUBRIC.grades] == [
        result.score >= row.score for row in RUBRIC.grades
    ]
    assert _number(proof(result, words)[0].lines[-1]) == result.score
