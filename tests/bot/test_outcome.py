"""What a result says first: which grade, whether it is the one wanted, how far to the next, and three things to do."""

from datetime import UTC, datetime

import pytest

from bot.screens.details import sections_of
from bot.screens.wishes import Detail
from bot.words.outcome import CHANGED, Outcome, outcome_of
from bot.words.results import bounds, result_of
from bot.words.sections import Section
from bot.words.steps import CLASSES, tasks_of
from bot.words.wording import wording
from flows.aiming import planned_gap
from flows.session import Baseline, Firm, FirmKind, Goal, Record, Session, new_session
from locales import LANGUAGES
from scoring.editions import load_rubric
from tests.bot.test_results import HIGHEST, LOWEST, PARTIAL, but

RUBRIC, NOW = load_rubric("miit-2024"), datetime(2026, 3, 1, tzinfo=UTC)
SECOND = but(HIGHEST, levels=2, q1="BC", q2="C", q3="B", q4="BCD", q6="B", q7="A", q9="A", q10="B", q11="A")
FIRST = but(SECOND, levels=1)
GRADES = {0: LOWEST, 1: FIRST, 2: SECOND, 4: HIGHEST}
EVERY = pytest.mark.parametrize("language", LANGUAGES)
WORDS = wording("zh-Hans", "miit-2024")


def at(record: Record, language: str = "zh-Hans", **more: object) -> Session:
    return new_session("s", RUBRIC, language, NOW).but(record=record, **more)


def told(session: Session, *, provisional: bool = False) -> Outcome:
    return outcome_of(session, wording(session.language, "miit-2024"), provisional=provisional)


def lines(*sections: Section | None) -> list[str]:
    return [line for section in sections if section for line in (section.title, *section.lines)]


@pytest.mark.parametrize(
    ("grade", "goal", "said"),
    [
        (0, None, "还没到二级线"),
        (1, None, "还没到二级线"),
        (2, None, "二级线已经过了"),
        (4, None, "二级线已经过了"),
        (2, 3, "还没到您定的三级"),
        (2, 2, "到了您定的二级"),
    ],
)
def test_the_first_line_says_the_grade_and_whether_it_is_the_one_wanted(
    grade: int, goal: int | None, said: str
) -> None:
    title = told(at(GRADES[grade], goal=Goal(grade=goal), firm=Firm(kind=FirmKind.MICRO))).summary.title
    assert title.startswith("评测结果：" + WORDS.grade(grade))
    assert title.endswith(said)


def test_while_the_grade_wanted_can_still_be_had_nobody_is_told_that_it_is_missed() -> None:
    assert told(at(PARTIAL), provisional=True).summary.title == "阶段性结果（不是正式结果）：按已答的算，无等级"


def test_the_second_line_says_how_far_it_is() -> None:
    assert (
        told(at(LOWEST)).summary.lines[0] == "得分 0.00，到一级还差：20.00 分，一级场景 6 个（其中约束性至少 3 个）。"
    )
    assert told(at(HIGHEST)).summary.lines[0] == "得分 100.00，已经是最高等级，守住就好。"


@EVERY
@pytest.mark.parametrize("grade", [0, 1, 2])
def test_three_things_come_first_the_cheapest_and_with_what_they_take(language: str, grade: int) -> None:
    session, words = at(GRADES[grade], language), wording(language, "miit-2024")
    gap = planned_gap(session)
    assert gap
    assert gap.plan
    tasks = tasks_of(gap.plan, RUBRIC)
    assert [task.effort for task in tasks] == sorted(task.effort for task in tasks)
    first = told(session).missing
    assert first.title == words.text("step.first")
    for line, task in zip(first.lines[:3], tasks, strict=False):
        assert words.plain(task.item, task.key) in line
        assert words.text(f"effort.class.{task.effort}") in line
    assert len(first.lines) == 4


def test_the_whole_plan_names_every_step_once_by_class_and_the_official_words_are_another_look() -> None:
    session = at(SECOND)
    gap = planned_gap(session)
    assert gap
    assert gap.plan
    tasks = tasks_of(gap.plan, RUBRIC)
    shown = lines(*sections_of(session, Detail.PLAN, WORDS))
    for task in tasks:
        assert sum(WORDS.plain(task.item, task.key) in line for line in shown) == 1
    assert [line for line in shown if line in map(_title, CLASSES)] == [_title(1), _title(2), _title(4)]
    official = "\n".join(lines(*sections_of(session, Detail.REQUIREMENTS, WORDS)))
    assert all(text in official for step in gap.plan.scenarios for text in step.requirements)


def _title(each: int) -> str:
    return WORDS.text(f"effort.class.{each}")


def test_a_cheap_rung_above_a_dear_one_is_told_after_it() -> None:
    low = at(but(LOWEST, levels=4, q8="D"), goal=Goal(grade=4))
    found = planned_gap(low)
    assert found
    assert found.plan
    rungs = [(task.key, task.effort) for task in tasks_of(found.plan, RUBRIC) if task.item == "q8"]
    assert rungs == [("E", 8), ("F", 8)]


def test_what_is_not_answered_is_marked() -> None:
    outcome = told(at(PARTIAL), provisional=True)
    assert all("【没答】" in line for line in outcome.missing.lines[:3])
    assert "先算不达标" in WORDS.text.count("provisional.title", 5)


@EVERY
def test_bounds_that_are_equal_are_no_range(language: str) -> None:
    words = wording(language, "miit-2024")
    open_levels = Record(choices=SECOND.choices, levels={})
    assert bounds(result_of(open_levels, words), words).count("50.89") == 1
    settled = Record(choices=LOWEST.choices, levels={})
    assert bounds(result_of(settled, words), words) == words.text(
        "result.bounds.fixed", score="0.00", grade=words.grade(0)
    )


def test_after_a_recheck_before_and_after_come_first() -> None:
    outcome = told(at(SECOND, baseline=Baseline(id="a", record=FIRST, finished_at=NOW)))
    assert outcome.summary.lines[0] == "等级：一级（初始级） → 二级（规范级）"
    assert outcome.summary.lines[1].startswith("得分：")
    assert outcome.changes
    assert len(outcome.changes.lines) == CHANGED + 1
    assert "11" in outcome.changes.lines[-1]
