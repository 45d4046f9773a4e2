"""Is a workbook the one that was made, and if not, does it still hold the same answers?"""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.compose import compose
from bot.reports.embedding import MARK
from bot.reports.paper import Paper
from bot.reports.signing import Issuer
from bot.reports.verdict import Finding, Keys, Signature, Verdict
from bot.reports.verify import verify
from tests.reports.firms import BY_FIGURES, EMPTY, HOSTILE, of_grade, paper, papers
from tests.reports.keys import OPERATOR
from tests.reports.sheets import fields, loaded, written

ISSUER = Issuer("https://shuping.example.org", OPERATOR)
KEYS = Keys(operator=OPERATOR.public_key())
FIRM_A, FIRM_B = paper(BY_FIGURES, firm="甲五金制品有限公司", before=of_grade(1)), paper(of_grade(3), firm="乙厂")


def made(of: Paper) -> bytes:
    return written(compose(of, ISSUER.seal(of)))


def saved(content: bytes, change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    """As another program saves it, after somebody has changed it."""
    book = loaded(content)
    change(book)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def at(book: Workbook, key: str) -> tuple[Worksheet, int]:
    """The row of a form with this key."""
    for sheet in book.worksheets:
        for row in range(1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == key:
                return sheet, row
    raise AssertionError(key)


def fill(key: str, value: object) -> Callable[[Workbook], None]:
    """Somebody fills in a cell."""

    def change(book: Workbook) -> None:
        sheet, row = at(book, key)
        column = next(
            cell.column for cell in sheet[1] if cell.value == ("text" if key.startswith("firm.") else "value")
        )
        sheet.cell(row, column).value = value

    return change


@pytest.mark.parametrize("of", [FIRM_A, FIRM_B, paper(BY_FIGURES, "en"), paper(of_grade(2), "zh-Hant", HOSTILE)])
def test_what_the_program_made_is_genuine(of: Paper) -> None:
    verdict = verify(made(of), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.OPERATOR)
    assert verdict.genuine(KEYS)


@given(papers)
@settings(max_examples=5, deadline=None)
def test_one_that_was_saved_anew_still_holds_its_answers(of: Paper) -> None:
    verdict = verify(saved(made(of)), KEYS)
    assert (verdict.finding, verdict.others) in ((Finding.SAVED, ()), (Finding.NONE, ()))  # an empty form carries none
    assert not verdict.genuine(KEYS)


def test_what_is_filled_in_otherwise_is_named() -> None:
    better = verify(saved(made(FIRM_A), fill("scenario.marketing", 4)), KEYS)
    assert (better.finding, better.signature) == (Finding.FILLED, Signature.OPERATOR)
    (named,) = better.others
    assert "营销" in named
    assert verify(saved(made(FIRM_A), fill("firm.name", "丙厂")), KEYS).others == ("企业名称",)
    assert len(verify(saved(made(FIRM_A), fill("answer.q1.D", 1)), KEYS).others) == 1


def test_facts_of_the_firm_that_were_filled_in_otherwise_are_named() -> None:
    told = {"credit_code": "91350100M000100Y43", "region": "苏州市"}
    of = FIRM_A.model_copy(update={"firm": FIRM_A.firm.model_copy(update=told)})
    assert verify(saved(made(of)), KEYS).finding is Finding.SAVED
    for key, value, name in (
        ("credit_code", "91310000MA1FL5RW1Q", "统一社会信用代码"), ("credit_code", None, "统一社会信用代码"),
        ("region", "昆山市", "所在地区"), ("contact", "李四", "联系人"), ("kind", "小微企业", "企业类别"),
    ):  # fmt: skip
        verdict = verify(saved(made(of), fill(f"firm.{key}", value)), KEYS)
        assert (verdict.finding, verdict.others) == (Finding.FILLED, (name,))


def test_a_form_that_was_made_before_there_were_such_rows_holds_the_same() -> None:
    def without_rows(book: Workbook) -> None:
        for fact in ("credit_code", "kind", "industry", "region", "contact"):
            sheet, row = at(book, f"firm.{fact}")
            sheet.cell(row, 1).value = None

    assert verify(saved(made(FIRM_A), without_rows), KEYS).finding is Finding.SAVED


def test_what_cannot_be_read_is_named_by_its_cell() -> None:
    broken = verify(saved(made(FIRM_A), fill("scenario.marketing", "很高")), KEYS)
    assert broken.finding is Finding.FILLED
    assert all("!" in place for place in broken.others)


def test_a_row_that_was_taken_out_is_told_in_a_sentence() -> None:
    def take_out(book: Workbook) -> None:
        book.worksheets[0].delete_rows(fields(book)["answer.q5.C"].row)

    (told,) = verify(saved(made(FIRM_A), take_out), KEYS).others
    assert "有些行不见了（q5）" in told


def test_another_score_on_the_sheet_leaves_no_original() -> None:
    """Formulas and texts are not compared: the grade is that of the answers, and it is told."""

    def better(book: Workbook) -> None:
        for row in book.worksheets[-1].iter_rows(max_row=8):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cell.value = 100

    verdict = verify(saved(made(FIRM_A), better), KEYS)
    assert (verdict.finding, verdict.genuine(KEYS)) == (Finding.SAVED, False)
    assert verdict.face is not None
    assert verdict.face.score == "32.14"


def carrying(book: Workbook) -> list[Cell]:
    """The cells that hold what a workbook is made of."""
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return [cell for cell in cells if isinstance(cell, Cell) and str(cell.value).startswith(MARK)]


def test_the_record_of_another_firm_does_not_agree_with_the_cells() -> None:
    (other,) = carrying(load_workbook(BytesIO(made(FIRM_B))))

    def swap(book: Workbook) -> None:
        for cell in carrying(book):
            cell.value = other.value

    verdict = verify(saved(made(FIRM_A), swap), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.FILLED, Signature.OPERATOR)
    assert "企业名称" in verdict.others


def test_one_whose_record_was_taken_out_carries_none() -> None:
    def take_out(book: Workbook) -> None:
        for cell in carrying(book):
            cell.value = None

    assert verify(saved(made(FIRM_A), take_out), KEYS) == Verdict(Finding.NONE)


def test_an_empty_form_is_nobodys() -> None:
    assert verify(made(paper(EMPTY)), KEYS) == Verdict(Finding.NONE)
