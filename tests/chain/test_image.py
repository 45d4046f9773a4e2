"""The Dockerfile: what goes into the image, who runs it, and what stays outside. No container engine is needed."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain.places import ROOT

LINES = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE))
STEPS = [tuple(line.split(maxsplit=1)) for line in LINES.splitlines() if line]
FINAL = STEPS[max(at for at, step in enumerate(STEPS) if step[0] == "FROM") :]
IGNORE = (ROOT / ".dockerignore").read_text().split()


def _of(kind: str, steps: list[tuple[str, ...]] = FINAL) -> list[str]:
    return [step[1] for step in steps if step[0] == kind]


def _let_in(path: str) -> bool:
    """Whether .dockerignore lets a path into the build; the last pattern that fits decides."""
    let = True
    for pattern in IGNORE:
        if _fits(path, pattern.removeprefix("!")):
            let = pattern.startswith("!")
    return let


def _fits(path: str, pattern: str) -> bool:
    within = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
    return re.fullmatch(f"{within}(/.*)?", path) is not None


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_the_base_is_one_image_known_by_its_digest() -> None:
    bases = [base.split(" AS ") for base in _of("FROM", STEPS)]
    assert re.fullmatch(r"python:3\.13\.\d+-slim-bookworm@sha256:[0-9a-f]{64}", bases[0][0])
    assert [base[0] for base in bases[1:]] == [bases[0][1]] * 2


def test_every_step_is_of_a_kind_that_we_know() -> None:
    """No ADD, which fetches and unpacks; no SHELL; nothing exposed."""
    known = {"FROM", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "USER", "VOLUME", "ENTRYPOINT", "HEALTHCHECK", "CMD"}
    assert {step[0] for step in STEPS} <= known


def test_nothing_is_fetched_but_what_the_locks_know() -> None:
    installs = [part for run in _of("RUN", STEPS) for part in run.split("&&") if "install" in shlex.split(part)[:4]]
    pips = [part for part in installs if "pip" in part]
    assert len(pips) == 3
    assert all("--require-hashes" in part or "--no-index" in part for part in pips)
    assert not any("://" in step[1] for step in STEPS if step[0] in {"RUN", "COPY"})


def test_every_source_exists_and_is_let_into_the_build() -> None:
    copied = [shlex.split(copy)[:-1] for copy in _of("COPY", STEPS) if not copy.startswith("--from=")]
    sources = [source for sources in copied for source in sources if source != "."]
    assert {"LICENSE", "NOTICE"} <= set(sources)
    assert all((ROOT / source).exists() and _let_in(source) for source in sources)


def test_only_what_is_shipped_is_let_into_the_build() -> None:
    outside = [path for path in _tracked() if not _let_in(path)]
    assert {path.split("/")[0] for path in outside} >= {"tests", "bench", "tools", "docs", ".ci", "Makefile"}
    assert not any(
        map(_let_in, (".git/config", ".env", "bot/.env", "bot/.env.local", "storage/x.sqlite3-wal", ".venv/x"))
    )


def test_no_tool_that_builds_comes_along() -> None:
    run = " ".join(_of("RUN"))
    assert "pip uninstall --yes" in run
    assert "ensurepip" in run
    assert _of("COPY") == ["LICENSE NOTICE /usr/share/doc/shuping/", "--from=build /opt/shuping /opt/shuping"]
    assert "python -m venv --without-pip /opt/shuping" in " ".join(_of("RUN", STEPS))
    builders = re.findall(r"^[a-z0-9-]+(?===)", (ROOT / "requirements" / "build.lock").read_text(), re.MULTILINE)
    shipped = re.findall(r"^[a-z0-9-]+(?===)", (ROOT / "requirements" / "run.lock").read_text(), re.MULTILINE)
    assert "hatchling" in builders
    assert not set(builders) & set(shipped)


def test_it_runs_as_an_ordinary_user() -> None:
    assert _of("USER") == ["10001"]
    kinds = [step[0] for step in FINAL]
    assert "RUN" not in kinds[kinds.index("USER") :]


def test_data_lie_in_a_folder_that_nobody_else_reads() -> None:
    assert "install -d -o shuping -g shuping -m 0700 /data" in _of("RUN")[-1]
    assert _of("VOLUME") == ["/data"]
    assert "umask 0077 && exec" in json.loads(_of("ENTRYPOINT")[0])[2]


def test_arguments_reach_the_program_as_they_are(tmp_path: Path) -> None:
    program = tmp_path / "shuping"
    program.write_text('#!/bin/sh\numask\nprintf "%s|" "$@"\n')
    program.chmod(0o700)
    entry = [*json.loads(_of("ENTRYPOINT")[0]), "telegram", "--as", "a b $HOME"]
    said = subprocess.run(
        entry, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    ).stdout
    assert said == "0077\ntelegram|--as|a b $HOME|"


def test_it_runs_all_that_is_configured() -> None:
    assert json.loads(_of("CMD")[0]) == ["serve"]


def test_health_is_that_of_the_bot() -> None:
    options, command = _of("HEALTHCHECK")[0].split("CMD ")
    assert json.loads(command) == ["shuping", "doctor", "--health"]
    assert "--timeout=" in options


@pytest.mark.slow
def test_what_is_let_in_is_enough_to_build_the_wheel(tmp_path: Path) -> None:
    context = tmp_path / "context"
    for path in filter(_let_in, _tracked()):
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, context / path)
    wheel = [sys.executable, "-m", "pip", "wheel", "--no-index", "--no-build-isolation", "--no-deps", "--wheel-dir"]
    subprocess.run([*wheel, tmp_path, "."], cwd=context, check=True, capture_output=True)
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", next(tmp_path.glob("*.whl"))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert all(each in names for each in ("licenses/LICENSE", "licenses/NOTICE", "fonts/OFL.txt", "shuping.po"))
