"""The acceptance pack as an official opens it: what is in it, that all of it agrees, and that it never changes."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import chain
from zipfile import ZIP_STORED, ZipFile
from zoneinfo import ZoneInfo

import pytest
from cryptography.exceptions import InvalidSignature
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.reports.comparison import Comparison, comparison
from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.pack import MANIFEST, Pack, pack_file, pack_of_session, signed_part
from bot.reports.paper import record_of
from bot.reports.render import Kind, Piece, render
from bot.reports.signing import Issuer
from bot.reports.sources import before_it, finished_last, finished_session
from bot.reports.typeset import settable
from flows.session import Assessment, Baseline, Firm, Phase
from locales import LANGUAGES
from scoring.answers import Answers, check_answers
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import load_sheet
from tests.bot.support import FIGURES
from tests.reports.firms import BY_FIGURES, LONG, ON, RARE, of_grade, paper, report
from tests.reports.keys import FORGER, OPERATOR
from tests.reports.packs import manifest, of_grades, opened, pack
from tests.reports.test_document import flat
from tests.scoring.strategies import RUBRIC

WHOLE = {
    "zh-Hans": (
        "01 改造前评测报告.pdf",
        "02 改造后评测报告.pdf",
        "03 前后对比.pdf",
        "04 填报表.pdf",
        "04 填报表.xlsx",
        "05 平台登记指标.pdf",
        "06 佐证材料清单.xlsx",
        "07 数据.json",
        "manifest.json",
        "说明.txt",
    ),
    "en": (
        "01 Report before the upgrade.pdf",
        "02 Report after the upgrade.pdf",
        "03 Before and after.pdf",
        "04 Assessment form.pdf",
        "04 Assessment form.xlsx",
        "05 Figures for the platform.pdf",
        "06 Evidence list.xlsx",
        "07 Data.json",
        "Read me.txt",
        "manifest.json",
    ),
}
ALONE = ("02 评测报告.pdf", *WHOLE["zh-Hans"][3:])


def text_of(pdf: bytes) -> str:
    return flat("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


# what is in it


@pytest.mark.parametrize(("language", "said"), [("zh-Hans", "未经现场核验"), ("en", "not verified on site")])
def test_every_page_that_may_be_handed_on_alone_says_whose_word_it_is(language: str, said: str) -> None:
    files = of_grades(2, 1, language)
    sheets = [PdfReader(BytesIO(files[name])) for name in files if name.endswith(".pdf") and name[:2] > "02"]
    assert [said in page.extract_text() for sheet in sheets for page in sheet.pages].count(False) == 0
    assert len(sheets) == 3


@pytest.mark.parametrize("language", WHOLE)
def test_the_names_are_in_the_language_of_the_reader(language: str) -> None:
    assert tuple(of_grades(2, 1, language)) == WHOLE[language]


def test_without_a_result_before_the_pack_says_so() -> None:
    files = of_grades(2, None)
    assert tuple(files) == ALONE
    assert "没有改造前的评测结果" in files["说明.txt"].decode("utf-8-sig")
    assert "没有改造前的评测结果" not in of_grades(2, 1)["说明.txt"].decode("utf-8-sig")
    assert [entry["role"] for entry in manifest(files)["papers"]] == ["after"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_note_lists_every_file_and_opens_in_notepad(language: str) -> None:
    files = of_grades(2, 1, language)
    (note,) = [content for name, content in files.items() if name.endswith(".txt")]
    assert note.startswith(b"\xef\xbb\xbf")
    assert note.count(b"\n") == note.count(b"\r\n")
    lines = note.decode("utf-8-sig").splitlines()
    listed = [name for name in files if not name.endswith(".txt")]
    assert [line for line in lines if line in files] == sorted(listed)


def test_reports_and_workbook_are_the_ones_that_are_had_alone() -> None:
    files, made = of_grades(3, 1), report(of_grade(3), before=of_grade(1))
    assert files["02 改造后评测报告.pdf"] == render(Kind.DOCUMENT, made)
    assert files["04 填报表.xlsx"] == render(Kind.WORKBOOK, made)


# it agrees with itself


def test_the_manifest_digests_everything_else() -> None:
    files = of_grades(3, 1)
    named = manifest(files)["files"]
    assert set(named) == set(files) - {MANIFEST}
    assert all(named[name] == sha256(files[name]).hexdigest() for name in named)


def test_the_pages_carry_the_numbers_of_the_manifest() -> None:
    files = of_grades(3, 1)
    before, after = manifest(files)["papers"]
    for name in ("03 前后对比.pdf", "05 平台登记指标.pdf"):
        text = text_of(files[name])
        assert before["number"] in text
        assert after["number"] in text
    for name in ("02 改造后评测报告.pdf", "03 前后对比.pdf", "04 填报表.pdf", "05 平台登记指标.pdf"):
        assert after["code"] in text_of(files[name])
    assert before["code"] in text_of(files["01 改造前评测报告.pdf"])


def test_the_data_score_to_the_result_beside_them() -> None:
    data = json.loads(opened(pack_file(pack(with_figures(), of_grade(1))))["07 数据.json"])
    assert [paper["role"] for paper in data["papers"]] == ["before", "after"]
    for entry in data["papers"]:
        answers = check_answers(RUBRIC, entry["answers"])
        sheet = load_sheet(RUBRIC.id, entry["result"]["profile"])
        assert json.loads(json.dumps(result_json(sheet, assess(sheet, answers)))) == entry["result"]
        assert entry["result"]["complete"] is True


def with_figures() -> Answers:
    """All answered, some of it by figures."""
    grade = of_grade(2)
    letters = {item: list(chosen) for item, chosen in grade.choices.items() if item not in BY_FIGURES.derivations}
    whole = {item: RUBRIC.question[item].kind.written(tuple(chosen)) for item, chosen in letters.items()}
    figures = {**FIGURES, "digital_investment": [10, 12, 14], "revenue": [80, 1000, 1100]}
    return check_answers(RUBRIC, {"answers": whole, "figures": figures, "scenarios": dict(grade.levels)})


def test_an_operators_signature_is_of_the_whole_manifest() -> None:
    signed = manifest(opened(pack_file(pack(of_grade(2), issuer=Issuer(key=OPERATOR)))))
    OPERATOR.public_key().verify(bytes.fromhex(signed["signature"]), signed_part(signed))
    with pytest.raises(InvalidSignature):
        FORGER.public_key().verify(bytes.fromhex(signed["signature"]), signed_part(signed))
    assert "signature" not in manifest(of_grades(2, None))


# it is final, and it stays as it is


def test_what_is_not_final_makes_no_pack() -> None:
    whole, half = paper(of_grade(2)), paper(BY_FIGURES)
    for after, before, trouble in (
        (half, None, ReportTrouble.NOT_FINAL),
        (whole.model_copy(update={"submitted": False}), None, ReportTrouble.NOT_FINAL),
        (whole, half, ReportTrouble.BEFORE_NOT_FINAL),
    ):
        with pytest.raises(ReportError) as refused:
            Pack(after, before)
        assert refused.value.trouble is trouble


def test_the_same_bytes_from_any_process_in_any_zone() -> None:
    """The other process runs half a day away, with another hash seed."""
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    other = subprocess.run(
        [sys.executable, "-m", "tests.reports.packs"], check=True, capture_output=True, env=environment
    )
    assert other.stdout == pack_file(pack(of_grade(3), of_grade(1)))


def test_members_are_stored_in_order_and_dated_like_the_paper() -> None:
    with ZipFile(BytesIO(pack_file(pack(of_grade(2))))) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    for entry in entries:
        assert entry.compress_type == ZIP_STORED
        assert entry.date_time == (ON.year, ON.month, ON.day, 0, 0, 0)
        assert (entry.create_system, entry.external_attr) == (3, 0o100644 << 16)
        assert entry.filename.isascii() or entry.flag_bits & 0x800


def test_no_member_knows_what_day_it_is() -> None:
    files = of_grades(3, 1)
    for name, content in files.items():
        if name.endswith(".pdf"):
            made = PdfReader(BytesIO(content)).metadata
            assert made
            on = "20260301" if name.startswith("01") else f"{ON:%Y%m%d}"
            assert str(made["/CreationDate"]).startswith(f"D:{on}")


# of what is stored

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2027, 5, 5)


def assessment(number: int, grade: int, finished: datetime, previous: str | None = None) -> Assessment:
    """One that is finished; the seconds matter to nobody."""
    return Assessment(
        id=f"assessment-{number}",
        rubric=RUBRIC.id,
        firm=Firm(name="某某五金厂"),
        record=record_of(of_grade(grade)),
        score="0",
        grade=grade,
        previous=previous,
        started_at=finished,
        finished_at=finished,
    )


FIRST = assessment(1, 1, datetime(2026, 3, 1, 9, tzinfo=UTC))
OTHER = assessment(2, 2, datetime(2026, 6, 1, 9, tzinfo=UTC))
SECOND = assessment(3, 3, datetime(2026, 11, 22, 18, tzinfo=UTC), FIRST.id)
"""A re-check of the first one; in China it is the next day already."""
HISTORY = (SECOND, OTHER, FIRST)


def test_before_is_what_the_recheck_started_from() -> None:
    made = pack_of_session(finished_session(SECOND, "zh-Hans"), before_it(SECOND, HISTORY), TODAY, zone=SHANGHAI)
    assert made.before
    assert (made.before.record, made.before.on) == (FIRST.record, date(2026, 3, 1))
    assert (made.after.record, made.after.on) == (SECOND.record, date(2026, 11, 23))


def test_else_it_is_the_one_finished_before() -> None:
    made = pack_of_session(finished_session(OTHER, "zh-Hans"), before_it(OTHER, HISTORY), TODAY)
    assert made.before
    assert made.before.record == FIRST.record
    assert pack_of_session(finished_session(FIRST, "zh-Hans"), (), TODAY).before is None


def test_the_pack_of_a_fresh_result_is_that_of_the_history() -> None:
    """At the result, the session knows what it started from; later only the history does."""
    baseline = Baseline(id=FIRST.id, record=FIRST.record, finished_at=FIRST.finished_at)
    fresh = finished_session(SECOND, "zh-Hans").but(baseline=baseline)
    later = finished_session(SECOND, "zh-Hans"), before_it(SECOND, HISTORY)
    one, other = pack_of_session(fresh, HISTORY, TODAY), pack_of_session(*later, TODAY + timedelta(days=9))
    assert (one.after, one.before) == (other.after, other.before)


def test_later_answers_change_nothing() -> None:
    """A fourth assessment is under way; the pack of the third one is what it was."""
    under_way = finished_session(SECOND, "zh-Hans").but(id="fourth", finished_at=None, phase=Phase.QUESTIONS)
    found = finished_last(under_way, HISTORY)
    assert found
    before = pack_of_session(finished_session(SECOND, "zh-Hans"), before_it(SECOND, HISTORY), TODAY)
    assert pack_file(pack_of_session(*found, TODAY + timedelta(days=30))) == pack_file(before)
    assert finished_last(under_way, ()) is None


def test_a_baseline_that_stands_in_no_history_is_before_all_the_same() -> None:
    baseline = Baseline(id="gone", record=FIRST.record, finished_at=FIRST.finished_at)
    made = pack_of_session(finished_session(SECOND, "zh-Hans").but(baseline=baseline), (SECOND,), TODAY)
    assert made.before
    assert made.before.record == FIRST.record


# the comparison


@lru_cache
def compared(after: int, before: int, language: str = "zh-Hans") -> tuple[Comparison, str]:
    sides = [report(of_grade(grade), language) for grade in (before, after)]
    later = report(of_grade(after), language, before=of_grade(before))
    made = comparison(sides[0], later, RUBRIC.id)
    return made, text_of(render(Piece.COMPARISON, made))


@pytest.mark.parametrize(("after", "before"), [(3, 1), (1, 4), (2, 2)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_comparison_says_all_that_changed(after: int, before: int, language: str) -> None:
    made, text = compared(after, before, language)
    wanted = [
        *chain.from_iterable((pair.name, pair.before, pair.after) for pair in (*made.headline, *made.dimensions)),
        *(f"{bars.shown_before}→{bars.shown_after}" for bars in made.indicators),
        *chain.from_iterable((*one.dropped, *one.added) for one in made.questions),
        *(f"{one.points_before}→{one.points_after}" for one in made.questions),
        *chain.from_iterable((one.shown_before, one.shown_after) for one in made.scenarios),
        *(f"{field.name}{field.value}" for field in (*made.record_before, *made.record_after)),
        made.counted,
    ]
    assert [entry for entry in settable(wanted) if flat(entry) not in text] == []


def test_what_is_as_it_was_is_not_listed() -> None:
    made, _ = compared(2, 2)
    assert (made.questions, made.scenarios) == ((), ())
    changed, _ = compared(3, 1)
    assert len(changed.questions) == len(RUBRIC.questions)
    assert {one.name for one in changed.scenarios} == {
        f"{item.number}. {item.name}{'*' if item.restrictive else ''}" for item in report(of_grade(3)).scenarios
    }


def test_the_bars_are_told_to_who_cannot_see_them() -> None:
    made, _ = compared(3, 1)
    for bars in made.indicators:
        assert f"{bars.name} {bars.shown_before} → {bars.shown_after}" in made.alternatives["shares"]
    figure = render(Piece.COMPARISON, made)
    assert b"/Alt" in b"".join(_objects(figure))


def _objects(pdf: bytes) -> list[bytes]:
    reader = PdfReader(BytesIO(pdf))
    return [repr(reader.get_object(number)).encode() for number in range(1, len(reader.xref[0]) + 1)]


# the form


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_has_every_option_and_one_tick_for_each_answer(language: str) -> None:
    made = report(of_grade(2), language)
    text = text_of(render(Piece.FORM, made))
    options = [f"{option.letter}.{option.text}" for question in made.questions for option in question.options]
    levels = [requirement for item in made.scenarios for requirement in item.requirements]
    assert [entry[:20] for entry in map(flat, (*options, *levels)) if entry[:12] not in text] == []
    chosen = sum(option.chosen for question in made.questions for option in question.options)
    assert text.count("√") == chosen + len(made.scenarios)


def test_figures_are_in_the_form_as_they_were_given() -> None:
    made = report(BY_FIGURES)
    text = text_of(render(Piece.FORM, made))
    given = [figure for question in made.questions for figure in question.figures if figure.shown]
    assert given
    assert [figure.name for figure in given if flat(f"{figure.name}({figure.unit}){figure.amount}") not in text] == []


@pytest.mark.parametrize("firm", [LONG, RARE])
@pytest.mark.parametrize("piece", [Piece.FORM, Piece.RECORD])
def test_any_name_is_whole(firm: str, piece: Piece) -> None:
    made: Report = report(of_grade(2), firm=firm)
    assert flat(settable(made.firm)) in text_of(render(piece, made))


def test_a_page_to_copy_from_is_one_page() -> None:
    made, _ = compared(3, 1)
    pages = PdfReader(BytesIO(render(Piece.RECORD, made))).pages
    assert len(pages) == 1
    text = text_of(render(Piece.RECORD, made))
    for field in (*made.record_before, *made.record_after):
        assert flat(f"{field.name}{field.value}") in text


def test_the_evidence_list_has_a_line_for_every_claim() -> None:
    made = report(of_grade(2))
    sheet = load_workbook(BytesIO(render(Piece.EVIDENCE, made))).worksheets[0]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
    for question in made.questions:
        assert any(question.item in cell for cell in cells) or question.value == "0"
    for item in made.scenarios:
        assert item.starred in cells or not item.level


@pytest.mark.parametrize(
    ("language", "signed"), [("zh-Hans", "核验人（签字）"), ("en", "Verified by"), ("zh-Hant", "核驗人（簽名）")]
)
def test_the_evidence_list_says_whose_it_is_and_has_a_place_to_sign(language: str, signed: str) -> None:
    told = paper(of_grade(2), language)
    coded = told.model_copy(update={"firm": told.firm.model_copy(update={"credit_code": "91350100M000100Y43"})})
    for made in (compose(coded), compose(told)):
        sheet = load_workbook(BytesIO(render(Piece.EVIDENCE, made))).worksheets[0]
        (title, whose), last = (str(sheet.cell(row, 1).value) for row in (1, 2)), sheet.cell(sheet.max_row, 1)
        assert title == made.labels["evidence_title"]
        codes = [fact.value for fact in made.facts if fact.name == made.labels["credit_code"]]
        assert all(part in whose for part in (made.firm, made.seal.number, *codes))
        assert f"{signed} ___" in str(last.value)
