"""`shuping score`: answers in, result out, in every form that an input may have."""

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from bot.cli.records import read_records
from scoring.decoding import RECORD
from scoring.errors import AnswersError
from tests.bot.inside import Inside, fault

ANSWERS: dict[str, Any] = {
    "rubric": "miit-2024",
    "answers": {"q1": ["B", "C"], "q4": ["A"], "q5": "C"},
    "figures": {
        "machines": 200,
        "machines_digital": 90,
        "machines_networked": 40,
        "digital_investment": [120, 80, 100],
        "revenue": [900, 1000, 1100],
        "energy_last": 382.919,
        "energy_prev": 400,
        "pass_rate_before": 97.5,
        "pass_rate_after": 98.1,
        "employees_last": 55,
        "employees_prev": 60,
        "revenue_last": 1100,
        "revenue_prev": 1000,
        "cost_last": 800,
        "cost_prev": 760,
    },
    "scenarios": {"product_design": 2, "marketing": 0},
}
TEXT = json.dumps(ANSWERS)
SECOND = json.dumps({"answers": {"q5": "B"}})
BAD = json.dumps({"answers": {"q5": "Z"}})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_contracts_example(run: Inside, file: Path) -> None:
    result = run("score", str(file)).json
    assert result["score"] == {
        "exact": "35",
        "shown": "35.00",
        "dimensions": {"foundation": "15", "management": "0", "outcomes": "20"},
    }
    assert [result[key] for key in ("rubric", "profile", "complete")] == ["miit-2024", "published", False]
    assert {key: result["questions"]["q1"][key] for key in ("value", "weight", "points")} == {
        "value": "50",
        "weight": "2/25",
        "points": "4",
    }
    assert result["questions"]["q2"] == {
        "value": "75",
        "weight": "3/50",
        "points": "9/2",
        "option": "D",
        "derived": "90 / 200 = 45%",
    }
    assert result["scenarios"]["levels"] == {"product_design": 2, "marketing": 0}
    assert result["scenarios"]["counts"]["1"] == {"all": 1, "restrictive": 1}
    assert [result[key] for key in ("score_grade", "scenario_grade", "grade", "grade_name")] == [1, 0, 0, "无等级"]
    assert result["bounds"] == {"score": ["35", "135/2"], "grade": [0, 3]}
    following = result["next"]
    assert {key: following[key] for key in ("grade", "score_short", "scenarios_short", "restrictive_short")} == {
        "grade": 1,
        "score_short": "0",
        "scenarios_short": 5,
        "restrictive_short": 2,
    }
    assert (following["plan"]["effort"], following["plan"]["questions"]) == (5, [])
    (marketing,) = (step for step in following["plan"]["scenarios"] if step["id"] == "marketing")
    assert (marketing["from"], marketing["to"]) == (0, 1)
    assert marketing["requirements"][0].startswith("借助信息技术工具（")


def test_a_file_and_standard_input_give_the_same(run: Inside, file: Path) -> None:
    expected = run("score", str(file))
    assert expected.status == 0
    assert run("score", given=TEXT) == expected
    assert run("score", "-", given=TEXT) == expected
    for form in (
        json.dumps(ANSWERS, indent=2),
        f"\n\n  {TEXT}  \n\n",
        json.dumps(ANSWERS, indent=1).replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        TEXT.encode("utf-16"),
    ):
        assert run("score", given=form) == expected


def test_a_batch_is_a_result_a_line(run: Inside, tmp_path: Path) -> None:
    lines = f"{TEXT}\n{SECOND}\n"
    expected = run("score", given=lines)
    assert expected.status == 0
    assert [len(result["questions"]) for result in expected.lines] == [10, 1]
    assert expected.lines[0] == run("score", given=TEXT).json
    for form in (
        f"[{TEXT}, {SECOND}]",
        f" \n[\n{TEXT}\n,\n{SECOND}\n]\n",
        f"\ufeff[{TEXT},{SECOND}]",
        "\ufeff" + lines,
        lines.replace("\n", "\r\n"),
        f"\n{TEXT}\n\n\n{SECOND}",
        json.dumps([json.loads(TEXT), json.loads(SECOND)], indent=2),
    ):
        assert run("score", given=form) == expected, form[:20]
    (tmp_path / "batch.jsonl").write_text(lines, encoding="utf-8")
    assert run("score", str(tmp_path / "batch.jsonl")) == expected
    (tmp_path / "one.jsonl").write_text(SECOND, encoding="utf-8")
    assert run("score", str(tmp_path / "one.jsonl")).out == expected.out.splitlines()[1] + "\n"
    (tmp_path / "array.json").write_text(f"[{TEXT},{SECOND}]", encoding="utf-8")
    assert run("score", str(tmp_path / "array.json")) == expected


@pytest.mark.parametrize(
    "form", ["{0}\n{1}\n{2}\n", "[{0},{1},{2}]", "{0}\nnot JSON\n{2}\n", "{0}\n[]\n{2}", "[{0},null,{2}]"]
)
def test_a_bad_record_is_an_error_in_its_place(run: Inside, form: str) -> None:
    ran = run("score", given=form.replace("{0}", SECOND).replace("{1}", BAD).replace("{2}", SECOND))
    assert (ran.status, ran.err) == (1, "")
    first, error, last = ran.lines
    assert first == last
    assert error["error"]["record"] == 2
    (told,) = error["error"]["faults"]
    assert told["message"] == error["error"]["message"]
    assert set(told) == {"field", "code", "message"}


def test_an_error_names_the_field(run: Inside) -> None:
    error = run("score", given=f"{BAD}\n{SECOND}\n").lines[0]["error"]
    assert error == {
        "record": 1,
        "message": "answers.q5：没有选项 Z，可选 A, B, C, D, E。",
        "faults": [
            {"field": "answers.q5", "code": "unknown_option", "message": "answers.q5：没有选项 Z，可选 A, B, C, D, E。"}
        ],
    }


def test_an_array_that_breaks_off_gives_what_stood_before(run: Inside) -> None:
    for broken in ("", ",", "]]", "] x", ',{"answers":', "x"):
        ran = run("score", given=f"[{SECOND}{broken}")
        assert ran.status == 1
        first, error = ran.lines
        assert first["questions"]
        assert error["error"]["faults"][0]["code"] == "not_json"


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("", ["什么都没有"]),
        (" \n \n", ["什么都没有"]),
        ("{", ["JSON"]),
        ("not JSON", ["JSON"]),
        ('{"a": 1', ["JSON"]),
        ('{"figures": {"machines": NaN}}', ["NaN"]),
        ('{"figures": {"machines": 1e99999999999999999999}}', ["figures.machines", "太大"]),
        ('{"figures": {"machines": -Infinity}}', ["figures.machines", "-Infinity"]),
        ('{"answers": {"q2": "A", "q2": "E"}}', ["answers.q2", "两遍"]),
        ('{"answers": {"q2\\u202e\\u001b[2J": "A"}}', ["answers.q2\\u202e\\x1b[2J"]),
        ('{"a\\nshuping: b": 1}', ["a\\x0ashuping: b"]),
        (b'{"\xff": 1}', ["UTF-8"]),
        ("null", ["整个文件", "null"]),
        ("3", ["整个文件", "3"]),
        ('"x"', ["整个文件", "x"]),
        (BAD, ["answers.q5", "Z"]),
        ('{"answers": {"q5": "Z", "q99": "A"}, "scenarios": {"marketing": 5}}', ["q5", "q99", "marketing", "5"]),
        ('{"figures": {"machines": 2, "machines_digital": 3}}', ["machines_digital", "figures.machines"]),
        ('{"figures": {"machines": 10, "machines_digital": 9}, "answers": {"q2": "A"}}', ["q2", "A", "E", "9 / 10"]),
        ('{"rubric": "miit-2023"}', ["miit-2024", "miit-2023"]),
        ('{"\\ud800": 1}', []),
        ('{"answers": {"q5": "\\udc00"}}', ["q5"]),
        ('{"a":' * 100_000, ["套得太深"]),
        (" " * 3 + "x" * 2_000_000, ["1 MiB"]),
        ('{"answers": {"q1": ' + "[" * 900 + "]" * 900 + "}}", ["q1"]),
        ('{"figures": {"machines": ' + "9" * 5000 + "}}", ["figures.machines", "太大"]),
    ],
)
def test_a_single_bad_record_is_refused_as_a_whole(run: Inside, given: str | bytes, parts: list[str]) -> None:
    fault(run("score", given=given), *parts)


@pytest.mark.parametrize(
    "element",
    [
        '{"figures": {"machines": 1e99999999999999999999}}',
        '{"figures": {"machines": ' + "9" * 5000 + "}}",
        '{"answers": {"q5": "\\udc00"}}',
        '{"\\ud800": 1}',
        "[" * 100_000,
        "[" * 5000 + "]" * 5000,
        '{"answers": {"q1": ' + "[" * 900 + "]" * 900 + "}}",
        "NaN",
        b'"\xff"',
    ],
)
def test_hostile_records_are_errors_in_their_place(run: Inside, element: str | bytes) -> None:
    raw = element.encode() if isinstance(element, str) else element
    for form in (b"[%s,%s]", b"%s\n%s\n"):
        ran = run("score", given=form % (SECOND.encode(), raw))
        assert (ran.status, ran.err) == (1, "")
        assert [next(iter(line)) for line in ran.lines] == ["rubric", "error"]


HOSTILE: dict[str, str | bytes] = {
    "a zero with an exponent": '{"figures": {"cost_last": 0e-99999999}}',
    "an exponent beyond all": '{"figures": {"cost_last": 0e-9999999999}}',
    "three million digits": '{"figures": {"cost_last": 1' + "0" * 900_000 + ".5}}",
    "a whole number without end": '{"figures": {"machines": ' + "9" * 900_000 + "}}",
    "not a number": '{"figures": {"cost_last": NaN}}',
    "a key twice": '{"answers": {"q2": "A", "q2": "E"}}',
    "half a character": '{"answers": {"\\ud800": "A"}}',
    "half a character twice": '{"\\ud800": 1, "\\ud800": 2}',
    "bytes that are no text": b'{"answers": {"q5": "\xff\xfe"}}',
    "nesting": "[" * 50_000 + "]" * 50_000,
    "nesting in an object": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "no value": '{"answers": }',
    "no comma": '{"answers": {} "figures": {}}',
    "no end of a text": '{"answers": {"q5": "B}}',
    "quotes in a text, and no comma": '{"a": "\\"," "b": [{"c": "]\\\\"}]}',
    "brackets the wrong way": '{"answers": ]}',
    "a word": "nonsense",
    "too long a text": '{"answers": {"q5": "' + "B" * 3_000_000 + '"}}',
    "too long a list": '{"answers": {"q1": [' + '"B", ' * 1_000_000 + '"B"]}}',
    "many unknown keys": "{" + ", ".join(f'"{number}": 1' for number in range(50_000)) + "}",
}


@pytest.mark.parametrize("element", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("form", [b"[%s, %s\n,%s ]", b"%s\n%s\n%s\n"], ids=["array", "lines"])
def test_one_bad_record_never_ends_a_batch(run: Inside, form: bytes, element: str | bytes) -> None:
    raw = element.encode() if isinstance(element, str) else element
    ran = run("score", given=form % (SECOND.encode(), raw, SECOND.encode()))
    assert (ran.status, ran.err) == (1, "")
    first, error, last = ran.lines
    assert (first, error["error"]["record"]) == (last, 2)
    assert len(ran.out) < 3 * 4096 + 50 * 200


def test_a_file_of_lines_may_begin_with_any_of_them(run: Inside, tmp_path: Path) -> None:
    raws = [element.encode() if isinstance(element, str) else element for element in HOSTILE.values()]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([*raws, SECOND.encode()]))
    ran = run("score", str(tmp_path / "a.jsonl"))
    assert [next(iter(line)) for line in ran.lines] == ["error"] * len(HOSTILE) + ["rubric"]


def test_what_is_shown_of_a_record_commands_no_terminal_and_is_json_still(run: Inside) -> None:
    name = "q2\u202e\x1b[2J\x9b\u200b\U000e0041"
    ran = run(
        "score",
        given=f"{json.dumps({'answers': {name: 'A'}}, ensure_ascii=False)}\n{SECOND}\n".replace("\x1b", "\\u001b"),
    )
    (told,) = ran.lines[0]["error"]["faults"]
    assert told["field"] == f"answers.{name}"
    assert "answers.q2\\u202e\\x1b[2J\\x9b\\u200b\\U000e0041" in told["message"]
    assert not {"\u202e", "\x1b", "\x9b", "\u200b", "\U000e0041"} & set(ran.out)


class Endless(io.RawIOBase):
    """More of the same than a record may be, after a beginning."""

    def __init__(self, start: bytes) -> None:
        self._start, self._left = start, 50 << 20

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        given = self._start or b"x" * min(len(into), self._left)
        into[: len(given)] = given
        self._start, self._left = b"", self._left - len(given)
        return len(given)


@pytest.mark.parametrize("start", [b'["', b"[", b"x", b'{"a": "'])
@pytest.mark.parametrize("name", ["", "firms.jsonl"])
def test_a_record_without_end_is_read_but_never_held(start: bytes, name: str) -> None:
    tracemalloc.start()
    records = read_records(io.BufferedReader(Endless(start)), name)
    entries = [isinstance(entry, AnswersError) for entry in records.entries]
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert entries == [True]
    assert held < 16 * RECORD


@pytest.mark.parametrize("given", ["[]", " [ \n ] \n"])
def test_an_empty_batch_gives_nothing(run: Inside, given: str) -> None:
    assert run("score", given=given) == run("score", given="[]")
    assert run("score", given=given).out == ""
    assert run("score", given=given).status == 0


def test_an_empty_jsonl_gives_nothing(run: Inside, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    ran = run("score", str(tmp_path / "empty.jsonl"))
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_files_that_cannot_be_read(run: Inside, tmp_path: Path) -> None:
    fault(run("score", str(tmp_path / "missing.json")), "打不开文件", "missing.json")
    fault(run("score", str(tmp_path)), "打不开文件", str(tmp_path))
    fault(run("score", "\udcff.json"), "打不开文件")


def test_profiles_differ_in_one_question(run: Inside) -> None:
    given = json.dumps({"answers": {"q4": ["O"]}})
    published, platform = (run("score", "--profile", name, given=given).json for name in ("published", "platform"))
    assert published["questions"]["q4"]["value"] == "50/7"
    assert platform["questions"]["q4"]["value"] == "9"
    assert (published["profile"], platform["profile"]) == ("published", "platform")


def test_as_text(run: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("score", "--format", "text", given=TEXT)
    assert ran.status == 0
    assert ran.out.startswith("阶段性结果（不是正式结果）：按已答的算，无等级\n")
    for part in ("35.00 分", "90 ÷ 200 = 45%", "合计 = 35", "最省力的做法", "对照判定表"):
        assert part in ran.out
    batch = run("score", "--format", "text", given=f"{SECOND}\n{BAD}\n")
    assert batch.status == 1
    assert "2: answers.q5：没有选项 Z" in batch.out
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert run("score", "--format", "text", given=TEXT).out.startswith("Provisional result")
