"""What the documents tell people to type works, as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.bot.child import ROOT, environment


def typed(document: str, tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    """All commands of a document, one after the other, in a folder."""
    text = (ROOT / "docs" / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    program = tmp_path / "bin" / "shuping"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    settings = environment(tmp_path)
    settings["PATH"] = f"{program.parent}:{settings['PATH']}"
    return subprocess.run(
        ["/bin/sh", "-e"],
        input="\n".join(blocks),
        capture_output=True,
        cwd=tmp_path,
        env=settings,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "document", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda path: path.name
)
def test_no_document_has_two_versions_of_a_passage(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if re.match(r"(<{7}|={7}|>{7})( |$)", line)] == []


@pytest.mark.slow
def test_every_example_of_papers_works(tmp_path: Path) -> None:
    done = typed("reports.md", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert (tmp_path / "report.pdf").read_bytes() == (tmp_path / "again.pdf").read_bytes()
    assert (tmp_path / "report.xlsx").read_bytes().startswith(b"PK")


def test_every_example_of_answer_files_works(tmp_path: Path) -> None:
    done = typed("answers.md", tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    (refusal,) = done.stderr.splitlines()
    assert "answers.q14" in refusal
    assert "90 ÷ 200 = 45%" in done.stdout

    def read(name: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        return found

    result = Draft202012Validator(read("result.schema.json"))
    Draft202012Validator(read("answers.schema.json")).validate(read("answers.json"))
    result.validate(read("result.json"))
    assert (read("result.json")["id"], read("result.json")["firm"]) == ("2024-017", "示例五金厂")
    good, bad = map(json.loads, (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines())
    for line in (good, bad):
        result.validate(line)
    assert (good["id"], bad["id"], "error" in bad) == ("a", "b", True)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
