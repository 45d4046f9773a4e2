"""Is it what this program made of these answers? What a forger may try, and what a stranger's file may do."""

import json
import re
import struct
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from io import BytesIO
from time import process_time
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from bot.reports.compose import compose
from bot.reports.document import document
from bot.reports.embedding import MARK, embedded
from bot.reports.paper import Paper
from bot.reports.picture import picture
from bot.reports.seal import seal
from bot.reports.signing import NOBODY, Issuer
from bot.reports.verdict import Finding, Keys, Signature, Verdict
from bot.reports.verify import LARGEST, verify
from flows.session import EnergyUse
from tests.examples import tries
from tests.reports.firms import BY_FIGURES, EMPTY, HOSTILE, LONG, ON, RARE, UNKNOWN, of_grade, paper, papers
from tests.reports.keys import FORGER, OPERATOR
from tests.scoring.strategies import RUBRIC

SITE = "https://shuping.example.org"
ISSUER = Issuer(SITE, OPERATOR)
KEYS = Keys(operator=OPERATOR.public_key())
FIRM_A = paper(BY_FIGURES, firm="甲五金制品有限公司").model_copy(update={"address": SITE})
FIRM_B = paper(of_grade(3), firm="乙精密机械有限公司").model_copy(update={"address": SITE})
FUEL = next(iter(RUBRIC.fuel))
SECONDS = 5.0
"""Of one processor, for whatever anybody hands in; many times what it takes, since machines are busy."""


def made(of: Paper, issuer: Issuer = ISSUER) -> bytes:
    return document(compose(of, issuer.seal(of)))


def word(of: Paper, signature: str = "") -> bytes:
    return embedded(of, signature).encode()


def record(data: Any) -> bytes:
    """A record with these data, as a stranger may write it."""
    content = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False, sort_keys=True).encode()
    return MARK.encode() + urlsafe_b64encode(content).rstrip(b"=")


GENUINE_A = made(FIRM_A)
SIGNED_A = word(FIRM_A, ISSUER.seal(FIRM_A).signature)
SIGNED_B = word(FIRM_B, ISSUER.seal(FIRM_B).signature)


# what is genuine


@pytest.mark.parametrize(
    "of",
    [
        *(paper(of_grade(grade)) for grade in range(5)),
        paper(EMPTY, firm=None),
        paper(BY_FIGURES, "en", firm=LONG[:100], before=of_grade(4)),
        paper(BY_FIGURES, "zh-Hant", firm=RARE + UNKNOWN),
        paper(of_grade(3), firm=HOSTILE, profile="platform"),
    ],
)
def test_what_the_program_made_is_genuine_and_says_what_stands_on_it(of: Paper) -> None:
    verdict = verify(made(of), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.OPERATOR)
    assert verdict.genuine(KEYS)
    assert verdict.face is not None
    sealed = ISSUER.seal(of)
    assert (verdict.face.number, verdict.face.code, verdict.face.on) == (sealed.number, sealed.code, ON)


@given(papers)
@settings(max_examples=tries(10), deadline=None)
def test_any_paper_is_known_again(of: Paper) -> None:
    verdict = verify(made(of, NOBODY))
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.UNSIGNED)


def test_energy_told_in_any_order_is_the_same_paper() -> None:
    amounts = dict(zip(RUBRIC.fuel, (3, 310, 2), strict=False))

    def told(names: list[str]) -> Paper:
        use = EnergyUse.model_validate({"consumed": {name: amounts[name] for name in names}})
        return FIRM_A.model_copy(update={"record": FIRM_A.record.model_copy(update={"energy": {"energy_last": use}})})

    assert made(told([*amounts])) == made(told([*reversed(amounts)]))
    assert verify(made(told([*reversed(amounts)])), KEYS).genuine(KEYS)


# whose it is


def test_unsigned_papers_are_what_they_say_but_nobodys() -> None:
    unsigned = made(FIRM_A, Issuer(SITE))
    assert (verify(unsigned).finding, verify(unsigned).signature) == (Finding.GENUINE, Signature.UNSIGNED)
    assert verify(unsigned).genuine(Keys())
    assert not verify(unsigned, KEYS).genuine(KEYS)  # whoever has a key takes no unsigned paper for its owner's


def test_a_key_that_was_given_says_whose_it_is() -> None:
    both = Keys(operator=FORGER.public_key(), given=OPERATOR.public_key())
    for keys in (Keys(given=OPERATOR.public_key()), both):
        assert verify(GENUINE_A, keys).signature is Signature.GIVEN
        assert verify(GENUINE_A, keys).genuine(keys)


def test_whose_key_was_given_is_asked_for_and_not_the_operator() -> None:
    """An adviser with a key of their own asks whether a paper is the bureau's."""
    both = Keys(operator=OPERATOR.public_key(), given=FORGER.public_key())
    verdict = verify(GENUINE_A, both)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.OPERATOR)
    assert not verdict.genuine(both)


def test_without_a_key_nobody_knows_whose_a_signature_is() -> None:
    assert verify(GENUINE_A).signature is Signature.UNKNOWN


def test_another_ones_signature_is_not_the_operators() -> None:
    forged = verify(made(FIRM_A, Issuer(SITE, FORGER)), KEYS)
    assert (forged.finding, forged.signature) == (Finding.GENUINE, Signature.FOREIGN)
    assert not forged.genuine(KEYS)


# what a forger may try


def test_a_page_drawn_otherwise_in_a_pdf_that_keeps_its_record() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(GENUINE_A)))
    other = DecodedStreamObject()
    other.set_data(b"BT ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(other)
    kept = BytesIO()
    writer.write(kept)
    verdict = verify(kept.getvalue(), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.CHANGED, Signature.OPERATOR)
    assert not verdict.genuine(KEYS)


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_any_byte_that_is_changed_is_noticed(place: float) -> None:
    at = round(len(GENUINE_A) * place)
    changed = GENUINE_A[:at] + bytes([GENUINE_A[at] ^ 1]) + GENUINE_A[at + 1 :]
    assert not verify(changed, KEYS).genuine(KEYS)


def test_pages_added_at_the_end() -> None:
    assert verify(GENUINE_A + b"\n1 0 obj <<>> endobj\n%%EOF", KEYS).finding is Finding.CHANGED


def test_a_better_record_in_an_old_paper_has_no_signature_that_fits() -> None:
    better = paper(of_grade(4), firm="甲五金制品有限公司").model_copy(update={"address": SITE})
    swapped = GENUINE_A.replace(SIGNED_A, word(better, ISSUER.seal(FIRM_A).signature))
    verdict = verify(swapped, KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.CHANGED, Signature.FOREIGN)


def test_the_record_of_one_firm_in_the_paper_of_another() -> None:
    verdict = verify(GENUINE_A.replace(SIGNED_A, SIGNED_B), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.CHANGED, Signature.OPERATOR)
    assert verdict.face is not None
    assert verdict.face.firm == "乙精密机械有限公司"  # what the record says, to be compared with the pages
    assert not verdict.genuine(KEYS)


def test_both_records_in_one_paper() -> None:
    assert verify(GENUINE_A.replace(SIGNED_A, SIGNED_B, 1), KEYS) == Verdict(Finding.DAMAGED)


def test_a_signature_taken_off() -> None:
    verdict = verify(GENUINE_A.replace(SIGNED_A, word(FIRM_A)), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.CHANGED, Signature.UNSIGNED)
    assert seal(FIRM_A).code != ISSUER.seal(FIRM_A).code  # nor is its code the one that was handed out


def test_the_signature_of_another_paper() -> None:
    verdict = verify(document(compose(FIRM_B, seal(FIRM_B, ISSUER.seal(FIRM_A).signature))), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.FOREIGN)
    assert not verdict.genuine(KEYS)


def test_what_was_signed_for_another_purpose_is_no_signature_of_a_paper() -> None:
    elsewhere = OPERATOR.sign(FIRM_A.canonical()).hex()
    assert verify(document(compose(FIRM_A, seal(FIRM_A, elsewhere))), KEYS).signature is Signature.FOREIGN


def test_a_place_for_checking_that_is_the_forgers_own() -> None:
    elsewhere = FIRM_A.model_copy(update={"address": "https://shuping.example.net"})
    replayed = compose(elsewhere, seal(elsewhere, ISSUER.seal(FIRM_A).signature))
    assert verify(document(replayed), KEYS).signature is Signature.FOREIGN


# what cannot be compared


def test_pages_of_another_version_are_genuine_only_if_they_are_the_same() -> None:
    older = made(FIRM_A.model_copy(update={"program": "0.0.9"}))
    assert verify(older, KEYS).finding is Finding.GENUINE
    verdict = verify(older.replace(b"/Type/Page", b"/Type /Page", 1), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.UNCOMPARED, Signature.OPERATOR)
    assert not verdict.genuine(KEYS)


def test_pages_of_another_typesetter_are_not_compared() -> None:
    other = re.sub(rb"Typst \d+\.\d+\.\d+", b"Typst 0.16.0", GENUINE_A)
    assert verify(other, KEYS).finding is Finding.UNCOMPARED


def test_pages_that_may_have_been_set_in_fonts_of_an_operators_own_are_not_compared() -> None:
    rare = made(paper(of_grade(2), firm=f"厂{UNKNOWN}"))
    assert verify(rare, KEYS).finding is Finding.GENUINE
    assert verify(rare + b" ", KEYS).finding is Finding.UNCOMPARED


@pytest.mark.parametrize(
    "data", [{"form": 2, "program": "0.1.0"}, {"program": "0.2.0", "new": 1}, {"program": "1.0.0", "language": "fr"}]
)
def test_what_a_newer_program_made_is_said_to_be_so(data: dict[str, Any]) -> None:
    verdict = verify(record({**json.loads(FIRM_A.canonical()), **data}))
    assert (verdict.finding, verdict.program) == (Finding.NEWER, data["program"])


def test_an_edition_that_is_not_here_is_named() -> None:
    verdict = verify(record(FIRM_A.model_copy(update={"rubric": "county-2031"}).canonical()))
    assert (verdict.finding, verdict.edition) == (Finding.EDITION, "county-2031")


def test_a_picture_carries_no_record() -> None:
    assert verify(picture(compose(FIRM_A))) == Verdict(Finding.PICTURE)


# what strangers hand in


def but(**changes: Any) -> dict[str, Any]:
    """A record in which something is other than the program writes it."""
    return {**json.loads(FIRM_A.canonical()), **changes}


BAD_RECORDS: dict[str, Any] = {
    "no JSON": b"{" + b" " * 100,
    "no object": b"[" + b" " * 100 + b"]",
    "nothing": b"{" + b" " * 100 + b"}",
    "deep": b"[" * 100_000,
    "deep inside": b'{"record":' * 10_000,
    "a key twice": b'{"on":"2026-11-22",' + FIRM_A.canonical()[1:],
    "not in its form": FIRM_A.canonical().replace(b'":"', b'": "'),
    "a field of its own": but(score="100"),
    "a language": but(language="../../etc"),
    "a profile": but(profile="mine"),
    "a name without end": but(firm={"name": "厂" * 30_000}),
    "a name of two lines": but(firm={"name": "甲厂\n综合等级：四级"}),
    "a name with what is not seen": but(firm={"name": "甲\u202e厂"}),
    "a fact that is too long": but(firm={"contact": "厂" * 61}),
    "a credit code that no firm has": but(firm={"credit_code": "91350100M000100Y44"}),
    "a credit code in words": but(firm={"credit_code": "已由市工信局核验"}),
    "a version in words": but(program="0.1.0 已由市工信局现场核验"),
    "a page in words": but(address="https://shuping.example.org 已由市工信局现场核验"),
    "a page of another kind": but(address="javascript:alert"),
    "committed to before it was answered": but(committed="2020-01-01"),
    "committed to and not handed in": but(submitted=False, committed="2026-11-22"),
    "an option": but(record={"choices": {"q1": ["Z"]}}),
    "a question": but(record={"choices": {"q99": ["A"]}}),
    "no options": but(record={"choices": {"q1": []}}),
    "two of one": but(record={"choices": {"q5": ["B", "C"]}}),
    "a level": but(record={"levels": {"marketing": 99}}),
    "a figure": but(record={"figures": {"machines": "1E+999999999"}}),
    "no number": but(record={"figures": {"machines": "NaN"}}),
    "a fuel": but(record={"energy": {"energy_last": {"consumed": {"x": "1"}}}}),
    "an amount": but(record={"energy": {"energy_last": {"consumed": {FUEL: "1E+99999999"}}}}),
    "energy of people": but(record={"energy": {"machines": {"consumed": {FUEL: "1"}}}}),
    "a day": but(on="0000-00-00"),
    "the edition": but(rubric=["miit-2024"]),
    "the time before": but(before={"rubric": "miit-2024", "record": {"levels": {"marketing": 99}}}),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_a_record_that_nobody_can_have_made_is_damaged(name: str) -> None:
    began = process_time()
    verdict = verify(b"%PDF-1.7\n" + record(BAD_RECORDS[name]))
    assert (verdict.finding, verdict.face) == (Finding.DAMAGED, None)
    assert process_time() - began < SECONDS


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time(day: str) -> None:
    of = Paper.model_validate_json(FIRM_A.canonical().replace(b"2026-11-22", day.encode()))
    assert verify(made(of), KEYS).finding is Finding.GENUINE


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_some_finding(content: bytes) -> None:
    for shape in (content, b"%PDF-" + content, b"PK\x03\x04" + content, record(content), b"%PDF-" + record(content)):
        assert not verify(shape, KEYS).genuine(KEYS)


@given(st.integers(0, len(FIRM_A.canonical()) - 1), st.binary(min_size=1, max_size=3))
@settings(deadline=None, max_examples=tries(50))
def test_a_record_with_a_few_other_bytes_is_never_the_operators(at: int, other: bytes) -> None:
    canonical = FIRM_A.canonical()
    changed = canonical[:at] + other + canonical[at + len(other) :]
    signature = SIGNED_A.rpartition(b".")[2]
    verdict = verify(record(changed) + b"." + signature, KEYS)
    assert (verdict.signature is Signature.OPERATOR) == (changed == canonical)


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    assert verify(b"%PDF-1.7\n" + bytes(LARGEST)) == Verdict(Finding.LARGE)


def test_keywords_without_end() -> None:
    began = process_time()
    assert verify(b"%PDF-1.7\n/Keywords(shuping:" + b"Q" * (LARGEST - 100) + b")") == Verdict(Finding.NONE)
    assert verify(b"%PDF-1.7\n" + b"shuping:" * (LARGEST // 9)) == Verdict(Finding.NONE)
    assert verify(b"%PDF-1.7\n" + (b"shuping:%s " % (b"Q" * 100)) * (LARGEST // 110)).finding is Finding.DAMAGED
    assert process_time() - began < SECONDS


# ZIPs


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


def test_a_zip_of_something_else_carries_no_record() -> None:
    assert verify(zipped({"a.txt": b"hello"})) == Verdict(Finding.NONE)


def test_a_bomb_does_not_go_off() -> None:
    bombs = zipped({"xl/workbook.xml": bytes(100 << 20)}), zipped({f"{number}": b"" for number in range(2_000)})
    began = process_time()
    assert [verify(bomb) for bomb in bombs] == [Verdict(Finding.LARGE)] * 2
    assert process_time() - began < SECONDS


def many_members() -> tuple[bytes, bytes]:
    """Two million bytes of entries, and what stands before them."""
    small = zipped({"xl/workbook.xml": b""})
    start, end = small.index(b"PK\x01\x02"), small.index(b"PK\x05\x06")
    return small[start:end] * 30_000, small[:start]


def an_end_in_an_end() -> bytes:
    """The inner one is cut short: how long the list is, stands in the outer one alone."""
    entries, before = many_members()
    return before + entries + struct.pack("<4s2H4s2IH", b"PK\5\6", 0, 0, b"PK\5\6", len(entries), len(before), 0)


def a_wide_end_behind_a_long_comment() -> bytes:
    """The end says that there is nothing; the wide one, as far from the end of the file as can be, says how much."""
    entries, before = many_members()
    at = len(before + entries)
    wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 30_000, 30_000, len(entries), len(before))
    where = struct.pack("<4sIQI", b"PK\6\7", 0, at, 1)
    return (
        before + entries + wide + where + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0xFFFF) + bytes(0xFFFF)
    )


@pytest.mark.parametrize("made", [an_end_in_an_end, a_wide_end_behind_a_long_comment])
def test_an_archive_cannot_hide_how_many_members_it_has(made: Callable[[], bytes]) -> None:
    content = made()
    assert len(zipfile.ZipFile(BytesIO(content)).infolist()) == 30_000
    with patch("bot.reports.unpacking.ZipFile", side_effect=AssertionError("the list is read")):
        assert verify(content) == Verdict(Finding.DAMAGED)


def test_what_lies_about_its_size() -> None:
    content = bytearray(zipped({"xl/workbook.xml": bytes(50 << 20)}))
    directory = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 10)
    assert verify(bytes(content)) == Verdict(Finding.DAMAGED)


@pytest.mark.parametrize(
    "broken",
    [
        b"PK\x03\x04",
        zipped({"a": b"b"})[:-5],
        zipped({"a": b"b"}, zipfile.ZIP_LZMA),
        zipped({"a": b"b"}, zipfile.ZIP_BZIP2),
        zipped({"a": b"b"}, zipfile.ZIP_STORED).replace(b"b", b"c", 1),
    ],
    ids=["no more than a mark", "cut off", "lzma", "bzip2", "another sum"],
)
def test_a_zip_that_cannot_be_read_is_damaged(broken: bytes) -> None:
    assert verify(broken) == Verdict(Finding.DAMAGED)
