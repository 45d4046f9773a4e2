"""How near the lines are, and which answers a grade hangs on: against scoring every lowered sheet anew."""

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import given

from scoring.answers import check_answers
from scoring.margin import Distance, Fragile, Margin, Standing, find_margin, in_other_profiles
from scoring.sheet import Sheet, load_sheet
from tests.scoring.standard import (
    EMPTY_SHEET,
    FULL_SHEET,
    GRADES,
    GUIDING,
    QUESTIONS,
    RESTRICTIVE,
    SCENARIOS,
    grade_of,
    score_of,
    sheets_by_score,
    value_of,
)
from tests.scoring.strategies import (
    RUBRIC,
    Choices,
    Levels,
    Small,
    complete_choices,
    complete_levels,
    examples,
    partial_choices,
    partial_levels,
    profiles,
    small,
)

SHEET = load_sheet("miit-2024")
TOP: Levels = dict.fromkeys(SCENARIOS, 4)


def one_step_lower(choices: Choices, levels: Levels, profile: str) -> Iterator[tuple[str, Choices, Levels]]:
    """Every sheet with one answer taken one step lower, by the standard typed by hand."""
    for item, letters in choices.items():
        if QUESTIONS[item].type == "single":
            place = QUESTIONS[item].letters.index(letters[0])
            yield item, choices | {item: (QUESTIONS[item].letters[max(0, place - 1)],)}, levels
        else:
            rests = [tuple(x for x in letters if x != out) or ("A",) for out in letters]
            yield item, choices | {item: min(rests, key=lambda rest: value_of(item, rest, profile))}, levels
    for item, level in levels.items():
        yield item, choices, levels | {item: max(0, level - 1)}


@examples(150)
@given(
    choices=partial_choices | complete_choices,
    levels=partial_levels | complete_levels,
    profile=profiles,
)
def test_exactly_those_answers_are_fragile_that_cost_the_grade_one_step_lower(
    choices: Choices, levels: Levels, profile: str
) -> None:
    grade = grade_of(score_of(choices, profile), levels)
    lower = {
        item: grade_of(score_of(fewer, profile), worse)
        for item, fewer, worse in one_step_lower(choices, levels, profile)
    }
    margin = find_margin(load_sheet("miit-2024", profile), choices, levels)
    fragile = {entry.item: entry.grade for entry in margin.fragile}
    assert fragile == {item: then for item, then in lower.items() if then < grade}
    assert list(fragile) == [item for item in RUBRIC.items if item in fragile]
    assert margin.grade == grade
    assert margin.solid == (grade > 0 and not fragile)


@examples(150)
@given(choices=partial_choices | complete_choices, levels=partial_levels | complete_levels)
def test_distances_are_those_from_the_rows_of_the_grade_and_the_next(choices: Choices, levels: Levels) -> None:
    margin, score = find_margin(SHEET, choices, levels), score_of(choices)
    for distance, grade, sign in ((margin.above, margin.grade, 1), (margin.below, margin.grade + 1, -1)):
        if not 1 <= grade <= 4:
            assert distance is None
            continue
        row = GRADES[grade - 1]
        reached = {name for name, level in levels.items() if level >= grade}
        assert distance == Distance(
            max(Fraction(0), sign * (score - row.score)),
            max(0, sign * (len(reached) - row.scenarios)),
            max(0, sign * (len(reached & set(RESTRICTIVE)) - row.restrictive)),
        )


def levels_of(level: int, restrictive: int, guiding: int) -> Levels:
    return dict.fromkeys(SCENARIOS, 0) | dict.fromkeys((*RESTRICTIVE[:restrictive], *GUIDING[:guiding]), level)


def test_on_the_line_every_answer_that_earns_points_is_fragile() -> None:
    choices = sheets_by_score()[Fraction(40)]
    earning = {q for q, letters in choices.items() if letters != ("A",)}
    assert {entry.item for entry in find_margin(SHEET, choices, TOP).fragile} == earning


def test_of_scarce_scenarios_each_is_fragile_and_the_grade_below_remains() -> None:
    margin = find_margin(SHEET, FULL_SHEET, levels_of(4, 6, 4))
    assert margin.fragile[0] == Fragile("product_design", 4, 3, 3)
    assert {entry.item for entry in margin.fragile} == {*RESTRICTIVE[:6], *GUIDING[:4]}


def test_only_restrictive_ones_are_fragile_where_only_they_are_scarce() -> None:
    margin = find_margin(SHEET, FULL_SHEET, levels_of(2, 3, 6))
    assert margin.above == Distance(Fraction(60), 3, 0)
    assert [entry.item for entry in margin.fragile] == RESTRICTIVE[:3]


def test_an_answer_is_fragile_if_its_step_is_worth_more_than_what_is_above_the_line() -> None:
    """9/8 above the line of 20: a tick of q4 is worth 5/7, of q6 5/4, of q9 15/8, of q1 2. With none left it is 无."""
    choices = {"q1": FULL_SHEET["q1"], "q4": FULL_SHEET["q4"], "q6": ("B",), "q9": ("C",)}
    margin = find_margin(SHEET, choices, TOP)
    assert margin.above == Distance(Fraction(9, 8), 10, 7)
    assert margin.fragile == (
        Fragile("q1", ("B", "C", "D", "E"), ("C", "D", "E"), 0),
        Fragile("q6", ("B",), ("A",), 0),
        Fragile("q9", ("C",), ("A",), 0),
    )


def test_the_dearest_option_is_the_one_turned_down() -> None:
    """4/5 above the line on the ministry's form, where 人力资源 (O) is worth 9/10 and every other area 7/10."""
    choices = {"q1": FULL_SHEET["q1"], "q4": tuple("BCDEFGHO"), "q12": ("C",)}
    margin = find_margin(load_sheet("miit-2024", "platform"), choices, TOP)
    assert margin.above == Distance(Fraction(4, 5), 10, 7)
    assert Fragile("q4", tuple("BCDEFGHO"), tuple("BCDEFGH"), 0) in margin.fragile


def test_letters_that_figures_gave_are_answers_too() -> None:
    file = {
        "answers": {"q1": list(FULL_SHEET["q1"]), "q12": "C", "q14": "B"},
        "figures": {"machines": 200, "machines_digital": 90},  # 45%: D
        "scenarios": TOP,
    }
    answers = check_answers(RUBRIC, file)
    assert Fragile("q2", ("D",), ("C",), 0) in find_margin(SHEET, answers.choices, answers.levels).fragile


def test_without_a_grade_there_is_nothing_to_lose_and_at_the_highest_nothing_to_reach() -> None:
    nothing, everything = find_margin(SHEET, EMPTY_SHEET, {}), find_margin(SHEET, FULL_SHEET, TOP)
    assert nothing == Margin(0, None, Distance(Fraction(20), 6, 3), ())
    assert everything == Margin(4, Distance(Fraction(20), 6, 4), None, ())
    assert (nothing.solid, everything.solid) == (False, True)


@examples(100)
@given(choices=complete_choices, levels=complete_levels)
def test_the_other_profile_is_scored_by_its_own_values(choices: Choices, levels: Levels) -> None:
    for profile, other in (("published", "platform"), ("platform", "published")):
        score = score_of(choices, other)
        (standing,) = in_other_profiles(load_sheet("miit-2024", profile), choices, levels)
        assert (standing.profile, standing.score) == (other, score)
        assert standing.score_grade == grade_of(score, TOP)
        assert standing.grade == grade_of(score, levels)


def test_the_profiles_can_differ_by_a_grade() -> None:
    """17 points, and four areas with 人力资源: 20/7 under the published rule, 3 on the ministry's form."""
    choices = {"q1": FULL_SHEET["q1"], "q2": ("E",), "q4": tuple("BCDO"), "q14": ("C",)}
    assert find_margin(SHEET, choices, TOP).grade == 0
    assert in_other_profiles(SHEET, choices, TOP) == (Standing("platform", Fraction(20), 1, 1),)


@examples(50)
@given(case=small())
def test_small_rubrics_have_margins_too(case: Small) -> None:
    """Options may be worth nothing there, and a row may ask for nothing."""
    sheet = Sheet(case.rubric, case.profile)
    tally = sheet.tally(case.choices, case.levels)
    margin = find_margin(sheet, case.choices, case.levels)
    for entry in margin.fragile:
        changed: Choices = {entry.item: entry.then} if isinstance(entry.then, tuple) else {}
        fallen: Levels = {entry.item: entry.then} if isinstance(entry.then, int) else {}
        assert sheet.tally({**case.choices, **changed}, {**case.levels, **fallen}).grade == entry.grade < tally.grade
