"""How a settled grade and the quick order are put into words: on items, at the result, in the offers."""

import re

import pytest

from bot.screens import screen_of
from bot.words.results import headline_of, result_of
from bot.words.wording import Medium, wording
from flows.cards import FirmKindCard, ProvisionalCard, ReviewCard, card_of
from flows.events import GradeSettled, QuickBegun
from flows.inputs import Overview, PickLevel, Tick
from flows.phases import grade_settled
from flows.session import Record
from locales import LANGUAGES
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC, Walker
from tests.flows.scenes import SCENES, scene

EVERY = pytest.mark.parametrize("language", LANGUAGES)
MEDIA = pytest.mark.parametrize("medium", Medium)


def names(name: str, language: str = "en") -> list[str]:
    return [action.name for action in shown(sessions()[name], language)[1].actions]


def test_every_item_card_offers_the_result_once_the_grade_is_settled_and_not_before() -> None:
    asking = {name: session for name, session in sessions().items() if session.asking and not session.paused}
    assert len(asking) > 100
    for name, session in asking.items():
        assert ("provisional" in names(name)) is grade_settled(RUBRIC, session), name
    assert "provisional" in names("settled")


@pytest.mark.parametrize("item", ["q1", "q2", "q12", "q5"])
def test_it_is_offered_on_every_kind_of_question(item: str) -> None:
    walker = Walker(scene("settled")).go(item)
    words = wording("en", "miit-2024")
    assert "provisional" in [action.name for action in screen_of(walker.card, words).actions]
    if RUBRIC.question[item].type == "multiple":
        walker.say(Tick("B", on=True))
        assert "provisional" in [action.name for action in screen_of(walker.card, words).actions]


def test_it_is_offered_on_a_scenario_too() -> None:
    walker = Walker().begin()
    for question in RUBRIC.questions:
        walker.go(question.id).answer("A")
    walker.go("quality")
    words = wording("en", "miit-2024")
    for _ in ("ladder", "levels"):
        assert "provisional" in [action.name for action in screen_of(walker.card, words).actions]
        walker.say(PickLevel())


@EVERY
def test_the_header_says_that_the_grade_is_settled(language: str) -> None:
    words = wording(language, "miit-2024")
    settled = words.text("progress.settled")
    assert settled in shown(sessions()["settled"], language)[1].header
    assert settled not in shown(sessions()["single"], language)[1].header


@EVERY
@MEDIA
@pytest.mark.parametrize("grade", range(5))
def test_a_settled_grade_is_named_and_no_grade_is_said_kindly(language: str, medium: Medium, grade: int) -> None:
    words = wording(language, "miit-2024", medium)
    asking, stopped = scene("settled"), scene("stopped")
    offer = words.hint("settled")
    said = words.event(GradeSettled(grade), asking)
    assert said
    assert said.endswith(offer)
    assert words.event(GradeSettled(grade), stopped) == said.removesuffix(offer)
    if grade:
        assert words.level_name(grade) in said
    else:
        assert "grade 0" not in said.lower()
        assert words.rubric.no_grade not in said


def test_the_second_grade_in_chinese_as_it_is_said() -> None:
    said = wording("zh-Hans", "miit-2024").event(GradeSettled(2), scene("settled"))
    assert said == "二级已确定：剩下的题不会再改变等级。想现在看结果，输入“先看看结果”；也可以接着答完。"


@EVERY
@MEDIA
def test_what_may_be_typed_or_tapped_is_called_as_it_is_offered(language: str, medium: Medium) -> None:
    words = wording(language, "miit-2024", medium)
    for hint, name in (("settled", "provisional"), ("quick", "quick")):
        label = words.text.words(f"words.{name}")[0] if medium is Medium.TYPING else words.text(f"button.{name}")
        assert re.findall("[“「](.+?)[”」]", words.hint(hint)) == [label]


@EVERY
def test_the_provisional_result_says_that_the_grade_is_settled(language: str) -> None:
    words = wording(language, "miit-2024")
    titles = {grade: screen_of(ProvisionalCard(9, grade), words).title for grade in (None, *range(5))}
    assert len(set(titles.values())) == 6
    assert all("9" in title for title in titles.values())
    assert all(words.level_name(grade) in titles[grade] for grade in range(1, 5))
    card, screen, _ = shown(sessions()["stopped"], language)
    assert isinstance(card, ProvisionalCard)
    assert screen.title == words.text.count("provisional.settled.none", card.missing)
    assert screen.hint == words.hint("provisional.settled")


@EVERY
def test_the_bounds_name_a_settled_grade_once(language: str) -> None:
    words = wording(language, "miit-2024")
    settled = headline_of(result_of(scene("stopped").record, words), words, provisional=True)
    (last,) = settled.lines[-1:]
    assert last.count(words.rubric.no_grade) == 1
    unsettled = headline_of(result_of(Record(), words), words, provisional=True)
    assert words.grade(4) in unsettled.lines[-1]


@EVERY
@MEDIA
def test_the_quick_order_is_offered_where_the_card_says_so(language: str, medium: Medium) -> None:
    words = wording(language, "miit-2024", medium)
    offering = {name for name in SCENES if getattr(card_of(RUBRIC, scene(name)), "quick", False)}
    assert offering == {"kind", "review"}
    for name in offering:
        screen = screen_of(card_of(RUBRIC, scene(name)), words)
        assert "quick" in [action.name for action in screen.actions]
    assert words.hint("quick", total=31) in screen_of(card_of(RUBRIC, scene("kind")), words).body
    assert words.event(QuickBegun(), scene("kind")) == words.text("event.quick")


def test_it_is_not_offered_where_it_saves_nothing() -> None:
    walker = Walker(scene("settled"))
    walker.say(Overview())
    for session in (walker.session, scene("full"), scene("kind").but(quick=True)):
        card = card_of(RUBRIC, session)
        assert isinstance(card, ReviewCard | FirmKindCard)
        assert "quick" not in [action.name for action in screen_of(card, wording("en", "miit-2024")).actions]
