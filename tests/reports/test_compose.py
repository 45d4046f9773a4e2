"""What a report says, before anything is laid out."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given

from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.paper import Earlier, paper_of, record_of
from bot.reports.render import Kind, render
from bot.reports.sources import finished_session, paper_of_session
from bot.words.wording import wording
from flows.events import Finished
from flows.identity import LONGEST_NAME
from flows.inputs import ChooseFuel, Commit, Confirm, Done, Numbers, OpenEnergy, Overview, Submit
from flows.session import Assessment, Firm, FirmKind
from locales import LANGUAGES
from scoring.answers import Answers, check_answers
from scoring.result import assess
from scoring.sheet import load_sheet
from tests.flows.driver import START, Walker
from tests.reports.firms import BY_FIGURES, EARLIER, EMPTY, ON, of_grade, report, reports
from tests.scoring.strategies import RUBRIC, examples

WORDS = wording("zh-Hans", "miit-2024")
CAPTION = 1024
"""The longest caption that Telegram takes."""


@pytest.mark.parametrize("grade", range(5))
def test_a_final_report_gives_grade_score_and_both_conditions(grade: int) -> None:
    made = report(of_grade(grade))
    result = assess(load_sheet("miit-2024"), of_grade(grade))
    assert (made.grade, made.grade_name, made.status, made.bounds_note) == (grade, WORDS.grade(grade), "", "")
    assert made.total.points == float(result.score)
    assert [field.value for field in made.conditions] == [
        WORDS.grade(result.score_grade),
        WORDS.grade(result.scenario_grade),
    ]
    assert [row.score_met and row.scenarios_met for row in made.grades] == [row.grade <= grade for row in made.grades]
    assert (made.plan.lines == ()) is (grade == 4)
    assert made.facts[0].value == "某某五金制品有限公司"


def test_what_is_missing_makes_a_report_provisional() -> None:
    made = report(EMPTY)
    assert "31" in made.status
    assert made.title != report(of_grade(1)).title
    assert made.bounds == (0.0, 100.0)
    assert made.bounds_note
    assert not any(question.answered or question.points for question in made.questions)
    assert {scenario.level for scenario in made.scenarios} == {None}
    assert not any(indicator.answered for indicator in made.indicators)


def test_measures_do_not_say_how_things_stand_where_nobody_has_filled_it_in() -> None:
    told = check_answers(RUBRIC, {"answers": {"q6": ["A"]}, "scenarios": {"marketing": 0}})
    lines = report(told).plan.lines
    assert "6. 网络安全：增加以下选项" in lines
    assert "7. 数据安全：未填写，须具备以下选项" in lines
    assert any(line.startswith("8. 规划实施：未填写，须达到选项 ") for line in lines)
    assert "18. 营销管理*：由未达一级提升至一级" in lines
    assert "21. 生产管控*：未填写，须达到一级" in lines
    assert not any("未填写" in line for line in report(of_grade(1)).plan.lines)


def test_the_six_figures_of_city_platforms() -> None:
    made = report(of_grade(3))
    result = assess(load_sheet("miit-2024"), of_grade(3))
    restrictive = sum(RUBRIC.scenario[name].restrictive for name, level in result.levels.items() if level >= 3)
    guiding = sum(not RUBRIC.scenario[name].restrictive for name, level in result.levels.items() if level >= 3)
    values = [field.value for field in made.record]
    assert values[0] == WORDS.grade(3)
    assert [float(value) for value in values[1:4]] == [
        pytest.approx(float(points), abs=0.005) for points in result.dimensions.values()
    ]
    assert values[4:] == [str(restrictive), str(guiding)]
    assert all("三级" in field.name for field in made.record[4:])


def test_without_a_grade_scenarios_are_counted_at_the_lowest_level() -> None:
    assert all("一级" in field.name for field in report(of_grade(0)).record[4:])


def test_every_figure_stands_once_where_the_form_asks_for_it() -> None:
    made = report(BY_FIGURES)
    at = {figure.name: question.number for question in made.questions for figure in question.figures}
    assert sorted(at) == sorted(figure.name for figure in RUBRIC.figures)
    assert (at["生产设备数量"], at["实现联网的生产设备数量"], at["上年营业收入"], at["上年成本"]) == (2, 3, 14, 15)
    second = made.questions[1]
    assert second.calculation == "90 ÷ 200 = 45%"
    assert [figure.numbers for figure in second.figures] == [(200.0,), (90.0,)]
    series = next(figure for figure in made.questions[10].figures if figure.name == "近三年营业收入")
    assert (series.numbers, series.shown) == ((80.0, 1000.0, 1100.0), "80、1000、1100万元")


def test_the_present_beside_the_previous() -> None:
    made = report(of_grade(3), before=of_grade(2))
    assert made.before
    assert WORDS.grade(2) in made.before.headline
    assert "2026年3月1日" in made.before.headline
    assert made.total.before == float(assess(load_sheet("miit-2024"), of_grade(2)).score)
    assert all(row.shown_before for row in made.dimensions)
    network = made.before.changes[0]
    assert (network.name, network.before, network.after) == ("1. 网络建设", "B、C", "B、C、D")
    assert report(of_grade(3), before=of_grade(3)).before != made.before
    assert report(of_grade(3)).before is None


def test_a_previous_file_has_no_date() -> None:
    earlier = Earlier(rubric="miit-2024", record=record_of(of_grade(1)))
    made = compose(paper_of(of_grade(2), ON, "zh-Hans", firm=Firm(name="厂"), before=earlier))
    assert made.before
    assert made.before.headline.startswith("上次：")


def test_the_ministrys_form_is_named_where_it_is_used_or_would_differ() -> None:
    published, platform = report(of_grade(3)), report(of_grade(3), profile="platform")
    assert published.facts[-1] != platform.facts[-1]
    assert published.rulings[:-1] == platform.rulings[:-1]
    assert published.rulings[-1] != platform.rulings[-1]
    values = {option.letter: option.value for option in platform.questions[3].options}
    assert (values["B"], values["O"]) == (7.0, 9.0)
    near = check_answers(  # 19.25 and one link of question 4
        RUBRIC,
        {
            "answers": {
                **{q.id: "A" if q.type == "single" else ["A"] for q in RUBRIC.questions},
                "q1": ["B", "C", "D", "E"],
                "q2": "E",
                "q3": "B",
                "q4": ["O"],
                "q6": ["B", "C", "D"],
            },
            "scenarios": dict.fromkeys(RUBRIC.scenario, 1),
        },
    )
    assert WORDS.grade(1) in report(near).profile_note
    assert report(near, profile="platform").profile_note == published.profile_note == ""


@pytest.mark.parametrize(
    "name", ["0" * LONGEST_NAME, "😀" * LONGEST_NAME, "長" * 90 + "𠮷" * 10], ids=["digits", "faces", "rare"]
)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answers", [EMPTY, BY_FIGURES, of_grade(4)], ids=["none", "some", "all"])
def test_a_picture_has_a_caption_that_telegram_takes(answers: Answers, language: str, name: str) -> None:
    """Telegram counts a rare character as two."""
    caption = report(answers, language, firm=name).caption
    assert len(caption.encode("utf-16-le")) // 2 <= CAPTION
    assert caption.startswith(name[:40])


@given(reports)
@examples(60)
def test_any_report_is_whole(made: Report) -> None:
    points = [Fraction(q.points.split(" ")[0]) for q in made.questions if q.points]
    assert float(sum(points)) == made.total.points
    assert sum(score.points for score in made.dimensions) == pytest.approx(made.total.points)
    assert made.bounds[0] == made.total.points <= made.bounds[1] <= 100
    assert all(0 <= indicator.share <= 1 for indicator in made.indicators)
    complete = all(question.answered for question in made.questions) and None not in {s.level for s in made.scenarios}
    assert (made.status == "") is complete
    assert len(made.caption.encode("utf-16-le")) // 2 <= CAPTION
    for text in (
        made.title,
        made.status,
        *made.rulings,
        *made.gap.lines,
        *made.plan.lines,
        made.counts.value if made.counts else "",
    ):
        assert "{" not in text


# sessions


def done() -> tuple[Walker, list[Assessment]]:
    """A person who has finished, and the chat's history."""
    walker = Walker().begin(name="示例厂").fill()
    walker.say(Overview())
    walker.say(Submit())
    return walker, [event.assessment for event in walker.say(Commit()) if isinstance(event, Finished)]


def test_a_past_paper_has_the_name_of_then_and_what_was_told_since() -> None:
    walker, (entry,) = done()
    told = Firm(name="新名字", kind=FirmKind.MICRO, credit_code="91330200144153290E", contact="张三")
    past = finished_session(entry, "zh-Hans", told)
    made = compose(paper_of_session(past, [], ON))
    facts = {field.name: field.value for field in made.facts}
    assert facts["企业名称"] == "示例厂"
    assert "企业类别" not in facts
    assert (facts["统一社会信用代码"], facts["联系人"]) == ("91330200144153290E", "张三")
    assert [*facts][:3] == ["企业名称", "统一社会信用代码", "联系人"]
    assert walker.session.id == past.id


def test_a_picture_knows_no_contact() -> None:
    contact = "张三 13800138000"
    told = paper_of(of_grade(1), ON, "zh-Hans", firm=Firm(name="厂", contact=contact))
    plain = paper_of(of_grade(1), ON, "zh-Hans", firm=Firm(name="厂"))
    assert contact not in compose(told).caption
    assert render(Kind.PICTURE, compose(told)) == render(Kind.PICTURE, compose(plain))


def test_a_finished_session_is_final_and_committed() -> None:
    walker, history = done()
    made = compose(paper_of_session(walker.session, history, START.date() + timedelta(days=90)))
    assert (made.status, made.firm, made.before) == ("", "示例厂", None)
    assert made.date == "2024年9月2日"
    assert "2024年9月2日" in made.commitment.lines[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unfinished_session_is_provisional_and_dated_today(language: str) -> None:
    session = Walker().begin(name="示例厂").fill().session
    made = compose(paper_of_session(session.but(language=language), [], date(2025, 1, 2)))
    assert made.status == wording(language, "miit-2024").text("report.unsubmitted")
    assert made.commitment.lines[-1] == wording(language, "miit-2024").text("report.uncommitted")
    assert "2025" in made.date


def test_a_new_start_is_compared_with_the_last_finished_assessment() -> None:
    walker, history = done()
    walker.anew()
    made = compose(paper_of_session(walker.session, history, EARLIER))
    assert made.before
    assert made.before.date == "2024年9月2日"
    other = [history[0].model_copy(update={"rubric": "miit-2022"})]
    assert compose(paper_of_session(walker.session, other, EARLIER)).before is None


def test_an_energy_figure_comes_with_its_calculation() -> None:
    walker = Walker().begin().go("q12")
    for amount in (310, 300):
        walker.say(OpenEnergy())
        walker.say(ChooseFuel("electricity"))
        walker.say(Numbers((amount,)))
        walker.say(Done())
    walker.say(Numbers((1100, 1000)))
    walker.say(Confirm())
    made = compose(paper_of_session(walker.session, [], EARLIER))
    energy = made.questions[11].figures[0]
    assert energy.numbers == (380.99,)
    assert "310 × 1.229 = 380.99" in energy.calculation
