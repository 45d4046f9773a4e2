"""Whom a result concerns: every kind of firm, never more than the document says."""

import pytest

from bot.words.policy import NAMED_NOWHERE, concern, planned
from bot.words.results import result_of
from bot.words.wording import Medium, wording
from flows.session import FirmKind, Record
from locales import LANGUAGES
from scoring.policy import load_policy
from tests.bot.test_results import EMPTY, HIGHEST, LOWERED, LOWEST, PARTIAL, but, lines

EVERY = pytest.mark.parametrize("language", LANGUAGES)
KINDS = pytest.mark.parametrize("kind", [kind for kind in FirmKind if kind not in NAMED_NOWHERE])
GRADES: list[Record] = [LOWEST, LOWERED, but(HIGHEST, levels=2), but(HIGHEST, levels=3), HIGHEST]


def said(record: Record, kind: FirmKind | None, language: str) -> str:
    words = wording(language, "miit-2024")
    return lines(tuple(concern(result_of(record, words), kind, words)))


def test_every_kind_of_firm_is_one_of_the_policy_or_deliberately_none() -> None:
    assert {kind.value for kind in set(FirmKind) - NAMED_NOWHERE} == set(load_policy("policy-2025").kind)
    assert {FirmKind.OTHER} == NAMED_NOWHERE


@EVERY
@KINDS
def test_each_kind_is_told_the_direction_for_its_grade_with_its_place(language: str, kind: FirmKind) -> None:
    words, policy = wording(language, "miit-2024"), load_policy("policy-2025", language)
    for grade, record in enumerate(GRADES):
        assert result_of(record, words).grade == grade
        direction = policy.kind[kind.value].direction(grade)
        line = words.text("policy.direction", grade=words.grade(grade), text=direction.text, source=direction.source)
        assert line in concern(result_of(record, words), kind, words)[0].lines


@EVERY
@KINDS
@pytest.mark.parametrize("record", GRADES)
def test_a_grade_is_expected_only_where_the_document_names_one(language: str, kind: FirmKind, record: Record) -> None:
    words, policy = wording(language, "miit-2024"), load_policy("policy-2025", language)
    text = said(record, kind, language)
    expected = policy.kind[kind.value].expected
    target = policy.target["pilot_provincial"]
    assert (words.text("policy.expected", text=target.text, source=target.source) in text) is (expected is not None)
    assert (words.text("policy.pilots") in text) is (expected is not None)
    assert (words.text("policy.expected.none") in text) is (expected is None)
    assert (expected is not None) is (kind is FirmKind.PROVINCIAL)


@EVERY
def test_a_firm_hears_whether_it_is_at_the_target(language: str) -> None:
    words = wording(language, "miit-2024")
    for grade, record in enumerate(GRADES):
        text = said(record, FirmKind.PROVINCIAL, language)
        assert (words.text("policy.reached", grade=words.grade(grade)) in text) is (grade >= 2)
        assert (words.text("policy.short", grade=words.grade(grade)) in text) is (grade < 2)


@EVERY
@pytest.mark.parametrize("medium", Medium)
def test_a_firm_of_unknown_kind_hears_how_the_kinds_differ_and_how_to_tell(language: str, medium: Medium) -> None:
    words, policy = wording(language, "miit-2024", medium), load_policy("policy-2025", language)
    first, common, *_ = concern(result_of(LOWERED, words), None, words)
    assert words.hint("policy") in first.lines
    for kind in policy.kinds:
        assert any(line.startswith(kind.name) and kind.direction(1).text in line for line in first.lines)
    assert len(common.lines) == len(policy.targets) - 1
    assert all(policy.target["pilot_provincial"].text not in line for line in common.lines)


@EVERY
def test_a_firm_that_no_kind_names_hears_only_what_is_common(language: str) -> None:
    words, policy = wording(language, "miit-2024"), load_policy("policy-2025", language)
    text = said(LOWERED, FirmKind.OTHER, language)
    assert words.text("policy.other") in text
    assert words.hint("policy") not in text
    assert not any(kind.direction(1).text in text for kind in policy.kinds)


@EVERY
@pytest.mark.parametrize("kind", [None, *FirmKind])
@pytest.mark.parametrize("record", [*GRADES, EMPTY, PARTIAL])
def test_all_help_is_told_once_with_its_place_and_that_for_the_plan_first(
    language: str, kind: FirmKind | None, record: Record
) -> None:
    words, policy = wording(language, "miit-2024"), load_policy("policy-2025", language)
    text = said(record, kind, language)
    items = planned(result_of(record, words))
    first = policy.support_for(words.rubric, items)
    order = [*first, *(entry for entry in policy.support if entry not in first)]
    places = [text.index(words.text("policy.place", text=entry.text, source=entry.source)) for entry in order]
    assert places == sorted(places)
    assert [text.count(entry.text) for entry in order] == [1] * len(order)
    assert (words.text("policy.support.plan") in text) is bool(first)
    for entry in first:
        about = [item for item in items if item in entry.concerns(words.rubric)]
        assert about
        assert words.text("policy.support.for", items=words.items(about), text=entry.text, source=entry.source) in text


def test_the_plan_gives_its_items_and_the_highest_grade_has_none() -> None:
    words = wording("en", "miit-2024")
    result = result_of(but(HIGHEST, levels=0), words)
    assert set(planned(result)) <= set(words.rubric.scenario)
    assert len(planned(result)) == 6
    assert planned(result_of(HIGHEST, words)) == ()


@EVERY
@pytest.mark.parametrize("kind", [None, *FirmKind])
def test_source_and_note_stand_at_the_end(language: str, kind: FirmKind | None) -> None:
    words, policy = wording(language, "miit-2024"), load_policy("policy-2025", language)
    last = concern(result_of(LOWERED, words), kind, words)[-1]
    assert last.title == words.text("policy.source")
    for part in (policy.title, policy.document, policy.issuers, policy.issued):
        assert part in last.lines[0]
    assert last.lines[1] == policy.note
    assert (words.text("policy.unofficial") in last.lines) is not policy.official
    assert "{" not in said(LOWERED, kind, language)
