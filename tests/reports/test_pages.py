"""The pages of the document as somebody leafs through them: what stands where, and what is told of drawings."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from pypdf import PageObject, PdfReader

from bot.reports.content import Report
from bot.reports.document import document
from bot.reports.qr import modules
from tests.reports.firms import LONG, UNBROKEN, every, extremes, of_grade, report, reports
from tests.scoring.strategies import examples

EXTREMES = extremes()
EVERY = every()
HEADING = 12.5
"""Points: the size of the type of headings, and of nothing else."""
TOP, FOOT = 790, 40
"""Points from the lower edge: between them is what a page says, beyond them its header and footer."""
LEAST = 8
"""So many lines a page has at least."""
BELOW = 3
"""So many lines stay on the page of their heading."""
MILLIMETRE = 72 / 25.4
QUIET = 4
"""Modules of white that a reader of QR codes needs on each side."""


@lru_cache
def read(name: str) -> PdfReader:
    return PdfReader(BytesIO(document(EXTREMES[name])))


def heights(page: PageObject) -> tuple[set[int], set[int]]:
    """Where lines are, and where headings are, in points from the lower edge."""
    lines, headings = set(), set()

    def note(text: str, moved: list[float], _line: Any, _font: Any, size: float) -> None:
        height = round(moved[5])
        if text.strip() and FOOT < height < TOP:
            lines.add(height)
            if abs(size - HEADING) < 0.1:
                headings.add(height)

    page.extract_text(visitor_text=note)
    return lines, headings


@EVERY
def test_no_heading_stands_alone_at_the_foot_of_a_page(name: str) -> None:
    headings_have_company(read(name))


LIMITED = "Ningbo Precision Hardware Co., Ltd."


@pytest.mark.parametrize(
    ("name", "language", "shown"),
    [
        (LIMITED, "en", LIMITED),
        (LONG[:30], "zh-Hans", LONG[:30]),
        (LONG, "zh-Hans", LONG[:30]),
        (UNBROKEN, "en", UNBROKEN[:20]),
    ],
)
def test_the_head_of_a_page_tells_as_much_of_a_name_as_there_is_room_for(name: str, language: str, shown: str) -> None:
    reader = PdfReader(BytesIO(document(report(of_grade(2), language, firm=name))))
    text = "".join(reader.pages[1].extract_text().split())
    assert "".join(shown.split()) in text
    assert ("…" in text) is (name != shown)


def headings_have_company(reader: PdfReader) -> None:
    pages = [heights(page) for page in reader.pages]
    assert sum(len(headings) for _, headings in pages) >= 7
    for (lines, headings), following in zip(pages, [*pages[1:], None], strict=True):
        ended = following is None or max(following[0]) in following[1]  # the section is whole, however short
        for heading in headings:
            below = sum(line < heading - 2 for line in lines)
            assert below >= (1 if ended else BELOW)


@EVERY
def test_no_page_holds_only_a_line_or_two(name: str) -> None:
    assert min(len(heights(page)[0]) for page in read(name).pages) >= LEAST


@given(reports)
@examples(12)
def test_so_it_is_with_any_firm(made: Report) -> None:
    reader = PdfReader(BytesIO(document(made)))
    headings_have_company(reader)
    assert min(len(heights(page)[0]) for page in reader.pages) >= LEAST


@pytest.mark.parametrize("grade", range(5))
def test_a_result_is_told_on_four_pages(grade: int) -> None:
    assert len(read(f"grade {grade}").pages) == 4


@pytest.mark.parametrize("grade", range(1, 5))
def test_with_what_was_before_it_is_told_on_four_pages_too(grade: int) -> None:
    made = report(of_grade(grade), before=of_grade(grade - 1))
    assert len(PdfReader(BytesIO(document(made))).pages) == 4


@pytest.mark.parametrize("grade", range(5))
def test_in_english_five_pages_are_enough(grade: int) -> None:
    made = report(of_grade(grade), "en", firm=LIMITED)
    assert len(PdfReader(BytesIO(document(made))).pages) <= 5


@EVERY
def test_result_and_points_are_on_the_first_page(name: str) -> None:
    made = EXTREMES[name]
    assert f"2{made.labels['structure']}".replace(" ", "") in texts(name)[0]


@EVERY
def test_the_table_of_indicators_is_on_one_page(name: str) -> None:
    made = EXTREMES[name]
    first = f"{made.indicators[0].name}{made.indicators[0].points}".replace(" ", "")
    (page,) = (text for text in texts(name) if first in text)
    assert f"{made.total.name}{made.total.shown}{made.total.shown_most}".replace(" ", "") in page


@EVERY
def test_the_last_rows_of_a_table_do_not_part(name: str) -> None:
    """So no page repeats the head of a table for one row, or for its sum alone."""
    made = EXTREMES[name]
    *_, before, last = made.questions
    *_, one, other = made.scenarios
    total = f"{made.total.name}{made.total.shown}"
    for together in (
        [f"{before.number}.{before.item}{before.indicator}", f"{last.number}.{last.item}{last.indicator}", total],
        [f"{one.number}.{one.name}{one.group}", f"{other.number}.{other.name}{other.group}"],
    ):
        plain = ["".join(text.split()) for text in together]
        assert any(all(text in page for text in plain) for page in texts(name))


@lru_cache
def texts(name: str) -> list[str]:
    """The pages as text without spaces."""
    return ["".join(page.extract_text().split()) for page in read(name).pages]


@EVERY
def test_every_page_carries_number_and_code(name: str) -> None:
    sealed = EXTREMES[name].seal
    for page in texts(name):
        assert sealed.number in page
        assert sealed.code in page


@EVERY
def test_no_name_runs_over_the_edge_of_a_page(name: str) -> None:
    """No line has more of a name than fits: 170 mm are 482 points, and a Latin letter takes half of its size or so."""
    firm = EXTREMES[name].firm
    for page in read(name).pages:
        for size, line in lines_of(page):
            widths = (0.45 if sign.isascii() else 1.0 for sign in line)
            assert line not in firm or size * sum(widths) <= 170 * MILLIMETRE


def lines_of(page: PageObject) -> list[tuple[float, str]]:
    """What is drawn at a time, with its size."""
    drawn: list[tuple[float, str]] = []
    page.extract_text(visitor_text=lambda text, _cm, _tm, _font, size: drawn.append((size, text.strip())))
    return drawn


# what is told of drawings


def tags(node: Any) -> Iterator[Any]:
    """The structure of a document, from its root on."""
    entry = node.get_object()
    if isinstance(entry, list):
        for one in entry:
            yield from tags(one)
    elif isinstance(entry, dict):
        yield entry
        if "/K" in entry:
            yield from tags(entry["/K"])


@EVERY
def test_every_drawing_is_told_in_words(name: str) -> None:
    root: Any = read(name).trailer["/Root"]
    told = [entry.get("/Alt") for entry in tags(root["/StructTreeRoot"]) if entry.get("/S") == "/Figure"]
    alternatives = EXTREMES[name].alternatives
    assert told == [alternatives["code"], alternatives["score"], alternatives["shares"]]


@EVERY
def test_headings_are_tagged_and_numbered(name: str) -> None:
    root: Any = read(name).trailer["/Root"]
    made = EXTREMES[name]
    headings = [entry for entry in tags(root["/StructTreeRoot"]) if entry.get("/S") == "/H1"]
    sections = 8 + bool(made.plan.lines) + bool(made.before) + any(f.shown for q in made.questions for f in q.figures)
    assert len(headings) == sections


# the code


def drawn(page: PageObject) -> tuple[tuple[str, ...], float]:
    """The QR code of a page as rows of modules, and how wide it is, in points, without its quiet zone."""
    content: Any = page.get_contents()
    shapes: list[list[tuple[float, float]]] = [[]]
    for operands, operator in content.operations:
        if operator in (b"m", b"l"):
            shapes[-1].append((float(operands[0]), float(operands[1])))
        elif operator in (b"f", b"f*"):
            shapes.append([])
    points = max(shapes, key=len)
    runs = [points[start : start + 4] for start in range(0, len(points), 4)]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    module = min(run[2][1] - run[0][1] for run in runs)
    size = round((max(x for x, _ in points) - left) / module)
    rows = [["0"] * size for _ in range(size)]
    for (start, y), (end, _), *_ in runs:
        row = rows[round((y - top) / module)]
        row[round((start - left) / module) : round((end - left) / module)] = "1" * round((end - start) / module)
    return tuple(map("".join, rows)), module * size


@pytest.mark.parametrize("name", ["grade 2", "signed"])
def test_a_telephone_can_read_the_code(name: str) -> None:
    rows, width = drawn(read(name).pages[0])
    wanted = modules(EXTREMES[name].seal.link)
    assert rows == wanted
    module = width / len(rows)
    assert width + 2 * QUIET * module >= 25 * MILLIMETRE
    assert module >= 0.5 * MILLIMETRE


# who signs


def test_a_paper_tells_who_it_is_about_and_how_it_can_be_checked() -> None:
    made = EXTREMES["signed"]
    text = "".join(texts("signed"))
    for field in (*made.facts, *made.colophon):
        assert f"{field.name}{field.value}".replace(" ", "") in text
    assert "91350100M000100Y43" in text
    assert "https://shuping.example.gov.cn/verify" in text
    assert made.colophon[-1].value != EXTREMES["grade 2"].colophon[-1].value
    assert made.checking.lines[-1] != EXTREMES["grade 2"].checking.lines[-1]


# the same again

ELSEWHERE = """
import sys
from bot.reports.document import document
from tests.reports.firms import of_grade, report
sys.stdout.buffer.write(document(report(of_grade(2), before=of_grade(1))))
"""


def test_the_same_paper_is_the_same_file_whoever_makes_it_and_when() -> None:
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    other = subprocess.run([sys.executable, "-c", ELSEWHERE], env=environment, capture_output=True, check=True).stdout
    assert other == document(report(of_grade(2), before=of_grade(1)))


def test_a_paper_is_dated_by_its_own_day() -> None:
    metadata: Any = read("grade 2").metadata
    assert metadata["/CreationDate"] == metadata["/ModDate"] == "D:20261122000000Z"
