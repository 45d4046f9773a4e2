"""Answers read back from a workbook: what was put in comes out, and whatever cannot be taken is named by its cell."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.reports.compose import compose
from bot.reports.paper import Paper
from bot.reports.workbook import workbook
from bot.reports.workbook.reading import read_workbook
from flows.session import Firm
from locales import LANGUAGES
from scoring.answers import LARGEST_FIGURE, YEARS, Answers, check_answers
from scoring.decoding import read_json
from scoring.errors import AnswersError, FaultCode
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import load_sheet
from tests.reports.firms import BY_FIGURES, EMPTY, of_grade, paper, report
from tests.reports.sheets import CODES_TYPED, fields, fill, opened, saved
from tests.scoring.strategies import RUBRIC, examples, partial_choices, partial_levels

SHEET = load_sheet("miit-2024")
DAY = date(2026, 1, 1)


def result_of(answers: Answers) -> dict[str, Any]:
    return result_json(SHEET, assess(SHEET, answers))


def read(content: bytes) -> Answers:
    return check_answers(RUBRIC, read_workbook(content).answers)


def faults(content: bytes) -> list[tuple[str, FaultCode]]:
    with pytest.raises(AnswersError) as caught:
        read_workbook(content)
    return [(fault.place, fault.code) for fault in caught.value.faults]


# what was put in


amounts = st.decimals(0, LARGEST_FIGURE, places=12) | st.decimals(0, 1000, places=2) | st.integers(0, LARGEST_FIGURE)
FIGURES = {
    **{
        figure.id: st.lists(amounts, min_size=1, max_size=YEARS) if figure.kind == "series"
        else st.integers(1, LARGEST_FIGURE) if figure.kind == "count"
        else st.decimals(0, 100, places=12) if figure.kind == "percent"
        else amounts
        for figure in RUBRIC.figures
    }
}  # fmt: skip


def sensible(figures: dict[str, Any], choices: dict[str, tuple[str, ...]], levels: dict[str, int]) -> Answers | None:
    """Answers with figures; None where these cannot be together."""
    written = {item: RUBRIC.question[item].kind.written(letters) for item, letters in choices.items()}
    try:
        return check_answers(RUBRIC, {"answers": written, "figures": figures, "scenarios": levels})
    except AnswersError:
        return None


by_figures = st.builds(sensible, st.fixed_dictionaries({}, optional=FIGURES), st.just({}), partial_levels).filter(
    lambda answers: answers is not None
)
without = st.builds(sensible, st.just({}), partial_choices, partial_levels)


@given(by_figures | without, st.sampled_from(LANGUAGES))
@examples(40)
def test_a_workbook_gives_exactly_the_result_of_the_answers_that_it_was_made_of(
    answers: Answers, language: str
) -> None:
    """In any language, and with every decimal place, though cells hold fifteen digits."""
    assert result_of(read(workbook(report(answers, language)))) == result_of(answers)


@pytest.mark.parametrize(
    "text", ["382.50", "1e3", "0.123456789012", "123456789012345.123456789012", "5.0", "9.95", "1000000000000000"]
)
def test_a_figure_is_read_as_it_was_written(text: str) -> None:
    data = read_json(f'{{"figures": {{"cost_last": {text}}}}}')
    found = read(workbook(report(check_answers(RUBRIC, data)))).figures["cost_last"]
    assert (found, str(found.as_tuple() if isinstance(found, Decimal) else found).count("E")) == (Decimal(text), 0)
    assert format(found, "f") == format(Decimal(text), "f")


def test_a_figure_that_was_changed_is_the_new_one() -> None:
    made = report(check_answers(RUBRIC, {"figures": {"cost_last": Decimal("123456789012345.5")}}))
    assert read(saved(fill(opened(made), {"figure.cost_last": 7.25}))).figures == {"cost_last": Decimal("7.25")}


def test_what_openpyxl_saved_is_read_as_before() -> None:
    assert result_of(read(saved(opened(report(BY_FIGURES))))) == result_of(BY_FIGURES)


def test_the_name_of_the_firm_comes_along() -> None:
    made = opened(report(of_grade(2), firm="某某五金厂"))
    assert read_workbook(saved(made)).answers["firm"] == "某某五金厂"
    assert "firm" not in read_workbook(saved(fill(made, {"firm.name": None}))).answers


def test_an_empty_form_has_no_answers() -> None:
    read = read_workbook(workbook(compose(paper(EMPTY).model_copy(update={"firm": Firm()}))))
    assert read.answers == {"rubric": "miit-2024", "answers": {}, "figures": {}, "scenarios": {}}
    assert set(read.facts.values()) == {""}
    assert read.told == {}


# the firm


WHO = {
    "kind": "provincial", "credit_code": "91350100M000100Y43", "industry": "C3399 金属制品", "region": "江苏省苏州市",
    "contact": "张三 0512-12345678",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_told_of_the_firm_comes_back(language: str) -> None:
    who = Firm.model_validate({"name": "某某五金厂", **WHO})
    made = compose(paper(of_grade(2), language).model_copy(update={"firm": who}))
    for content in (workbook(made), saved(opened(made))):
        assert (read_workbook(content).facts, read_workbook(content).told) == (WHO, WHO)


def told(values: dict[str, Any], language: str = "zh-Hans") -> dict[str, str]:
    """What is read of the firm in an empty form that was filled in."""
    return read_workbook(saved(fill(opened(compose(nobody(language))), values))).told


def nobody(language: str = "zh-Hans") -> Paper:
    return paper(EMPTY, language).model_copy(update={"firm": Firm()})


@pytest.mark.parametrize("typed", CODES_TYPED)
def test_a_credit_code_is_taken_as_people_copy_it(typed: str) -> None:
    assert told({"firm.credit_code": typed}) == {"credit_code": "91350100M000100Y43"}


@pytest.mark.parametrize(
    ("typed", "language"),
    [("小微企业", "zh-Hans"), (" 小微企业\u3000", "zh-Hans"), ("micro", "zh-Hant"), ("small OR micro firm", "en")],
)
def test_a_kind_of_firm_is_told_in_the_language_of_the_form(typed: str, language: str) -> None:
    assert told({"firm.kind": typed}, language) == {"kind": "micro"}


def test_a_telephone_number_may_be_a_number() -> None:
    assert told({"firm.contact": 13800138000}) == {"contact": "13800138000"}


def test_a_form_that_was_made_before_there_were_such_rows_is_read_as_ever() -> None:
    book = opened(report(of_grade(2), firm="某某五金厂"))
    sheet = book.worksheets[0]
    for key, cell in fields(book).items():
        if key.startswith("firm.") and key != "firm.name":
            sheet.cell(cell.row, 1).value = None
    read = read_workbook(saved(book))
    assert (read.answers["firm"], read.facts) == ("某某五金厂", {})
    assert result_of(check_answers(RUBRIC, read.answers)) == result_of(of_grade(2))


# what became of it


def moved(book: Workbook) -> None:
    book.worksheets[0].insert_rows(12, 3)
    book.worksheets[0].insert_cols(4, 2)


def renamed(book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.title = f"{sheet.title} (2)"


def rearranged(book: Workbook) -> None:
    book.move_sheet(book.worksheets[0], 3)


def shortened(book: Workbook) -> None:
    for sheet in book.worksheets[2:]:
        book.remove(sheet)


def noted(book: Workbook) -> None:
    book.create_sheet("说明", 0)["A1"] = "给老王"


@pytest.mark.parametrize("change", [moved, renamed, rearranged, shortened, noted])
def test_whatever_else_is_done_to_it_does_no_harm(change: Callable[[Workbook], None]) -> None:
    book = opened(report(of_grade(3)))
    change(book)
    assert result_of(read(saved(book))) == result_of(of_grade(3))


@pytest.mark.parametrize(
    "tick",
    [
        1,
        1.0,
        True,
        "1",
        "１",
        "✓",
        "√",
        "✔",
        "☑",
        "x",
        "X",
        "v",
        "V",
        "B",
        "b",
        "Ｂ",
        "ｂ",
        " 1 ",
        "\u30001\u3000",
    ],
)
def test_a_tick_may_be_written_in_several_ways(tick: Any) -> None:
    assert read(saved(fill(opened(report(EMPTY)), {"answer.q1.B": tick}))).choices == {"q1": ("B",)}


@pytest.mark.parametrize("nothing", [0, "0", False, " ", "\u3000"])
def test_nothing_may_be_written_too(nothing: Any) -> None:
    """In tables where somebody has written 1 and 0, or has boxes to tick."""
    assert read(saved(fill(opened(report(EMPTY)), {"answer.q1.B": nothing, "answer.q1.C": 1}))).choices == {
        "q1": ("C",)
    }


def test_a_number_may_be_held_as_text() -> None:
    """As in most tables that are pasted from elsewhere."""
    values = {"figure.machines": "200", "figure.pass_rate_before": " 97.5 ", "scenario.quality": "2"}
    answers = read(saved(fill(opened(report(EMPTY)), values)))
    assert (answers.figures, answers.levels) == (
        {"machines": 200, "pass_rate_before": Decimal("97.5")}, {"quality": 2},
    )  # fmt: skip


# what cannot be taken


WRONG: dict[str, tuple[dict[str, Any], FaultCode]] = {
    "tick": ({"answer.q1.B": 2}, FaultCode.UNKNOWN_TICK),
    "tick is a word": ({"answer.q1.B": "是"}, FaultCode.UNKNOWN_TICK),
    "tick is the letter of another option": ({"answer.q1.B": "C"}, FaultCode.UNKNOWN_TICK),
    "tick is two letters": ({"answer.q1.B": "B、C"}, FaultCode.UNKNOWN_TICK),
    "tick is a wildcard": ({"answer.q1.B": "*"}, FaultCode.UNKNOWN_TICK),
    "tick is a date": ({"answer.q1.B": DAY}, FaultCode.UNKNOWN_TICK),
    "two letters": ({"answer.q5.B": 1, "answer.q5.C": 1}, FaultCode.SEVERAL_CHOSEN),
    "none with others": ({"answer.q1.A": 1, "answer.q1.B": 1}, FaultCode.NONE_WITH_OTHERS),
    "level": ({"scenario.quality": 5}, FaultCode.UNKNOWN_LEVEL),
    "half a level": ({"scenario.quality": 1.5}, FaultCode.UNKNOWN_LEVEL),
    "level is a word": ({"scenario.quality": "二级"}, FaultCode.UNKNOWN_LEVEL),
    "level is true": ({"scenario.quality": True}, FaultCode.UNKNOWN_LEVEL),
    "figure is a word": ({"figure.machines": "两百"}, FaultCode.NOT_A_NUMBER),
    "figure has a unit": ({"figure.machines": "200台"}, FaultCode.NOT_A_NUMBER),
    "figure has a comma": ({"figure.cost_last": "1,100"}, FaultCode.NOT_A_NUMBER),
    "figure may be a date": ({"figure.cost_last": "2026-1"}, FaultCode.NOT_A_NUMBER),
    "figure is true": ({"figure.machines": True}, FaultCode.NOT_A_NUMBER),
    "figure is a date": ({"figure.machines": DAY}, FaultCode.NOT_A_NUMBER),
    "figure is negative": ({"figure.cost_last": -1}, FaultCode.NEGATIVE),
    "half a machine": ({"figure.machines": 1.5}, FaultCode.NOT_WHOLE),
    "over hundred": ({"figure.pass_rate_before": 101}, FaultCode.OVER_HUNDRED),
    "formula without a value": ({"figure.cost_last": "=1+1"}, FaultCode.NOT_A_NUMBER),
    "a year is missing": (
        {"figure.revenue.1": 1, "figure.revenue.3": 1, "figure.revenue.2": None}, FaultCode.YEAR_MISSING,
    ),
    "part exceeds whole": ({"figure.machines": 1, "figure.machines_digital": 2}, FaultCode.PART_EXCEEDS_WHOLE),
    "kind of firm": ({"firm.kind": "大厂"}, FaultCode.UNKNOWN_OPTION),
    "credit code became a number": ({"firm.credit_code": 913501000001000000}, FaultCode.CODE_AS_NUMBER),
    "credit code is too short": ({"firm.credit_code": "91350100M000100Y4"}, FaultCode.CODE_LENGTH),
    "credit code has an O": ({"firm.credit_code": "9135010OM000100Y43"}, FaultCode.CODE_SIGN),
    "credit code was copied wrong": ({"firm.credit_code": "91350100M000100Y34"}, FaultCode.CODE_CHECK),
    "region is long": ({"firm.region": "长" * 61}, FaultCode.FACT_LONG),
    "contact is a date": ({"firm.contact": DAY}, FaultCode.SHAPE),
    "contact is true": ({"firm.contact": True}, FaultCode.SHAPE),
    "name is long": ({"firm.name": "长" * 101}, FaultCode.TEXT_LONG),
    "contradiction": (
        {"answer.q2.A": 1, "figure.machines": 2, "figure.machines_digital": 2}, FaultCode.FIGURES_CONTRADICT,
    ),
}  # fmt: skip


SOME = (
    "credit code was copied wrong",
    "tick",
    "two letters",
    "level",
    "figure is a word",
    "a year is missing",
    "contradiction",
)


@pytest.mark.parametrize(
    "name", [name if name in SOME else pytest.param(name, marks=pytest.mark.slow) for name in WRONG]
)
def test_a_fault_names_the_cell(name: str) -> None:
    values, code = WRONG[name]
    book = fill(opened(report(EMPTY)), values)
    cells = fields(book)
    places = {f"{cells[key].parent.title}!{cells[key].coordinate}" for key in values}
    ((place, found),) = faults(saved(book))
    assert found == code
    assert place in places


def test_faults_are_told_down_the_form() -> None:
    """As who corrects them comes upon them."""
    wrong = {"scenario.quality": 5, "answer.q5.B": "是", "figure.machines": "两百", "firm.kind": "大厂"}
    wrong |= {"firm.credit_code": "1"}
    order = ("firm.credit_code", "firm.kind", "figure.machines", "answer.q5.B", "scenario.quality")
    book = fill(opened(report(EMPTY)), wrong)
    cells = fields(book)
    assert [place.rpartition("!")[2] for place, _ in faults(saved(book))] == [cells[key].coordinate for key in order]


def test_an_error_in_a_cell_is_not_taken_for_nothing() -> None:
    book = opened(report(EMPTY))
    cell = fields(book)["figure.machines"]
    cell.value, cell.data_type = "#N/A", "e"
    assert faults(saved(book)) == [(f"{cell.parent.title}!{cell.coordinate}", FaultCode.NOT_A_NUMBER)]


def test_a_key_that_nobody_knows_is_refused() -> None:
    book = opened(report(EMPTY))
    book.worksheets[0]["A12"] = "answer.q99.A"
    assert FaultCode.UNKNOWN_FIELD in [code for _, code in faults(saved(book))]


def test_a_row_that_is_gone_is_missed() -> None:
    """It may have held an answer."""
    book = opened(report(of_grade(2)))
    book.worksheets[0].delete_rows(fields(book)["answer.q5.C"].row)
    assert faults(saved(book)) == [("", FaultCode.ROWS_MISSING)]
    book.remove(book.worksheets[1])
    assert faults(saved(book)) == [("", FaultCode.ROWS_MISSING)]


def test_a_form_that_is_there_twice_is_refused() -> None:
    book = opened(report(EMPTY))
    book.copy_worksheet(book.worksheets[1])
    assert {code for _, code in faults(saved(book))} == {FaultCode.DOUBLED}


def test_a_form_of_an_edition_that_is_not_here() -> None:
    book = fill(opened(report(EMPTY)), {"rubric": "gone-2020"})
    fields(book)["rubric"].parent.cell(2, 9).value = "gone-2020"
    assert faults(saved(book)) == [("rubric", FaultCode.WRONG_RUBRIC)]


# whatever comes


BLANK = workbook(report(EMPTY))


def packed(**parts: bytes) -> bytes:
    """Our workbook with other parts; `workbook_rels` instead of where it says which part is which sheet."""
    kept = BytesIO()
    with ZipFile(BytesIO(BLANK)) as source, ZipFile(kept, "w", ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, parts.get(called(member), source.read(member)))
    return kept.getvalue()


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def called(member: str) -> str:
    """The name of a part without folder and ending."""
    return "workbook_rels" if member == "xl/_rels/workbook.xml.rels" else Path(member).name.partition(".")[0]


def sheet(*cells: bytes) -> bytes:
    return HEAD + b"".join(b"<row>%s</row>" % cell for cell in cells) + b"</sheetData></worksheet>"


with ZipFile(BytesIO(BLANK)) as ours:
    PARTS = {called(member): ours.read(member) for member in ours.namelist()}
RELATIONS = PARTS["workbook_rels"]
ODD = [
    *(b"", b" ", b'"', b"<", b">", b"</c>", b"</v>", b"&#xD800;", b"&x;", b"<![CDATA[x]]>", b"\xff\xfe"),
    *(b'<c r="A1" t="s"><v>999999999</v></c>', b'<c r="ZZ0"/>', b"<v>-1</v>", b"<v>1e999</v>", b"<v/>", b"<f>A1</f>"),
    *(b' t="s"', b' t="b"', b' t="d"', b' t="e"', b' t="inlineStr"', b' s="99999"', b' r=""', b"<si><t/></si>"),
]
"""What may stand anywhere in XML that somebody wrote by hand."""
THEME = RELATIONS.replace(b"worksheets/sheet1", b"theme/theme1")
ALL_THE_FIRST = re.sub(rb"sheet\d", b"sheet1", RELATIONS)
CORNERS = (b'<c r="A1"/>', b'<c r="IV5000"/>')
SHARING = [b'<c r="A%d" t="s"><v>0</v></c>' % row for row in range(1, 5_000)]
LONG = b"<sst><si><t>" + b" " * (15 << 20) + b"</t></si></sst>"
STRANGE = {
    "nothing": b"",
    "not an archive": b"PK\x03\x04 but not really",
    "an archive of something else": packed(workbook=b"<x/>"),
    "cells far apart": packed(sheet1=HEAD + b'<row r="1"><c r="A1"/><c r="XFD1048576"/></row></sheetData></worksheet>'),
    "rows far apart": packed(sheet1=HEAD + b'<row r="1048576"/></sheetData></worksheet>'),
    "cells without a place": packed(sheet1=HEAD + b"<row><c/></row></sheetData></worksheet>"),
    "a text that thousands share": packed(sheet1=sheet(*SHARING), sharedStrings=LONG),
    "the same sheet many times": packed(workbook_rels=ALL_THE_FIRST, sheet1=sheet(*CORNERS)),
    "very many elements": packed(theme1=b"<t>" + b"<x/>" * 1_000_001 + b"</t>"),
    "a very deep element": packed(theme1=b"<x>" * 500_001 + b"</x>" * 500_001),
    "very many attributes": packed(
        theme1=b"<t " + b"".join(b'a%d="" ' % number for number in range(1_000_001)) + b"/>"
    ),
    "a bomb": packed(sharedStrings=b" " * (17 << 20)),
    "entities": packed(sheet1=b'<!DOCTYPE x [<!ENTITY a "a">]>' + HEAD + b"</sheetData></worksheet>"),
    "a sheet that no part is of": packed(workbook=b'<workbook><sheets><sheet name="a"/></sheets></workbook>'),
    "no XML": packed(sheet1=b"<worksheet>"),
    "more than a workbook is": bytes(11 << 20),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_workbook_is_refused_and_costs_nothing(name: str) -> None:
    assert faults(STRANGE[name]) == [("", FaultCode.NOT_A_WORKBOOK)]


def test_only_parts_that_were_looked_through_are_read() -> None:
    endless = sheet(b'<c r="A1"/>', b'<c r="XFD1000000"/>')
    assert faults(packed(workbook_rels=THEME, theme1=endless)) == [("", FaultCode.NO_FORM)]


def test_a_workbook_without_a_form() -> None:
    assert faults(saved(Workbook())) == [("", FaultCode.NO_FORM)]


@given(st.data())
@examples(60)
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(BLANK)
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(AnswersError):
        assert read_workbook(bytes(content)).answers["rubric"] == "miit-2024"


@given(st.data())
@examples(60)
def test_a_workbook_of_damaged_parts_is_read_or_refused(data: st.DataObject) -> None:
    """Inside an archive that is whole, as somebody makes it who means it."""
    part = data.draw(st.sampled_from(["workbook", "workbook_rels", "sheet1", "sheet2", "sharedStrings", "styles"]))
    content = bytearray(PARTS[part])
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.sampled_from(ODD))
    with suppress(AnswersError):
        assert read_workbook(packed(**{part: bytes(content)})).answers["rubric"] == "miit-2024"
