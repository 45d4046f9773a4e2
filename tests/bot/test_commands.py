"""The other commands: compare, rubric, and the command line itself."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from bot.cli.main import main
from locales import LANGUAGES
from scoring.editions import load_rubric
from tests.bot.child import COMMAND, environment
from tests.bot.inside import Inside, fault
from tests.bot.test_score import ANSWERS, TEXT

COMMANDS = ("chat", "score", "compare", "report", "verify", "rubric", "data", "doctor")
RUBRIC = load_rubric("miit-2024")
AFTER = {**ANSWERS, "answers": {**ANSWERS["answers"], "q5": "E", "q6": ["B"]}, "scenarios": {"marketing": 1}}


@pytest.fixture
def files(run: Inside, tmp_path: Path) -> dict[str, str]:
    """Answers and results, before and after."""
    contents = {
        "before": TEXT,
        "after": json.dumps(AFTER),
        "before_result": run("score", given=TEXT).out,
        "after_result": run("score", given=json.dumps(AFTER)).out,
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {name: str(tmp_path / name) for name in contents}


# compare


def test_answers_and_results_compare_alike(run: Inside, files: dict[str, str]) -> None:
    expected = run("compare", files["before"], files["after"])
    assert expected.status == 0
    assert run("compare", files["before_result"], files["after_result"]) == expected
    assert run("compare", files["before"], files["after_result"]) == expected
    assert run("compare", files["before_result"], files["after"]) == expected
    change = expected.json
    assert [(entry["id"], entry["before"], entry["after"]) for entry in change["questions"]] == [
        ("q5", ["C"], ["E"]),
        ("q6", None, ["B"]),
    ]
    assert change["scenarios"] == [
        {"id": "product_design", "before": 2, "after": None},
        {"id": "marketing", "before": 0, "after": 1},
    ]
    assert change["score"]["before"] == "35"
    assert change["score"]["change"] == "25/4"


def test_a_file_against_itself_shows_no_change(run: Inside, files: dict[str, str]) -> None:
    change = run("compare", files["before"], files["before_result"]).json
    assert (change["questions"], change["scenarios"], change["score"]["change"]) == ([], [], "0")


def test_a_comparison_as_text(run: Inside, files: dict[str, str]) -> None:
    text = run("compare", files["before"], files["after"], "--format", "text").out
    assert text.splitlines() == [
        "和上次比",
        "  5. 信息系统：C → E",
        "  6. 网络安全：还没答 → B",
        "  16. 产品设计*：二级 → 还没答",
        "  18. 营销管理*：未达一级 → 一级",
        "  得分：35.00 → 41.25",
        "  等级：无等级 → 无等级",
    ]


def test_one_side_may_come_from_standard_input(run: Inside, files: dict[str, str]) -> None:
    assert run("compare", "-", files["after"], given=TEXT) == run("compare", files["before"], files["after"])


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "change",
    [
        *({"grade": 9}, {"grade": -9}, {"score_grade": "x"}, {"score": {"exact": "1/0", "dimensions": {}}}),
        *({"scenarios": {"levels": {"marketing": 9}}}, {"rubric": "miit-2023"}, {"questions": []}, {"grade": None}),
    ],
)
def test_results_that_cannot_be_are_refused(
    run: Inside, files: dict[str, str], tmp_path: Path, form: str, change: dict[str, object]
) -> None:
    result = json.loads(Path(files["before_result"]).read_text(encoding="utf-8"))
    (tmp_path / "broken").write_text(json.dumps({**result, **change}), encoding="utf-8")
    fault(run("compare", files["before"], str(tmp_path / "broken"), "--format", form))


def test_files_that_cannot_be_compared(run: Inside, files: dict[str, str], tmp_path: Path) -> None:
    fault(run("compare", files["before"], str(tmp_path / "missing")), "missing")
    fault(run("compare", files["before"], str(tmp_path)), "打不开文件")
    for text in ("", "[]", "{", '{"answers": {"q5": "Z"}}', "3"):
        (tmp_path / "bad").write_text(text, encoding="utf-8")
        fault(run("compare", str(tmp_path / "bad"), files["after"]))


# rubric


def test_the_rubric_is_printed_as_it_is_held(run: Inside) -> None:
    printed = run("rubric").json
    assert printed == RUBRIC.model_dump(mode="json")
    assert run("rubric", "--lang", "en").json == load_rubric("miit-2024", "en").model_dump(mode="json")
    assert [question["effort"] for question in printed["questions"]] == [1] * 10 + [3] + [None] * 4
    assert (
        printed["grades"][0].items()
        >= {
            "grade": 1,
            "name": "初始级",
            "score": 20,
            "scenarios": 6,
            "restrictive": 3,
        }.items()
    )
    assert set(printed["questions"][0]) >= {"id", "text", "type", "options", "weights", "effort"}
    assert printed["questions"][0]["options"][0] == {"id": "A", "text": "无"}
    assert [option["effort"] for option in printed["questions"][5]["options"][1:]] == [1, 2, 2, 4]
    assert [scenario["efforts"] for scenario in printed["scenarios"]][2] == [1, 2, 4, 8]
    assert set(printed["scenarios"][0]) >= {"id", "name", "group", "restrictive", "levels"}
    assert set(printed) >= {"id", "questions", "scenarios", "grades", "glossary", "energy"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rubric_as_a_document(run: Inside, language: str) -> None:
    text = run("rubric", "--format", "markdown", "--lang", language).out
    rubric = load_rubric("miit-2024", language)
    assert text.startswith(f"# {rubric.title}\n")
    for part in (
        *(option.text for question in rubric.questions for option in question.options),
        *(level for scenario in rubric.scenarios for level in scenario.levels),
        *(term.text for term in rubric.glossary),
        *(rule.text for rule in rubric.rules),
        *(f"{fuel.name}: {fuel.coefficient}" for fuel in rubric.energy),
    ):
        assert part in text
    assert "{" not in text


# the command line


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8"])
@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text for name in (command or COMMANDS))
    assert ("评测" in text or "打分" in text or "比较" in text or "检查" in text) is language.startswith("zh")
    assert "{" not in re.sub(r"\{[\w,-]+\}", "", text)  # but what there is to choose from


def test_version(run: Inside) -> None:
    assert run("--version").out == "shuping 0.1.0\n"


@pytest.mark.parametrize(
    "arguments",
    [
        *(("data",), ("fly",), ("score", "a", "b"), ("compare", "a"), ("chat", "--lang", "fr")),
        *(("score", "--nonsense"), ("rubric", "--format", "xml"), ("doctor", "now"), ("chat", "--as")),
    ],
)
def test_a_wrong_command_line(run: Inside, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    fault(ran, "命令写得不对", "--help")
    assert ran.err.count("\n") == 1


HEAVY = ("telegram", "aiohttp", "rich", "prompt_toolkit", "sqlite3", "aiosqlite", "transitions", "asyncio", "cn2an")


@pytest.mark.parametrize("arguments", ["--version", "score"])
def test_quick_commands_import_little(tmp_path: Path, arguments: str) -> None:
    code = f"""
import sys
from bot.cli.main import main
try:
    main({arguments.split()!r})
finally:
    sys.stderr.write(" ".join(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = subprocess.run(
        [COMMAND[0], "-c", code], input=b"{}", capture_output=True, env=environment(tmp_path), check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


MEASURE = """
import resource, sys
from bot.cli.main import main
try:
    main(["score"])
finally:
    sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


BEST = json.dumps(
    {
        "answers": {
            question.id: list(question.letters[1:]) if question.type == "multiple" else question.letters[-1]
            for question in RUBRIC.questions
        },
        "scenarios": dict.fromkeys(RUBRIC.scenario, 4),
    }
)
"""Nothing to plan for, so that thousands are quick."""


@pytest.mark.slow
@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_batch_takes_constant_memory(tmp_path: Path, form: str) -> None:
    def peak(records: int) -> int:
        text = "\n".join([BEST] * records) if form == "lines" else f"[{','.join([BEST] * records)}]"
        (tmp_path / "in").write_text(text, encoding="utf-8")
        with (tmp_path / "in").open("rb") as source:
            done = subprocess.run(
                [COMMAND[0], "-c", MEASURE],
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(tmp_path),
                check=False,
            )
        assert done.returncode == 0
        return int(done.stderr)

    assert 5_000 * len(BEST) > 3_000_000
    assert peak(5_000) < peak(500) + 2_000  # kilobytes
