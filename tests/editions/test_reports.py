"""Picture, document and workbook of editions of other sizes, and of an assessment that follows one by another."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.reports.comparison import comparison
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.document import document
from bot.reports.paper import Earlier, paper_of, record_of
from bot.reports.picture import picture
from bot.reports.render import Piece, render
from bot.reports.sources import paper_of_session
from bot.words.wording import wording
from flows.session import Firm
from locales import LANGUAGES
from scoring.answers import Answers, check_answers
from scoring.editions import load_rubric
from tests.editions.support import EDITIONS, OFFICE, STANDS, WORKSHOP, checked
from tests.editions.test_walks import finished_by
from tests.reports.sheets import beside, differing, opened, text_of, worked_out

DAY = date(2026, 11, 22)
EVERY = pytest.mark.parametrize("edition", EDITIONS)


def report(answers: Answers, language: str = "zh-Hans", before: Answers | None = None) -> Report:
    earlier = Earlier(rubric=before.rubric, record=record_of(before)) if before else None
    return compose(paper_of(answers, DAY, language, firm=Firm(name="示例厂"), before=earlier))


def ministry() -> Answers:
    data = {"answers": {"q1": ["B"], "q5": "C"}, "scenarios": {"quality": 2}}
    return check_answers(load_rubric("miit-2024"), data)


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stand", STANDS)
def test_a_report_has_what_the_edition_has(edition: str, language: str, stand: str) -> None:
    rubric = load_rubric(edition, language)
    made = report(checked(edition, stand), language)
    assert (len(made.questions), len(made.scenarios)) == (len(rubric.questions), len(rubric.scenarios))
    assert [row.short for row in made.grades] == [row.name for row in rubric.grades]
    assert bool(made.conditions) is bool(made.counts) is bool(made.level_names) is bool(rubric.scenarios)
    assert len(made.record) == 1 + len(rubric.dimensions) + 2 * bool(rubric.scenarios)
    assert made.labels["profile"] not in [fact.name for fact in made.facts]
    assert len(made.rulings) == len(set(made.rulings))
    assert not any("{" in text for text in (*made.rulings, *made.gap.lines, *made.plan.lines, made.caption))


def test_rulings_name_the_items_that_they_are_about_and_only_what_there_is() -> None:
    ours, theirs = report(checked(OFFICE, "low")), report(ministry())
    words = wording("zh-Hans", "miit-2024")
    assert len(ours.rulings) == 4
    assert any(words.items(["q2", "q3", "q11"]) in ruling for ruling in theirs.rulings)
    assert any(words.items(["q12", "q13", "q14", "q15"]) in ruling for ruling in theirs.rulings)
    assert any(words.item_name("q4") in ruling for ruling in theirs.rulings)


@EVERY
@pytest.mark.parametrize("stand", STANDS)
def test_picture_and_document_can_be_drawn(edition: str, stand: str) -> None:
    made = report(checked(edition, stand), before=checked(edition, "middle"))
    assert picture(made).startswith(b"\x89PNG")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(document(made))).pages)
    assert (made.labels["restrictive_sign"] in text) is (edition == WORKSHOP)
    assert (made.labels["requirement"] in text) is (edition == WORKSHOP)


@EVERY
@pytest.mark.parametrize("stand", STANDS)
def test_the_workbook_has_score_and_grade(edition: str, stand: str) -> None:
    made = report(checked(edition, stand), before=checked(edition, "low"))
    book = opened(made, values=True)
    assert len(book.sheetnames) == (4 if edition == WORKSHOP else 3)
    sheet = book[made.labels["sheet_score"]]
    assert beside(sheet, made.labels["total"]).value == pytest.approx(made.total.points)
    assert beside(sheet, made.labels["grade"]).value == made.grade_name


@EVERY
@pytest.mark.slow
def test_the_workbook_works_everything_out_again(edition: str, tmp_path: Path) -> None:
    made = {stand: report(checked(edition, stand), before=checked(edition, "low")) for stand in STANDS}
    again = worked_out({stand: opened(one) for stand, one in made.items()}, tmp_path)
    assert [differing(opened(one, values=True), again[stand]) for stand, one in made.items()] == [[]] * len(made)


# an assessment before this one


def test_by_the_same_edition_items_are_compared() -> None:
    made = report(checked(WORKSHOP, "high"), before=checked(WORKSHOP, "middle"))
    assert made.before
    assert (made.before.note, len(made.before.changes)) == ("", 6)
    assert all(indicator.before is not None for indicator in made.indicators)


def test_by_another_edition_only_score_grade_and_shared_dimensions_are() -> None:
    made = report(checked(WORKSHOP, "high"), before=ministry())
    assert made.before
    assert (made.before.grade, made.before.shown_score, made.before.changes) == ("无等级", "7.00", ())
    titles = load_rubric("miit-2024").title, load_rubric(WORKSHOP).title
    assert all(title in made.before.note for title in titles)
    assert titles[0] in made.before.headline
    assert {score.id: score.shown_before for score in made.dimensions} == {"foundation": "7.00", "sales": ""}
    assert {indicator.before for indicator in made.indicators} == {None}
    assert {(scenario.before, scenario.shown_before) for scenario in made.scenarios} == {(None, "")}
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(document(made))).pages)
    assert made.before.note.replace(" ", "")[:20] in text.replace("\n", "").replace(" ", "")
    assert made.before.note in text_of(opened(made).worksheets[-1])
    assert picture(made).startswith(b"\x89PNG")


def test_a_stored_assessment_is_held_against_the_newest_one_whose_edition_is_here() -> None:
    walker, assessment = finished_by(WORKSHOP)
    office, _ = finished_by(OFFICE)
    session = office.session.but(id="another")
    gone = assessment.model_copy(update={"rubric": "gone-2020"})
    made = compose(paper_of_session(session, [gone, assessment], DAY))
    assert made.before
    assert made.before.grade == "合格车间"
    assert compose(paper_of_session(session, [gone], DAY)).before is None
    assert walker.session.id == assessment.id


@pytest.mark.parametrize(("before", "after"), [(OFFICE, OFFICE), (OFFICE, WORKSHOP), (WORKSHOP, OFFICE)])
def test_a_comparison_lists_items_of_one_edition_only(before: str, after: str) -> None:
    """By two editions, grade and score stand side by side, and it says why there is no more."""
    old, new = checked(before, "low"), checked(after, "high")
    made = comparison(report(old), report(new, before=old), after)
    pages = PdfReader(BytesIO(render(Piece.COMPARISON, made))).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    assert bool(made.note) is (before != after)
    assert bool(made.questions) is (before == after)
    assert "".join(made.note.split()) in text
    for pair in made.headline:
        assert "".join(pair.after.split()) in text
    assert all(bars.before is None for bars in made.indicators) is (before != after)


@EVERY
@pytest.mark.parametrize("piece", [Piece.FORM, Piece.RECORD, Piece.EVIDENCE])
def test_a_pack_has_its_pieces_for_any_edition(edition: str, piece: Piece) -> None:
    assert render(piece, report(checked(edition, "high"))).startswith((b"%PDF", b"PK"))
