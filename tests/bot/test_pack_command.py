"""`shuping report --zip`: the acceptance pack of files of answers, and of what is stored."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot.reports.paper import record_of
from flows.answer_file import written
from tests.bot.child import Shuping
from tests.bot.inside import Inside, fault
from tests.bot.test_score import TEXT
from tests.reports.firms import of_grade
from tests.scoring.strategies import RUBRIC


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With the answers of two firms that are whole, and of one that is not."""
    monkeypatch.chdir(tmp_path)
    for name, grade in (("before", 1), ("after", 3)):
        (tmp_path / f"{name}.json").write_text(
            written(RUBRIC, record_of(of_grade(grade)), "某某五金厂"), encoding="utf-8"
        )
    (tmp_path / "half.json").write_text(TEXT, encoding="utf-8")
    return tmp_path


def data(file: Path) -> Any:
    """What is in a pack for machines."""
    with ZipFile(file) as pack:
        (name,) = [name for name in pack.namelist() if name.startswith("07")]
        return json.loads(pack.read(name))


def test_a_pack_of_two_files_says_on_which_days_they_were(run: Inside, folder: Path) -> None:
    days = ("--on", "2025-11-28", "--before-on", "2025-03-03")
    ran = run("report", "after.json", "--before", "before.json", "--zip", "a.zip", *days)
    assert (ran.status, ran.out, ran.err) == (0, "已写好：a.zip\n", "")
    before, after = data(folder / "a.zip")["papers"]
    assert (before["on"], after["on"]) == ("2025-03-03", "2025-11-28")
    assert after["paper"]["before"]["on"] == "2025-03-03"
    assert before["answers"]["firm"] == after["answers"]["firm"] == "某某五金厂"
    assert (before["result"]["grade"], after["result"]["grade"]) == (1, 3)


def test_given_a_day_the_pack_is_the_same_on_every_day(run: Inside, folder: Path) -> None:
    for name in ("a.zip", "b.zip"):
        assert run("report", "after.json", "--zip", name, "--on", "2025-11-28").status == 0
    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()


def test_beside_the_other_files(run: Inside, folder: Path) -> None:
    ran = run("report", "after.json", "--zip", "a.zip", "--pdf", "a.pdf", "--on", "2025-11-28", "--lang", "en")
    assert sorted(ran.out.splitlines()) == ["Written: a.pdf", "Written: a.zip"]
    with ZipFile(folder / "a.zip") as pack:
        assert pack.read("02 Report.pdf") == (folder / "a.pdf").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("half.json",), ("正式结果",)),
        (("after.json", "--before", "half.json"), ("改造前", "--before")),
        (("after.json", "--on", "2025-02-30"), ("--on",)),
        (("after.json", "--on", "1066-10-14"), ("--on",)),
    ],
)
def test_what_is_not_final_or_no_day_is_refused(
    run: Inside, folder: Path, arguments: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    fault(run("report", *arguments, "--zip", "a.zip"), *parts)
    assert not (folder / "a.zip").exists()


def test_of_what_is_stored_only_what_is_finished(shuping: Shuping) -> None:
    shuping.chat("1", "某某五金厂", "D", "BC", "200 90", name="anna")
    stored = ("report", "--session", "anna", "--database", shuping.database)
    target = shuping.folder / "a.zip"
    for more in ((), ("--on", "2025-11-28")):
        refused = shuping(*stored, "--zip", str(target), *more)
        assert refused.status == 2
        assert "还没有交过" in refused.err or "正式结果" in refused.err
    assert not target.exists()
