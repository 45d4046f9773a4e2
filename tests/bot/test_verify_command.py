"""`shuping verify`: what is said of a file or a code, and how it ends."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.reports.compose import compose
from bot.reports.face import face_of
from bot.reports.seal import seal
from locales import LANGUAGES
from storage.issued import Issued
from storage.opening import open_store
from tests.bot.inside import Inside, fault
from tests.bot.test_score import TEXT
from tests.reports.firms import of_grade, paper
from tests.reports.keys import FORGER, OPERATOR, pem, public_pem
from tests.storage.support import WINDOW, opens

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a report, signed by an operator, and no setting anywhere."""
    for variable in (variable for variable in os.environ if variable.startswith("SHUPING_")):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.json").write_text(TEXT, encoding="utf-8")
    (tmp_path / "public.pem").write_text(public_pem(OPERATOR), encoding="utf-8")
    return tmp_path


@pytest.fixture
def report(run: Inside, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with monkeypatch.context() as patch:
        patch.setenv("SHUPING_SIGNING_KEY", pem(OPERATOR))
        assert run("report", "answers.json", "--pdf", "a.pdf", "--firm", "某某厂").status == 0
    return folder / "a.pdf"


def test_a_genuine_paper_is_told_with_what_stands_on_it(run: Inside, report: Path) -> None:
    ran = run("verify", "a.pdf", "--key", "public.pem")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("没有改动")
    assert lines[1].startswith("签名有效：由您给的公钥的主人签发")
    assert "企业名称：某某厂" in lines
    assert "得分：35.00" in lines
    assert "企业自评" in lines[-1], "whose words these are, whatever somebody calls their firm"
    told = run("verify", "a.pdf", "--key", "public.pem", "--format", "json").json
    assert (told["genuine"], told["finding"], told["signature"]) == (True, "genuine", "given")
    assert (told["face"]["firm"], told["face"]["score"]) == ("某某厂", "35.00")


def test_nothing_is_told_that_is_not_on_the_paper(run: Inside, report: Path) -> None:
    told = run("verify", "a.pdf", "--format", "json").json
    assert told.keys() == {"genuine", "finding", "signature", "program", "face"}
    shown = {"number", "code", "firm", "credit_code", "on", "edition", "profile", "grade", "score", "status"}
    assert told["face"].keys() == shown


def test_the_operators_own_key_is_known_from_the_settings(
    run: Inside, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUPING_SIGNING_KEY", pem(OPERATOR))
    assert run("verify", "a.pdf", "--format", "json").json["signature"] == "operator"
    monkeypatch.setenv("SHUPING_SIGNING_KEY", pem(FORGER))
    ran = run("verify", "a.pdf", "--format", "json")
    assert (ran.status, ran.json["signature"], ran.json["genuine"]) == (1, "foreign", False)


def test_what_was_changed_is_not_genuine(run: Inside, report: Path) -> None:
    report.write_bytes(report.read_bytes() + b"\n")
    ran = run("verify", "a.pdf", "--lang", "en")
    assert ran.status == 1
    assert ran.out.startswith("Changed:")
    assert "not of its pages" in run("verify", "a.pdf", "--key", "public.pem", "--lang", "en").out


def test_a_file_may_come_from_standard_input(run: Inside, report: Path) -> None:
    assert run("verify", "-", given=report.read_bytes()).status == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", [b"", b"\0", b"%PDF-1.7", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", TEXT.encode()])
def test_what_is_no_paper_is_a_sentence(run: Inside, folder: Path, content: bytes, language: str) -> None:
    (folder / "x").write_bytes(content)
    ran = run("verify", "x", "--lang", language)
    assert (ran.status, ran.err, len(ran.out.splitlines())) == (1, "", 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("missing.pdf",), "missing.pdf"),
        (("20261122-7K3M9Q",), "20261122-7K3M9Q"),
        (("x" * 5_000,), "x"),
        ((".",), "."),
        (("answers.json", "--key", "missing.pem"), "missing.pem"),
        (("answers.json", "--key", "answers.json"), "openssl pkey"),
        ((), "FILE|CODE"),
    ],
)
def test_misuse_is_told(run: Inside, folder: Path, given: tuple[str, ...], said: str) -> None:
    fault(run("verify", *given), said)


# several


def test_several_papers_are_told_one_after_another(run: Inside, report: Path) -> None:
    Path("b 2.pdf").write_bytes(report.read_bytes() + b"\n")
    ran = run("verify", "a.pdf", "b 2.pdf")
    assert (ran.status, ran.err) == (1, "")
    lines = ran.out.splitlines()
    assert [lines[lines.index(name) + 1][:4] for name in ("【a.pdf】", "【b 2.pdf】")] == ["没有改动", "改动过："]
    assert lines[-1] == "共 2 份，1 份查验通过。"
    told = run("verify", "a.pdf", "b 2.pdf", "--format", "json").lines
    alone = run("verify", "b 2.pdf", "--format", "json").json
    assert ([one["paper"] for one in told], told[1]) == (["a.pdf", "b 2.pdf"], {"paper": "b 2.pdf", **alone})


def test_several_that_are_all_genuine_are_status_0_and_one_named_twice_is_one(run: Inside, report: Path) -> None:
    Path("b.pdf").write_bytes(report.read_bytes())
    assert run("verify", "a.pdf", "b.pdf").status == 0
    assert run("verify", "-", "-", given=report.read_bytes()) == run("verify", "a.pdf")


def test_among_several_what_is_neither_file_nor_code_is_named_and_nothing_is_told(run: Inside, report: Path) -> None:
    fault(run("verify", "a.pdf", "missing.pdf"), "“missing.pdf”")
    fault(run("verify", "a.pd", "missing.pdf"), "“a.pd missing.pdf”")


def test_a_name_with_blanks_that_nobody_quoted_is_a_name(run: Inside, report: Path) -> None:
    report.rename("某某 厂.pdf")
    assert run("verify", "某某", "厂.pdf").status == 0


def test_files_and_codes_go_together(run: Inside, report: Path, code: str) -> None:
    told = run("verify", "a.pdf", code, "--format", "json").lines
    assert [one["finding"] for one in told] == ["genuine", "known"]


# codes


@pytest.fixture
def code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code of a paper that was handed out here."""
    monkeypatch.setenv("SHUPING_DATABASE_URL", f"sqlite:///{folder / 'x.sqlite3'}")
    made = paper(of_grade(2))
    sealed = seal(made)
    face = face_of(compose(made, sealed), made).model_dump_json()
    asyncio.run(note(os.environ["SHUPING_DATABASE_URL"], Issued(sealed.code, face, AT, "a1")))
    return sealed.code


async def note(url: str, issued: Issued) -> None:
    async with await open_store(url) as store:
        await store.apply(WINDOW, opens("d1"))
        assert await store.issue("d1", issued)


def typed(code: str) -> list[tuple[str, ...]]:
    """The same code, as people type it."""
    return [
        (code,),
        (code.lower(),),
        (code.replace("-", ""),),
        tuple(code.split("-")),
        (code.replace("0", "o").replace("1", "l"),),
        (f"https://shuping.example.org/verify/{code}",),
    ]


def test_a_code_is_understood_however_it_is_typed(run: Inside, code: str) -> None:
    for given in typed(code):
        ran = run("verify", *given)
        assert (ran.status, ran.err) == (0, "")
        assert f"校验码：{code}" in ran.out.splitlines()
        assert "2026年11月22日" in ran.out.splitlines()[0]
    told = run("verify", code, "--format", "json").json
    assert (told["genuine"], told["finding"], told["face"]["code"]) == (True, "known", code)


def test_an_unknown_code_is_told_with_what_that_may_mean(run: Inside, code: str) -> None:
    other = code[:-1] + ("0" if code[-1] != "0" else "1")
    ran = run("verify", other, "--lang", "en")
    assert ran.status == 1
    assert all(word in ran.out for word in (other, "mistyped", "elsewhere", "deleted", "forged"))
    assert run("verify", other, "--format", "json").json == {"genuine": False, "finding": "unknown", "code": other}


def test_where_no_register_is_nothing_is_known(run: Inside, folder: Path, code: str) -> None:
    fault(run("verify", code, "--database", f"sqlite:///{folder / 'missing.sqlite3'}"), "missing.sqlite3")
    assert not (folder / "missing.sqlite3").exists()
