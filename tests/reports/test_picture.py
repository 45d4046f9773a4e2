"""The picture: small enough to send, wide enough for a phone, and made of any report."""

from io import BytesIO
from struct import unpack

import pytest
from hypothesis import given
from pypdf import PdfReader

from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.picture import LARGEST, picture
from bot.reports.typeset import typeset
from locales import LANGUAGES
from tests.reports.firms import LONG, UNBROKEN, every, extremes, of_grade, paper, report, reports
from tests.scoring.strategies import examples

EXTREMES = extremes()
WIDTHS = (960, 840)
TALLEST = 1.8
"""Times its width: messengers make photos of 1,280 pixels' height at most, and text must survive that."""


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height, from the first chunk."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = unpack(">II", BytesIO(png[16:24]).read())
    return width, height


@every()
def test_it_is_as_wide_as_a_phone_and_small(name: str) -> None:
    png = picture(EXTREMES[name])
    width, height = size_of(png)
    assert width == 960 or (width in WIDTHS and name == "English")
    assert 1.2 < height / width < TALLEST
    assert len(png) <= LARGEST


def test_grade_previous_result_and_missing_answers_are_each_drawn() -> None:
    """Whatever differs in the report differs in the picture."""
    whole = report(of_grade(2))
    drawn = [
        picture(made)
        for made in (whole, report(of_grade(1)), report(of_grade(2), before=of_grade(1)), report(of_grade(2), "en"))
    ]
    assert len(set(drawn)) == len(drawn)
    assert picture(report(of_grade(2))) == drawn[0]


def test_letters_are_at_least_eight_points_high() -> None:
    """On a phone, a point is a pixel of the 360 across; the same pages as PDF tell the sizes of their fonts."""
    sizes: set[float] = set()
    for made in (report(of_grade(2)), report(of_grade(2), "en", before=of_grade(1))):
        (page,) = PdfReader(BytesIO(typeset("picture.typ", made, "pdf"))).pages
        page.extract_text(visitor_text=lambda text, _cm, _tm, _font, size: sizes.add(size) if text.strip() else None)
    assert min(sizes) >= 8


def text_of(made: Report) -> str:
    """What is to be read on a picture, line by line: the same page as PDF."""
    return PdfReader(BytesIO(typeset("picture.typ", made, "pdf"))).pages[0].extract_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_first_that_it_is_a_self_assessment(language: str) -> None:
    made = report(of_grade(2), language)
    lines = text_of(made).splitlines()
    assert lines[0].startswith(made.labels["picture"])
    assert any(line.startswith(made.labels["picture_note"]) for line in lines)
    assert {"zh-Hans": "水平自评", "zh-Hant": "水準自評", "en": "self-assessed"}[language] in made.caption


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_name_its_headline_is_the_result(language: str) -> None:
    made = report(of_grade(2), language, firm=None)
    lines = text_of(made).splitlines()
    assert made.labels["none_given"] not in lines
    assert made.grade_name in lines[1]
    assert made.grade_name in made.caption.splitlines()[0]


def test_it_shows_nobodys_telephone_and_no_code_of_the_firm() -> None:
    told = {"credit_code": "91330200144153290E", "contact": "张三 13800138000", "region": "浙江省宁波市"}
    plain = paper(of_grade(2))
    made = compose(plain.model_copy(update={"firm": plain.firm.model_copy(update=told)}))
    shown = text_of(made) + made.caption
    assert not [fact for fact in told.values() if fact in shown]
    assert picture(made) == picture(report(of_grade(2)))


def test_a_missing_type_is_explained() -> None:
    assert "U+2A6A5, U+1F600" in text_of(EXTREMES["rare name"])


@given(reports)
@examples(8)
def test_any_report_has_a_picture(made: Report) -> None:
    png = picture(made)
    assert size_of(png)[0] in WIDTHS
    assert len(png) <= LARGEST


@pytest.mark.parametrize("name", [LONG, UNBROKEN], ids=["long", "unbroken"])
def test_a_long_name_is_whole(name: str) -> None:
    assert "".join(name.split()) in "".join(text_of(report(of_grade(2), "en", firm=name)).split())
