"""What is drawn says what the result says: the same numbers, the same grades, and the same again in words."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import bot.web
from bot.web.drawing import CLOSE, DRAWN, Drawn, Stand, drawn, percent, trend
from bot.words.results import points_of, result_of, shown_points
from bot.words.wording import Medium, Wording, wording
from flows.session import Assessment, Firm, Record
from locales import LANGUAGES
from scoring.editions import use
from scoring.sheet import load_sheet
from tests.editions.support import EDITIONS, OWN, any_choices, any_levels
from tests.flows.driver import RUBRIC, START

EVERY = pytest.mark.parametrize("language", LANGUAGES)
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(bot.web.__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HALF = Record(
    choices={"q1": ("B", "C"), "q2": ("D",), "q3": ("C",), "q4": ("B", "C", "D"), "q8": ("E",), "q12": ("C",)},
    levels={item: place % 5 for place, item in enumerate(RUBRIC.scenario)},
)
NOTHING = Record()
OVER = Record(
    choices={**load_sheet(RUBRIC.id).tops, "q1": ("B",)},
    levels=dict.fromkeys(RUBRIC.scenario, 2),
)


@pytest.fixture
def own_editions() -> Iterator[None]:
    use(OWN)
    yield
    use()


def page(language: str = "zh-Hans", edition: str = RUBRIC.id) -> Wording:
    return wording(language, edition, Medium.PAGE)


def seen(record: Record, words: Wording, *, wanted: int | None = None, before: Record | None = None) -> Drawn:
    was = result_of(before, words) if before else None
    return drawn(result_of(record, words), words, Stand(wanted, was))


def painted(shown: Drawn) -> list[ElementTree.Element]:
    """Every drawing of a result, as it stands in a page."""
    macros = TEMPLATES.get_template("drawing.html").module
    parts = [
        macros.stairs(shown.ladder),  # type: ignore[attr-defined]  # macros are attributes
        macros.rungs(shown.ladder),  # type: ignore[attr-defined]
        macros.score(shown.score),  # type: ignore[attr-defined]
        macros.shares(shown.dimensions),  # type: ignore[attr-defined]
        macros.levels(shown.scenarios),  # type: ignore[attr-defined]
    ]
    return [ElementTree.fromstring(f"<body>{part}</body>") for part in parts]  # noqa: S314  # our own


def faults(element: ElementTree.Element) -> Iterator[str]:
    """What a drawing must not be: nameless, styled in place, or bearing a script."""
    for one in element.iter():
        if one.tag == "svg" and (one.get("role") != "img" or not (one.get("aria-label") or "").strip()):
            yield f"nameless {one.attrib}"
        if one.tag in ("style", "script") or any(name == "style" or name.startswith("on") for name in one.attrib):
            yield f"{one.tag} {one.attrib}"


def places(element: ElementTree.Element) -> Iterator[float]:
    for one in element.iter():
        for name in ("x", "x1", "x2", "cx", "y", "width", "height", "cy"):
            if (value := one.get(name, "")).endswith("%"):
                yield float(value.removesuffix("%"))


# numbers


@EVERY
def test_the_ladder_marks_where_the_firm_stands_and_where_it_wants_to(language: str) -> None:
    words = page(language)
    result = result_of(HALF, words)
    shown = seen(HALF, words, wanted=3).ladder
    assert [rung.grade for rung in shown.rungs] == [0, *(row.grade for row in RUBRIC.grades)]
    assert [rung.name for rung in shown.rungs] == [words.grade(grade) for grade in range(5)]
    assert [rung.grade for rung in shown.rungs if rung.present] == [result.grade]
    assert [rung.grade for rung in shown.rungs if rung.reached] == [*range(result.grade + 1)]
    assert [rung.grade for rung in shown.rungs if rung.wanted] == [3]
    assert words.grade(result.grade) in shown.name
    assert words.grade(3) in shown.name
    assert [rung.mark for rung in shown.rungs if rung.mark] == [
        words.text("drawing.present"),
        words.text("drawing.wanted"),
    ]


def test_a_grade_that_is_reached_is_marked_once() -> None:
    words = page()
    result = result_of(HALF, words)
    (mark,) = [rung.mark for rung in seen(HALF, words, wanted=result.grade).ladder.rungs if rung.mark]
    assert mark == words.text("drawing.present")


def test_the_next_grade_is_the_lowest_that_is_not_reached() -> None:
    highest = Record(choices=load_sheet(RUBRIC.id).tops, levels=dict.fromkeys(RUBRIC.scenario, 4))
    assert seen(highest, page()).ladder.next is None
    following = seen(NOTHING, page()).ladder.next
    assert following
    assert following.grade == 1


def test_what_a_re_check_gained_is_marked_and_so_is_what_is_only_tried() -> None:
    words = page()
    before, after = result_of(NOTHING, words), result_of(OVER, words)
    again = drawn(after, words, Stand(before=before)).ladder
    assert [rung.grade for rung in again.rungs if rung.gained] == [1, 2]
    assert [again.rungs[0].mark, again.rungs[2].mark] == ["上次", "现在"]
    tried = drawn(after, words, Stand(before=before, tried=True)).ladder
    assert [tried.rungs[0].mark, tried.rungs[2].mark] == ["现在", "试到"]
    assert tried.name == "等级阶梯：现在无等级、试到二级（规范级）。"


def test_of_a_past_result_it_is_said_that_it_was_so_then() -> None:
    words = page()
    marks = [rung.mark for rung in drawn(result_of(OVER, words), words, Stand(past=True)).ladder.rungs if rung.mark]
    assert marks == ["当时"]


def test_each_rung_says_what_its_grade_asks_for_and_what_of_it_is_met() -> None:
    words = page()
    result = result_of(HALF, words)
    for rung, row in zip(seen(HALF, words).ladder.rungs[1:], RUBRIC.grades, strict=True):
        score, scenarios, restrictive = rung.conditions
        reached, starred = result.counts[row.level]
        assert score.told == f"得分 {shown_points(result)}，要 {row.score}"
        assert f"{reached} 个，要 {row.scenarios} 个" in scenarios.told
        assert f"{starred} 个，要 {row.restrictive} 个" in restrictive.told
        assert [score.met, scenarios.met, restrictive.met] == [
            result.score >= row.score,
            reached >= row.scenarios,
            starred >= row.restrictive,
        ]
        assert all((one.share == "100.00") is one.met for one in rung.conditions)
        assert scenarios.mark == ("达到" if scenarios.met else f"还差 {row.scenarios - reached}")


def test_the_score_stands_among_the_lines_of_the_edition() -> None:
    words = page()
    result = result_of(HALF, words)
    bar = seen(HALF, words, wanted=2).score
    assert bar.shown == shown_points(result)
    assert bar.at == percent(result.score, 100)
    assert [line.told for line in bar.lines] == ["20", "40", "60", "80"]
    assert [line.at for line in bar.lines] == ["20.00", "40.00", "60.00", "80.00"]
    assert [line.wanted for line in bar.lines] == [False, True, False, False]
    assert bar.before is None
    assert bar.most == percent(result.bounds.score[1], 100)


@EVERY
def test_before_and_after_are_drawn_on_the_same_bar_and_said_in_words(language: str) -> None:
    words = page(language)
    before, after = result_of(NOTHING, words), result_of(HALF, words)
    bar = seen(HALF, words, before=NOTHING).score
    assert (bar.before, bar.at, bar.kept) == ("0.00", percent(after.score, 100), "0.00")
    assert f"{shown_points(before)} → {shown_points(after)}" in bar.name
    fallen = seen(NOTHING, words, before=HALF).score
    assert (fallen.before, fallen.at, fallen.kept) == (percent(after.score, 100), "0.00", "0.00")


def test_dimensions_add_up_to_the_score() -> None:
    words = page()
    result = result_of(HALF, words)
    shares = seen(HALF, words).dimensions
    assert [one.label for one in shares] == [entry.name for entry in RUBRIC.dimensions]
    told = [one.told.split(" / ") for one in shares]
    assert sum(int(most) for _, most in told) == 100
    assert sum(result.dimensions.values()) == result.score
    for one, points, (shown, most) in zip(shares, result.dimensions.values(), told, strict=True):
        assert shown == points_of(points)
        assert one.at == percent(points, int(most))


def test_scenarios_stand_in_their_groups_with_a_star_where_they_are_restrictive() -> None:
    shown = seen(HALF, page())
    strips = [strip for group in shown.scenarios for strip in group.strips]
    assert len({group.title for group in shown.scenarios}) == len(shown.scenarios) == 4
    assert [strip.label.removesuffix("*") for strip in strips] == [scenario.name for scenario in RUBRIC.scenarios]
    assert [strip.label.endswith("*") for strip in strips] == [scenario.restrictive for scenario in RUBRIC.scenarios]
    assert [sum(cell.reached for cell in strip.cells) for strip in strips] == [*HALF.levels.values()]
    assert "*" in shown.restrictive


def test_what_is_not_answered_is_said_so_and_is_no_level() -> None:
    (strip, *_) = seen(NOTHING, page()).scenarios[0].strips
    assert strip.told == page().answer(None)
    assert not any(cell.reached for cell in strip.cells)


# the history


def past(*scores: str, edition: str = RUBRIC.id) -> list[Assessment]:
    """Assessments by their scores, the oldest first; as they are kept, the newest first."""
    return [
        Assessment(
            id=f"a{day}",
            rubric=edition,
            firm=Firm(),
            record=NOTHING,
            score=score,
            grade=0,
            previous=None,
            started_at=START + timedelta(day),
            finished_at=START + timedelta(day),
        )
        for day, score in enumerate(scores)
    ][::-1]


def test_the_line_of_the_history_runs_from_the_oldest_to_the_newest() -> None:
    line = trend(past("20", "40", "79/2"), page())
    assert line
    assert [point.told for point in line.points] == ["20.00", "40.00", "39.50"]
    assert [point.last for point in line.points] == [False, False, True]
    across, down = ([float(getattr(point, side)) for point in line.points] for side in ("across", "down"))
    assert across == sorted(across)
    assert down[0] > down[2] > down[1], "more is higher"
    assert [line.points[0].down, line.points[1].down] == [height.down for height in line.lines[:2]]
    assert "20.00" in line.name
    assert len(line.pieces) == 2


def test_one_assessment_is_no_line_and_of_many_the_latest_are_drawn() -> None:
    assert trend(past("20"), page()) is None
    line = trend(past(*map(str, range(30))), page())
    assert line
    assert len(line.points) == DRAWN
    assert [point.told for point in line.points if point.told] == ["18.00", "29.00"]


def test_lines_are_drawn_only_where_all_are_by_one_edition() -> None:
    mixed = trend([*past("20"), *past("30", edition="gone-1999")], page())
    assert mixed
    assert mixed.lines == ()


# what is painted


@EVERY
def test_every_drawing_is_well_formed_and_has_a_name(language: str) -> None:
    for element in painted(seen(HALF, page(language), wanted=4, before=NOTHING)):
        assert [*faults(element)] == []
        assert element.findall(".//svg")
    line = TEMPLATES.get_template("drawing.html").module.trend(  # type: ignore[attr-defined]  # a macro
        trend(past("20", "40"), page(language))
    )
    assert [*faults(ElementTree.fromstring(f"<body>{line}</body>"))] == []  # noqa: S314  # our own


@st.composite
def records(draw: st.DrawFn, edition: str) -> Record:
    rubric = load_sheet(edition).rubric
    return Record(choices=draw(any_choices(rubric)), levels=draw(any_levels(rubric)))


@given(records(RUBRIC.id), records(RUBRIC.id), st.sampled_from([None, 1, 2, 3, 4]))
def test_any_record_is_drawn_inside_of_its_drawing(after: Record, before: Record, wanted: int | None) -> None:
    assert_drawn(after, before, wanted, RUBRIC.id)


@pytest.mark.usefixtures("own_editions")
@pytest.mark.parametrize("edition", EDITIONS)
@given(data=st.data())
def test_any_record_by_an_edition_of_ones_own(edition: str, data: st.DataObject) -> None:
    after, before = data.draw(records(edition)), data.draw(records(edition))
    assert_drawn(after, before, 1, edition)


def assert_drawn(after: Record, before: Record, wanted: int | None, edition: str) -> None:
    words = page(edition=edition)
    shown = seen(after, words, wanted=wanted, before=before)
    for element in painted(shown):
        assert [*faults(element)] == []
        assert all(0 <= place <= 100 for place in places(element))
    assert len(shown.ladder.rungs) == len(words.rubric.grades) + 1
    assert sum(len(group.strips) for group in shown.scenarios) == len(words.rubric.scenarios)
    assert bool(shown.restrictive) is any(scenario.restrictive for scenario in words.rubric.scenarios)
    above = [int(line.told) for line in shown.score.lines if not line.lower]
    assert all(second - first >= CLOSE for first, second in pairwise(above))


def test_what_somebody_named_is_text_and_no_markup() -> None:
    told = TEMPLATES.from_string('{% import "drawing.html" as draw %}{{ draw.stairs(ladder) }}')
    shown = seen(HALF, page()).ladder
    hostile = type(shown)('"><script>alert(1)</script>', shown.rungs)
    element = ElementTree.fromstring(told.render(ladder=hostile))  # noqa: S314  # our own
    assert element.find(".//script") is None
    assert element.find("svg").get("aria-label") == hostile.name  # type: ignore[union-attr]  # it is there
