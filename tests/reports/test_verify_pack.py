"""Is an acceptance pack what the program made, and if not, which of its files are other than they were?"""

import json
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from time import process_time
from typing import Any

import pytest

from bot.reports.pack import MANIFEST, Pack, pack_file
from bot.reports.paper import Paper
from bot.reports.signing import Issuer
from bot.reports.verdict import Finding, Keys, Signature, Verdict
from bot.reports.verify import verify
from tests.reports.firms import of_grade, paper
from tests.reports.keys import FORGER, OPERATOR
from tests.reports.packs import opened, pack

ISSUER = Issuer("https://shuping.example.org", OPERATOR)
KEYS = Keys(operator=OPERATOR.public_key())
DATA, AFTER, BEFORE = "07 数据.json", "02 改造后评测报告.pdf", "01 改造前评测报告.pdf"
SECONDS = 15.0
"""Of one processor: a pack takes about one to be made again."""


@lru_cache
def signed() -> bytes:
    return pack_file(pack(of_grade(3), of_grade(1), issuer=ISSUER))


@lru_cache
def alone() -> bytes:
    """A pack without anything before, unsigned."""
    return pack_file(pack(of_grade(2), language="en"))


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return kept.getvalue()


def but(**changes: bytes) -> bytes:
    """The signed pack with other members."""
    return packed({**opened(signed()), **changes})


def test_what_the_program_made_is_genuine() -> None:
    verdict = verify(signed(), KEYS)
    assert (verdict.finding, verdict.signature, verdict.others) == (Finding.GENUINE, Signature.OPERATOR, ())
    assert verdict.genuine(KEYS)
    assert verdict.face is not None
    assert verdict.face.grade == "三级（集成级）"
    assert verify(alone()).finding is Finding.GENUINE
    assert verify(alone()).signature is Signature.UNSIGNED
    assert not verify(alone(), KEYS).genuine(KEYS)


def test_one_that_was_packed_anew_is_said_to_be_so() -> None:
    verdict = verify(packed(opened(signed()), zipfile.ZIP_DEFLATED), KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.REPACKED, Signature.OPERATOR)
    assert not verdict.genuine(KEYS)


def test_each_member_that_is_other_than_it_was_is_named() -> None:
    files = opened(signed())
    assert verify(packed({**files, AFTER: files[AFTER] + b" "}), KEYS).others == (AFTER,)
    assert verify(packed({**files, "08 more.pdf": b"%PDF-"}), KEYS).others == ("08 more.pdf",)
    assert verify(packed({name: files[name] for name in files if name != BEFORE}), KEYS).others == (BEFORE,)
    assert verify(packed({**files, AFTER: files[BEFORE]}), KEYS).finding is Finding.CHANGED


def test_a_better_pack_under_an_old_signature() -> None:
    better = opened(pack_file(pack(of_grade(4), of_grade(1), issuer=Issuer(ISSUER.address))))
    manifest = {**json.loads(better[MANIFEST]), "signature": json.loads(opened(signed())[MANIFEST])["signature"]}
    verdict = verify(packed({**better, MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode()}), KEYS)
    assert verdict.signature is Signature.FOREIGN
    assert not verdict.genuine(KEYS)


def test_a_signature_of_a_paper_is_none_of_a_pack() -> None:
    files = opened(pack_file(pack(of_grade(3), issuer=ISSUER)))
    of_paper = json.loads(files[DATA])["papers"][0]["signature"]
    manifest = {**json.loads(files[MANIFEST]), "signature": of_paper}
    verdict = verify(packed({**files, MANIFEST: json.dumps(manifest).encode()}), KEYS)
    assert verdict.signature is Signature.FOREIGN


def test_another_ones_pack_is_not_the_operators() -> None:
    forged = verify(pack_file(pack(of_grade(3), issuer=Issuer(ISSUER.address, FORGER))), KEYS)
    assert (forged.finding, forged.signature) == (Finding.GENUINE, Signature.FOREIGN)
    assert not forged.genuine(KEYS)


def test_one_of_another_version_is_compared_with_its_own_list() -> None:
    of = paper(of_grade(3)).model_copy(update={"program": "0.0.9"})
    files = opened(pack_file(Pack(of, issuer=ISSUER)))
    drawn = {name: content.replace(b"/Type/Page", b"/Type /Page", 1) for name, content in files.items()}
    unlisted = verify(packed(drawn), KEYS)
    assert (unlisted.finding, unlisted.signature) == (Finding.CHANGED, Signature.OPERATOR)
    assert {*unlisted.others} == {name for name in files if files[name] != drawn[name]}


# a file taken out of it


@pytest.mark.parametrize("name", [name for name in opened(signed()) if name.endswith(".pdf")])
def test_each_pdf_is_known_alone(name: str) -> None:
    content = opened(signed())[name]
    verdict = verify(content, KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.OPERATOR)
    assert verify(content + b" ", KEYS).finding is Finding.CHANGED


def test_two_firms_are_not_compared_as_if_they_were_one() -> None:
    """Each of the papers is the operator's own; that one came before the other is nowhere said."""
    after, before = (paper(of_grade(grade), firm=firm) for grade, firm in ((4, "甲厂"), (1, "乙厂")))
    mixed = pack_file(Pack(after, before, ISSUER))
    files = opened(mixed)
    for one in (mixed, files["03 前后对比.pdf"], files[DATA]):
        assert verify(one, KEYS) == Verdict(Finding.DAMAGED)


@pytest.mark.parametrize("before", [None, paper(of_grade(1))])
def test_nobody_leaves_out_what_came_before_or_dates_it_anew(before: Paper | None) -> None:
    """A firm rated before its upgrade is not one that was never rated, nor one that was rated on another day."""
    after = paper(of_grade(3), before=of_grade(1))
    assert verify(pack_file(Pack(after, before, ISSUER)), KEYS) == Verdict(Finding.DAMAGED)


# the data alone


def test_the_data_alone_are_known_again() -> None:
    data = opened(signed())[DATA]
    verdict = verify(data, KEYS)
    assert (verdict.finding, verdict.signature) == (Finding.GENUINE, Signature.OPERATOR)
    assert verdict.genuine(KEYS)
    assert verify(data.replace(b'"grade": 3', b'"grade": 4'), KEYS).finding is Finding.CHANGED


def test_signatures_of_two_papers_are_no_better_than_the_worse() -> None:
    mine, hers = (pack(of_grade(3), of_grade(1), issuer=Issuer(ISSUER.address, key)) for key in (OPERATOR, FORGER))
    data, other = json.loads(mine.data()), json.loads(hers.data())
    data["papers"][0]["signature"] = other["papers"][0]["signature"]
    assert verify(json.dumps(data, ensure_ascii=False).encode(), KEYS).signature is Signature.FOREIGN


def test_answers_and_other_json_carry_no_record() -> None:
    assert verify(b'{"answers": {"q1": ["B"]}}') == Verdict(Finding.NONE)


def without(data: Any, *path: Any, to: Any = None) -> Any:
    """The same data with something else at a place."""
    changed = json.loads(json.dumps(data))
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return changed


WHOLE = json.loads(pack(of_grade(3), of_grade(1), issuer=ISSUER).data())
BROKEN: dict[str, Any] = {
    "no papers": without(WHOLE, "papers"),
    "none": without(WHOLE, "papers", to=[]),
    "a thousand": without(WHOLE, "papers", to=WHOLE["papers"] * 500),
    "no role": without(WHOLE, "papers", 0, "role"),
    "a list": without(WHOLE, "papers", 0, "role", to=["before"]),
    "no paper": without(WHOLE, "papers", 0, "paper"),
    "a signature": without(WHOLE, "papers", 0, "signature", to="zz"),
    "half a byte": without(WHOLE, "papers", 0, "signature", to="abc"),
    "a level": without(WHOLE, "papers", 1, "paper", "record", "levels", "marketing", to=9),
    "not final": without(WHOLE, "papers", 1, "paper", "record", "levels", to={"marketing": 1}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_data_that_nobody_can_have_made_are_damaged(name: str) -> None:
    began = process_time()
    data = json.dumps(BROKEN[name], ensure_ascii=False).encode()
    files = {**opened(signed()), DATA: data}
    assert (verify(data).finding, verify(packed(files)).finding) == (Finding.DAMAGED, Finding.DAMAGED)
    assert process_time() - began < SECONDS


@pytest.mark.parametrize(
    "manifest",
    [
        *(b"", b"[]", b"{}", b'{"signature": 1}', b'{"files": [], "signature": "00"}', b"[" * 100_000),
        *(
            b'{"format": 1.5}',
            b'{"format": NaN}',
            b'{"format": 1e99999999}',
            b'{"program": "\\ud800"}',
            b'{"a": 1, "a": 2}',
        ),
    ],
)
def test_any_manifest_is_some_finding(manifest: bytes) -> None:
    assert verify(but(**{MANIFEST: manifest}), KEYS).finding in (Finding.DAMAGED, Finding.CHANGED)


def test_a_pack_without_data() -> None:
    files = opened(signed())
    assert verify(packed({MANIFEST: files[MANIFEST]}), KEYS).finding is Finding.DAMAGED
