"""Commands with editions of an operator's own: each record by its own, faults told with file and place."""

import json
import re
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from scoring.editions import load_rubric
from tests.bot.child import ROOT, Shuping, sentence
from tests.bot.inside import Inside, fault
from tests.editions.support import HIGH, LOW, MIDDLE, OFFICE, OWN, WORKSHOP, file_of


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """file("w", WORKSHOP, MIDDLE) writes an answer file; its name."""

    def write(name: str, edition: str, stand: dict[str, Any]) -> str:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(file_of(edition, stand[edition])), encoding="utf-8")
        return str(path)

    return write


# score, compare, report


@pytest.mark.parametrize(("edition", "name"), [(WORKSHOP, "合格车间"), (OFFICE, "Two stars")])
def test_answers_are_scored_by_the_edition_that_they_name(run: Inside, file: Any, edition: str, name: str) -> None:
    result = run("score", file("a", edition, MIDDLE)).json
    assert (result["rubric"], result["grade_name"]) == (edition, name)


def test_a_batch_may_be_of_many_editions(run: Inside) -> None:
    records = [
        file_of(WORKSHOP, HIGH[WORKSHOP]),
        {"answers": {"q5": "C"}},
        file_of(OFFICE, LOW[OFFICE]),
        {"rubric": "x"},
    ]
    ran = run("score", given="".join(json.dumps(record) + "\n" for record in records))
    assert ran.status == 1
    *results, refused = ran.lines
    assert [(line["rubric"], line["score"]["exact"]) for line in results] == [
        (WORKSHOP, "100"),
        ("miit-2024", "5"),
        (OFFICE, "0"),
    ]
    assert refused["error"]["faults"][0]["field"] == "rubric"
    assert all(edition in refused["error"]["message"] for edition in ("miit-2024", OFFICE, WORKSHOP))


def test_answers_that_name_no_edition_are_by_the_one_that_is_set(run: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUPING_EDITION", OFFICE)
    assert run("score", given=json.dumps(LOW[OFFICE])).json["rubric"] == OFFICE


@pytest.mark.parametrize(("edition", "profiles"), [(WORKSHOP, "general"), ("miit-2024", "published, platform")])
def test_a_profile_that_the_edition_does_not_have(run: Inside, edition: str, profiles: str) -> None:
    fault(run("score", "--profile", "lenient", given=json.dumps({"rubric": edition})), "profile", "lenient", profiles)


def test_in_text_a_result_speaks_the_words_of_its_edition(run: Inside, file: Any) -> None:
    told = run("score", file("o", OFFICE, MIDDLE), "--format", "text").out
    assert "二星" in told
    assert "场景" not in told.replace("一个场景升一级", "")


def test_two_editions_are_compared_as_far_as_they_can_be(run: Inside, file: Any) -> None:
    pair = file("w", WORKSHOP, MIDDLE), file("o", OFFICE, MIDDLE)
    change = run("compare", *pair).json
    assert (change["rubrics"], change["questions"], change["scenarios"]) == ([WORKSHOP, OFFICE], None, None)
    told = run("compare", *pair, "--format", "text").out
    assert load_rubric(WORKSHOP).title in told
    assert "等级：合格车间 → 二星" in told


def test_results_are_compared_too(run: Inside, file: Any, tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(run("score", file("w", WORKSHOP, LOW)).out, encoding="utf-8")
    change = run("compare", str(result), file("w2", WORKSHOP, HIGH)).json
    assert change["grade_names"] == {"before": "未入级", "after": "优秀车间"}
    assert len(change["questions"]) == 3


@pytest.mark.parametrize("edition", [WORKSHOP, OFFICE])
def test_reports(run: Inside, file: Any, tmp_path: Path, edition: str) -> None:
    targets = {f"--{kind}": str(tmp_path / f"report.{kind}") for kind in ("pdf", "xlsx", "png")}
    before = file("before", WORKSHOP, LOW)
    ran = run(
        "report", file("a", edition, HIGH), "--before", before, *(part for pair in targets.items() for part in pair)
    )
    assert (ran.status, ran.err) == (0, "")
    assert all(Path(target).stat().st_size > 1000 for target in targets.values())


# rubric


def test_an_edition_is_printed_by_its_id(run: Inside) -> None:
    assert run("rubric", "--edition", WORKSHOP).json == load_rubric(WORKSHOP).model_dump(mode="json")
    assert run("rubric", "--edition", OFFICE, "--lang", "zh-Hans").json["title"] == "办公检查（2026）"
    assert run("rubric").json["id"] == "miit-2024"
    fault(run("rubric", "--edition", "nowhere"), "nowhere", "miit-2024", OFFICE, WORKSHOP)


def test_as_a_document_it_has_no_heading_with_nothing_below(run: Inside) -> None:
    told = run("rubric", "--edition", OFFICE, "--format", "markdown").out
    assert "# Office check (2026)" in told
    assert "Three stars" in told
    assert not re.search(r"^(#+ .*)\n+(?=# |## |\Z)", told.split("\n", 2)[2], re.MULTILINE)
    assert "改进" in run("rubric", "--edition", WORKSHOP, "--format", "markdown").out


@pytest.mark.parametrize("name", [f"{WORKSHOP}.json", f"{OFFICE}.json", f"{OFFICE}.zh-Hans.json"])
def test_a_right_edition_is_told_so(run: Inside, name: str) -> None:
    ran = run("rubric", "check", str(OWN / name))
    assert (ran.status, ran.err) == (0, "")
    assert name.partition(".")[0] in ran.out


def test_a_wrong_one_is_told_with_file_and_place_line_by_line(run: Inside, tmp_path: Path) -> None:
    own = copytree(OWN, tmp_path / "own")
    path = own / f"{WORKSHOP}.json"
    text = path.read_text(encoding="utf-8").replace('"weights": [40, 100, 100]', '"weights": [41, 100, 100]')
    path.write_text(text.replace('"score": 70', '"score": 10'), encoding="utf-8")
    ran = run("rubric", "check", str(path))
    fault(ran, f"{path}：weights", f"{path}：grades.2", "101")
    assert ran.err.count("\n") == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [("{", "JSON"), ("[]", "整个文件"), ('{"id": "x", "id": "y"}', "两遍"), (None, "没有这个文件")],
)
def test_what_is_no_edition_at_all(run: Inside, tmp_path: Path, content: str | None, told: str) -> None:
    path = tmp_path / "draft.json"
    if content is not None:
        path.write_text(content)
    fault(run("rubric", "check", str(path)), str(path), told)


def test_a_check_needs_no_setting_to_be_right(run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHUPING_RUBRICS", str(tmp_path / "nowhere"))
    assert run("rubric", "check", str(OWN / f"{OFFICE}.json")).status == 0


def test_the_example_in_the_documentation_is_right(run: Inside, tmp_path: Path) -> None:
    document = (ROOT / "docs" / "editions.md").read_text(encoding="utf-8")
    example, _ = re.findall(r"^```json\n(.*?)^```", document, re.MULTILINE | re.DOTALL)
    path = tmp_path / "harbour-2026.json"
    path.write_text(example, encoding="utf-8")
    ran = run("rubric", "check", str(path))
    assert (ran.status, ran.err) == (0, "")


# settings


@pytest.mark.parametrize(
    "command", [("score",), ("compare", "a", "b"), ("report", "a", "--pdf", "b"), ("rubric",), ("chat",)]
)
def test_a_fault_in_the_folder_ends_a_command_with_a_sentence(
    run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    own = copytree(OWN, tmp_path / "own")
    (own / f"{OFFICE}.json").write_text('{"id": "office-2026"}')
    monkeypatch.setenv("SHUPING_RUBRICS", str(own))
    fault(run(*command, given="{}"), str(own / f"{OFFICE}.json"), "title")


def test_a_folder_that_is_not_there(run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHUPING_RUBRICS", str(tmp_path / "nowhere"))
    fault(run("score", given="{}"), str(tmp_path / "nowhere"))


def test_to_begin_with_an_edition_that_is_not_there(run: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUPING_EDITION", "nowhere-2020")
    fault(run("score", given="{}"), "SHUPING_EDITION=nowhere-2020", "miit-2024", OFFICE, WORKSHOP)


def test_other_settings_are_no_business_of_a_score(run: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUPING_REMIND_WINDOW", "never")
    assert run("score", given="{}").status == 0


def test_the_doctor_lists_editions_and_names_a_fault(
    run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHUPING_DATABASE_URL", f"sqlite:///{tmp_path / 'd.sqlite3'}")
    ran = run("doctor")
    assert f"✓ 标准版本：miit-2024, {OFFICE}, {WORKSHOP}；新评测用 miit-2024" in ran.out
    own = copytree(OWN, tmp_path / "own")
    (own / f"{OFFICE}.zh-Hans.json").write_text("{}")
    monkeypatch.setenv("SHUPING_RUBRICS", str(own))
    ran = run("doctor")
    assert ran.status == 1
    assert f"✗ 标准版本：{own / OFFICE}.zh-Hans.json" in ran.out


# a conversation


@pytest.mark.slow
def test_a_conversation_by_an_edition_of_ones_own_and_what_becomes_of_it_without_that(shuping: Shuping) -> None:
    settings = {"SHUPING_RUBRICS": str(OWN), "SHUPING_EDITION": OFFICE}
    chat = ("chat", "--database", shuping.database)
    lines = ("", "示例厂", "跳过", "帮助", "BC", "B", "提交", "我承诺", "政策", "历史", "暂停")
    done = shuping(*chat, given="".join(f"{line}\n" for line in lines), **settings)
    assert (done.status, done.err) == (0, "")
    assert all(text in done.out for text in ("办公检查（2026）", "三星", "热线", "还没有收录"))
    again = shuping(*chat, given="历史\n", SHUPING_RUBRICS=str(OWN))
    assert "三星" in again.out
    without = shuping(*chat, given="/firms\n/firms new\n")
    assert (without.status, without.err) == (0, "")
    assert all(text in without.out for text in (OFFICE, "SHUPING_RUBRICS", "1. 示例厂", "企业叫什么名字"))
    shuping(*chat, given="/firms 1\n")
    report = ("report", "--session", "local", "--database", shuping.database, "--pdf", "r.pdf")
    sentence(shuping(*report), OFFICE, "SHUPING_RUBRICS")
    assert "1" in shuping(*chat, "--as", "somebody else", given="").out
