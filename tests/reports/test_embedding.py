"""The record that a paper carries: found again in its bytes, whole, by whoever has the file."""

from base64 import urlsafe_b64encode
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from pypdf import PdfReader

from bot.reports.compose import compose
from bot.reports.document import document
from bot.reports.embedding import MARK, Carried, carried, embedded
from bot.reports.face import Face, face_of
from bot.reports.paper import Paper
from bot.reports.seal import seal
from bot.reports.signing import Issuer
from flows.identity import LONGEST_NAME
from flows.session import Firm, Record
from tests.reports.firms import BY_FIGURES, EMPTY, HOSTILE, RARE, UNKNOWN, of_grade, paper, papers
from tests.reports.keys import OPERATOR

ISSUER = Issuer("https://shuping.example.org", OPERATOR)


@given(papers)
def test_a_paper_is_read_back_as_it_was(made: Paper) -> None:
    (found,) = carried(embedded(made, "").encode())
    again = Paper.model_validate_json(found.canonical)
    assert again == made
    assert again.canonical() == found.canonical == made.canonical()
    assert seal(again) == seal(made)


def test_the_order_of_answers_changes_nothing() -> None:
    made = paper(of_grade(3))
    turned = Record(
        choices=dict(reversed(made.record.choices.items())), levels=dict(reversed(made.record.levels.items()))
    )
    assert made.model_copy(update={"record": turned}).canonical() == made.canonical()


@pytest.mark.parametrize("name", ["某某五金厂", HOSTILE, RARE + UNKNOWN, None])
def test_a_pdf_carries_it_uncompressed_and_only_once(name: str | None) -> None:
    made = paper(BY_FIGURES, firm=name, before=of_grade(1))
    sealed = ISSUER.seal(made)
    content = document(compose(made, sealed))
    assert carried(content) == (Carried(made.canonical(), bytes.fromhex(sealed.signature)),)
    told = PdfReader(BytesIO(content))
    word = embedded(made, sealed.signature)
    assert told.metadata is not None
    assert str(told.metadata["/Keywords"]) == word
    assert told.xmp_metadata is not None
    assert told.xmp_metadata.pdf_keywords == word


def test_a_pdf_is_of_the_day_of_its_paper() -> None:
    metadata = PdfReader(BytesIO(document(compose(paper(EMPTY))))).metadata
    assert metadata is not None
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == date(2026, 11, 22)


def test_what_is_no_record_is_none() -> None:
    assert carried(b"") == carried(b"shuping: a report, shuping:x") == ()
    assert carried(b"shuping:A") == ()
    one, other = b"A" * 75, b"B" * 75
    found = Carried(one, b"A"), Carried(other, b""), Carried(one, b"")
    words = b"shuping:%(one)s.QQ shuping:%(one)s.QQ shuping:%(other)s shuping:%(one)s"
    assert carried(words % {b"one": urlsafe_b64encode(one), b"other": urlsafe_b64encode(other)}) == found


def test_no_firm_is_named_like_a_record() -> None:
    """Whoever calls themselves so has papers that are genuine all the same."""
    least = Paper(program="1", language="en", rubric="e", profile="p", on=date.min)
    name = f"{MARK}{'A' * LONGEST_NAME}"[:LONGEST_NAME]
    assert len(name) < len(embedded(least, ""))
    made = paper(EMPTY, firm=name)
    assert carried(document(compose(made))) == (Carried(made.canonical(), b""),)


def test_a_word_without_end_is_none_and_soon_told() -> None:
    assert carried(b"shuping:" + b"Q" * 50_000_000) == ()
    assert carried(b"shuping:" * 5_000_000) == ()


def test_more_than_one_record_is_noticed_and_a_million_are_not_kept() -> None:
    assert len(carried(b" ".join(b"shuping:%0100d" % number for number in range(200_000)))) == 3


# the face


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_the_face_is_what_stands_on_the_paper(language: str) -> None:
    made = paper(BY_FIGURES, language).model_copy(
        update={"firm": Firm(name="某某厂", credit_code="91320500MA1MXXXX0A"), "address": ISSUER.address}
    )
    report = compose(made, ISSUER.seal(made))
    face = face_of(report, made)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(document(report))).pages).replace(" ", "")
    for shown in (face.firm, face.edition, face.profile, face.grade, face.score):
        assert "".join(shown.split()) in text.replace("\n", "")
    assert (face.on, face.status, face.program) == (made.on, report.status, made.program)
    assert (face.number, face.code) == (report.seal.number, report.seal.code)


def test_a_face_tells_no_answer() -> None:
    made = paper(of_grade(3))
    told = face_of(compose(made), made).model_dump_json()
    assert Face.model_validate_json(told) == face_of(compose(made), made)
    assert not {*made.record.choices, *made.record.levels} & {*told.replace('"', " ").split()}


def test_an_earlier_program_reads_the_face_of_a_later_one() -> None:
    made = paper(of_grade(3))
    face = face_of(compose(made), made)
    assert Face.model_validate({**face.model_dump(), "colour": "blue"}) == face
