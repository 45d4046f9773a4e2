"""The PDF as a reader gets it: its text is the data, its font is inside."""

import re
from functools import lru_cache
from io import BytesIO
from typing import Any

from hypothesis import given
from pypdf import PdfReader

from bot.reports.content import Report
from bot.reports.document import document
from bot.reports.typeset import settable
from tests.reports.firms import HOSTILE, RARE, UNKNOWN, every, extremes, of_grade, report, reports
from tests.scoring.strategies import examples

EXTREMES = extremes()
EVERY = every()
A4 = (595, 842)


@lru_cache
def read(name: str) -> PdfReader:
    return PdfReader(BytesIO(document(EXTREMES[name])))


def flat(text: str) -> str:
    """Lines break where the page wants it; spaces between scripts are drawn, not written."""
    return re.sub(r"[\s\u200b]", "", text)


def body(reader: PdfReader) -> str:
    """All pages, without the lines at their edges."""
    return flat("".join(page.extract_text() for page in reader.pages))


def said(made: Report) -> list[str]:
    """Everything that a report has to say, whatever else it says."""
    answered = [question for question in made.questions if question.answered]
    return [
        *(made.title, made.status, made.grade_name, made.total.shown, made.bounds_note, made.profile_note),
        *(f"{field.name}{field.value}" for field in made.facts),
        *(f"{field.name}{field.value}" for field in made.record),
        *(f"{q.value}×{'×'.join(f'{weight}%' for weight in q.weights)}{q.points}" for q in answered),
        *(q.calculation for q in made.questions),
        *(f"{figure.name}{figure.amount}" for q in made.questions for figure in q.figures if figure.shown),
        *(figure.calculation for q in made.questions for figure in q.figures),
        *(f"{i.name}{i.points}{i.most}{i.shown}{i.shown_before}" for i in made.indicators if i.answered),
        *(f"{score.name}{score.shown}{score.shown_most}{score.shown_before}" for score in made.dimensions),
        *(f"{row.name}≥{row.score}{made.total.shown}{row.score_mark}{row.needed}{row.had}" for row in made.grades),
        *(f"{field.name}{field.value}" for field in made.colophon),
        *(made.gap.title, made.plan.title, made.checking.title, *made.checking.lines),
        *(made.gap.lines + made.plan.lines + made.rulings + made.commitment.lines + made.notes),
        *(() if made.before is None else (f"{c.name}{c.before}{c.after}" for c in made.before.changes)),
        *(() if made.before is None else (made.before.headline,)),
    ]


def words_apart(made: Report) -> list[str]:
    """Long official texts, which a page break may cut: their beginnings."""
    chosen = [f"{o.letter}.{o.text}" for q in made.questions for o in q.options if o.chosen]
    return [flat(text)[:12] for text in (*chosen, *(item.requirement for item in made.scenarios))]


@EVERY
def test_the_text_is_the_data(name: str) -> None:
    made, text = EXTREMES[name], body(read(name))
    edges = re.compile("|".join(re.escape(flat(edge)) for edge in edge_texts(made, len(read(name).pages))))
    text = edges.sub("", text)
    missing = [entry for entry in settable(said(made)) if edges.sub("", flat(entry)) not in text]
    assert missing == []
    assert [entry for entry in words_apart(made) if entry not in text] == []


def edge_texts(made: Report, pages: int) -> list[str]:
    """The lines at the feet of the pages."""
    return [made.labels["page"].format(page=page, pages=pages) for page in range(1, pages + 1)]


@EVERY
def test_pages_are_a4_and_numbered(name: str) -> None:
    reader = read(name)
    assert 3 <= len(reader.pages) <= 10
    for number, page in enumerate(reader.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
        wanted = EXTREMES[name].labels["page"].format(page=number, pages=len(reader.pages))
        assert flat(wanted) in flat(page.extract_text())


@EVERY
def test_the_font_is_inside_and_no_other(name: str) -> None:
    pages: Any = read(name).pages
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    used = {font["/BaseFont"].split("+")[-1] for font in fonts}
    ours = {f"NotoSans{script}-{weight}" for script in ("SC", "TC") for weight in ("Regular", "Bold")}
    assert used <= {*ours, "ShupingRare-Regular"}
    assert ("ShupingRare-Regular" in used) is (name == "rare name")
    assert ("NotoSansTC-Bold" in used) is (EXTREMES[name].language == "zh-Hant")
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"].get_object()
        assert descriptor["/FontFile2"].get_object().get_data()
        assert "/ToUnicode" in font


def test_what_people_type_is_never_markup() -> None:
    text = body(read("hostile name"))
    assert flat(HOSTILE) in text
    metadata: Any = read("hostile name").metadata
    assert metadata["/Author"] == EXTREMES["hostile name"].firm


def test_a_missing_type_is_marked_and_explained_beside_the_name() -> None:
    text = flat(read("rare name").pages[0].extract_text())
    assert RARE + "〓" * len(UNKNOWN) in text
    assert flat(EXTREMES["rare name"].labels["missing_glyph"].format(codes="U+2A6A5, U+1F600")) in text
    assert "〓" not in body(read("grade 1"))


def test_a_comparison_without_change_says_so() -> None:
    made = report(of_grade(2), before=of_grade(2))
    assert flat(made.labels["unchanged"]) in body(PdfReader(BytesIO(document(made))))


@given(reports)
@examples(12)
def test_any_report_has_pages(made: Report) -> None:
    reader = PdfReader(BytesIO(document(made)))
    assert flat(made.grade_name) in body(reader)
