"""What the documents tell people to type works, as it stands there."""

import json
import re
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.bot.child import ROOT, environment

DOCUMENT = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def test_every_example_of_answer_files_works(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "shuping"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    settings = environment(tmp_path)
    settings["PATH"] = f"{program.parent}:{settings['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-e"],
        input="\n".join(BLOCKS),
        capture_output=True,
        cwd=tmp_path,
        env=settings,
        text=True,
        check=False,
    )
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
