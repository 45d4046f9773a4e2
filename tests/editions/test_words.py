"""What people read about an edition of another size: its own names, its own help, and nothing that it does not have."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.screens import screen_of
from bot.screens.details import sections_of
from bot.screens.wishes import Detail
from bot.words.history import compared, history
from bot.words.policy import concern
from bot.words.results import before_and_after, headline_of, plan, proof, result_of
from bot.words.sections import Section
from bot.words.wording import Medium, Wording, wording
from flows.cards import card_of
from flows.events import Refusal, Refused
from flows.session import Assessment, Firm, FirmKind, Record
from locales import LANGUAGES
from scoring.editions import load_rubric
from scoring.result import assess
from scoring.sheet import load_sheet
from tests.editions.support import EDITIONS, OFFICE, STANDS, WORKSHOP, checked
from tests.flows.driver import Walker

EVERY = pytest.mark.parametrize("language", LANGUAGES)


def record(edition: str, stand: str) -> Record:
    answers = checked(edition, stand)
    return Record(choices=dict(answers.choices), levels=dict(answers.levels))


def lines(*sections: Section) -> str:
    return "\n".join(line for section in sections for line in (section.title, *section.lines))


def test_the_greeting_tells_what_this_edition_asks() -> None:
    for edition, counts in ((WORKSHOP, ("3 道题", "3 个业务场景")), (OFFICE, ("2 道题",))):
        walker, words = Walker(edition=edition), wording("zh-Hans", edition)
        body = "\n".join(screen_of(walker.card, words).body)
        assert words.rubric.title in body
        assert all(count in body for count in counts)
        assert ("业务场景" in body) is (edition == WORKSHOP)


@pytest.mark.parametrize(
    ("edition", "grade", "name", "short"),
    [
        (WORKSHOP, 0, "未入级", "未入级"),
        (WORKSHOP, 1, "合格车间", "合格车间"),
        (OFFICE, 3, "三星", "三星"),
        ("miit-2024", 2, "二级（规范级）", "二级"),
    ],
)
def test_a_grade_is_called_after_a_level_only_where_both_have_the_same_numbers(
    edition: str, grade: int, name: str, short: str
) -> None:
    words = wording("zh-Hans", edition)
    assert (words.grade(grade), words.short_grade(grade)) == (name, short)


def test_below_the_first_level_is_said_with_its_name() -> None:
    assert wording("zh-Hans", WORKSHOP).level_name(0) == "未达起步"
    assert wording("zh-Hans", "miit-2024").level_name(0) == "未达一级"


@EVERY
def test_numbers_of_items_go_as_far_as_the_edition(language: str) -> None:
    words = wording(language, WORKSHOP)
    assert "6" in words.refusal(Refused(Refusal.UNKNOWN_ITEM))


# help


def test_an_edition_explains_its_own_items_and_never_with_the_help_of_another() -> None:
    told = dict(wording("zh-Hans", WORKSHOP).explanation("q1"))
    assert list(told.values()) == [
        "车间里有没有一块让大家看到进度的板。",
        "屏幕上显示当天产量，工人刷卡后自动更新：选 D。",
        "工人刷卡，屏幕自己更新才算。",
    ]
    assert wording("zh-Hans", WORKSHOP).explanation("q1", "D")[0] == ("D", "工人刷卡，屏幕自己更新才算。")
    assert wording("zh-Hans", WORKSHOP).explanation("quality") == []
    assert len(wording("zh-Hans", "miit-2024").explanation("quality")) >= 3


@pytest.mark.parametrize(("language", "term"), [("en", "hotline"), ("zh-Hans", "热线")])
def test_without_help_the_glossary_explains(language: str, term: str) -> None:
    words = wording(language, OFFICE)
    assert [heading for heading, _ in words.explanation("channels")] == [words.text("help.term", term=term)]
    assert words.explanation("invoices") == []


# plain words


def test_an_edition_may_have_plain_words_of_its_own_and_is_read_in_its_official_words_where_not() -> None:
    words = wording("zh-Hans", WORKSHOP)
    assert not words.has_plain, "they are not ours"
    assert words.ask("q1") == "车间里有没有看板？"
    assert (words.plain("q1", "B"), words.short("q1", "B")) == ("有一块，靠人写", "手写板")
    assert (words.plain("q1", "A"), words.short("q1", "A")) == (words.rubric.question["q1"].official["A"], "A")
    assert wording("en", OFFICE).ask("channels") == wording("en", OFFICE).rubric.question["channels"].text


def test_a_level_without_plain_words_is_read_in_its_official_ones() -> None:
    words = wording("zh-Hans", WORKSHOP)
    scenario = words.rubric.scenarios[0]
    assert words.ask(scenario.id) == scenario.name
    assert words.plain(scenario.id, "1") == scenario.levels[0]
    assert words.plain(scenario.id, "0") == words.level_name(0)


# results


@EVERY
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("stand", STANDS)
def test_every_detail_of_a_result_can_be_told(language: str, edition: str, stand: str) -> None:
    words = wording(language, edition)
    session = Walker(edition=edition).begin().session.but(record=record(edition, stand))
    told = [section for wanted in (*DETAILS,) for section in sections_of(session, wanted, words)]
    told.append(headline_of(result_of(session.record, words), words, provisional=False))
    for section in told:
        assert section.lines, section.title
        assert all(line.strip() for line in (section.title, *section.lines))
        assert "{" not in lines(section)


DETAILS = (Detail.GAP, Detail.PLAN, Detail.PROOF, Detail.MARGIN, Detail.POLICY)


@EVERY
@pytest.mark.parametrize("stand", STANDS)
def test_without_scenarios_nothing_is_said_of_them(language: str, stand: str) -> None:
    words = wording(language, OFFICE)
    result = result_of(record(OFFICE, stand), words)
    told = lines(headline_of(result, words, provisional=False), *proof(result, words))
    assert {"en": "scenario", "zh-Hans": "场景", "zh-Hant": "場景"}[language] not in told


def test_the_plan_tells_which_steps_are_dearer_and_which_items_are_results() -> None:
    words = wording("zh-Hans", WORKSHOP)
    told = plan(result_of(record(WORKSHOP, "low"), words).next, words).lines
    assert words.text("plan.note.effort", items=words.items(["q1"]), effort=2) in told
    assert words.text("plan.note.results", items=words.items(["on_time"])) in told
    office = wording("zh-Hans", OFFICE)
    assert "成效" not in lines(plan(result_of(record(OFFICE, "low"), office).next, office))


@EVERY
@pytest.mark.parametrize("kind", [None, FirmKind.PROVINCIAL, FirmKind.OTHER])
def test_of_an_edition_that_no_document_speaks_of_that_is_said(language: str, kind: FirmKind | None) -> None:
    words = wording(language, WORKSHOP)
    result = assess(load_sheet(WORKSHOP), checked(WORKSHOP, "middle"))
    assert [section.lines for section in concern(result, kind, words)] == [(words.text("policy.none"),)]


@pytest.mark.parametrize("medium", Medium)
def test_a_recheck_without_events_asks_for_numbers_only(medium: Medium) -> None:
    words = wording("zh-Hans", WORKSHOP, medium)
    session = Walker(edition=WORKSHOP).begin().fill().finish().session.but(phase="recheck")
    screen = screen_of(card_of(words.rubric, Walker(session).session), words)
    assert screen.hint == words.hint("recheck.items")
    assert [choice.key for choice in screen.choices] == [*"ABC"][: len(screen.choices)]
    assert [choice.key for choice in screen.typed] == [*"123456"]


# from one edition to another


START = datetime(2026, 1, 1, 8, tzinfo=UTC)


def past(*stands: tuple[str, str]) -> list[Assessment]:
    """Assessments, given from the oldest on, as they are read: the newest first."""
    entries = []
    for number, (edition, stand) in enumerate(stands):
        known = edition if edition in (*EDITIONS, "miit-2024") else WORKSHOP
        result = assess(load_sheet(known), checked(known, stand))
        at = START + timedelta(days=number)
        entries.append(
            Assessment(
                id=f"a{number}", rubric=edition, firm=Firm(), record=record(known, stand), score=str(result.score),
                grade=result.grade, previous=None, started_at=at, finished_at=at,
            )
        )  # fmt: skip
    return entries[::-1]


MIXED = (WORKSHOP, "middle"), (OFFICE, "high"), (WORKSHOP, "high")


@EVERY
def test_the_history_names_each_grade_as_its_own_edition_does(language: str) -> None:
    words = wording(language, WORKSHOP)
    listed, chart = history(past(*MIXED), words)
    assert [
        grade in line for grade, line in zip(("优秀车间", three(language), "合格车间"), listed.lines, strict=True)
    ] == [True] * 3
    other = words.text("history.edition", edition=load_rubric(OFFICE, language).title)
    assert [other in line for line in listed.lines] == [False, True, False]
    assert words.text("history.editions") in chart.lines
    assert words.text("history.editions") not in history(past(MIXED[0], MIXED[2]), words)[1].lines


def three(language: str) -> str:
    return load_rubric(OFFICE, language).grade_name(3)


@EVERY
def test_two_of_different_editions_are_compared_as_far_as_they_can_be(language: str) -> None:
    words = wording(language, WORKSHOP)
    office = wording(language, OFFICE)
    told = compared(past(*MIXED[:2]), (), words).lines
    assert told == (
        words.text("compare.editions", before=words.rubric.title, after=office.rubric.title),
        words.text("compare.score", before="55.00", after="100.00"),
        words.text("compare.grade", before=words.grade(1), after=office.grade(3)),
    )


def test_two_of_the_same_edition_are_compared_by_it_whatever_the_present_one_is() -> None:
    words = wording("zh-Hans", OFFICE)
    entries = past(MIXED[0], MIXED[2])
    own = wording("zh-Hans", WORKSHOP)
    assert compared(entries, (), words).lines == before_and_after(entries[1].record, entries[0].record, own).lines
    assert own.item_name("on_time") in compared(entries, (), words).lines[2]


@EVERY
def test_an_assessment_by_an_edition_that_has_gone_stays_in_the_history_and_is_not_compared(language: str) -> None:
    words: Wording = wording(language, WORKSHOP)
    entries = past(("gone-2020", "middle"), MIXED[2])
    listed, chart = history(entries, words)
    assert words.text("history.edition", edition="gone-2020") in listed.lines[1]
    assert words.text("history.grade", number=1) in listed.lines[1]
    assert "55.00" in listed.lines[1]
    assert "55.00" in chart.lines[1]
    assert compared(entries, (), words).lines == (words.text("history.compare.gone", edition="gone-2020"),)
