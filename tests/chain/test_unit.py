"""The systemd unit: how far it shuts the program in."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chain.places import ROOT, UNIT

EXPOSED = 2.0
"""The most that we allow, of 10; systemd calls everything from 3 on "medium"."""
WITHOUT = {"PrivateNetwork", "RootDirectory", "IPAddressDeny"}
PROTECTIONS = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "DynamicUser": "yes",
    "StateDirectoryMode": "0700",
    "UMask": "0077",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "ProtectProc": "invisible",
    "ProcSubset": "pid",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "ProtectControlGroups": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "PrivateUsers": "yes",
    "PrivateMounts": "yes",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "SystemCallArchitectures": "native",
    "RemoveIPC": "yes",
}
FORBID_WRITE_EXECUTE = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) and sys.exit(77); "
WRITE_EXECUTE = "import mmap; mmap.mmap(-1, 4096, prot=7)"


def _directives() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def _analyze(*args: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed here")
    return subprocess.run([program, *args], capture_output=True, text=True, check=False)


def test_it_asks_for_every_protection() -> None:
    directives = _directives()
    assert {name: directives.get(name) for name in PROTECTIONS} == {name: [each] for name, each in PROTECTIONS.items()}
    assert directives["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]


def test_systemd_finds_little_that_is_exposed() -> None:
    said = _analyze("security", "--offline=true", "--no-pager", UNIT).stdout
    overall = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert overall, said
    assert float(overall[1]) <= EXPOSED
    figure = re.search(r"says \*\*([\d.]+), OK\*\*", (ROOT / "docs" / "security.md").read_text())
    assert figure, "docs/security.md gives the figure"
    assert float(figure[1]) <= EXPOSED


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/shuping/bin/shuping", "/bin/true"))
    done = _analyze("verify", copy)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []


def test_the_token_comes_from_a_file_that_only_the_program_sees() -> None:
    directives = _directives()
    assert directives["LoadCredential"] == ["telegram_token:/etc/shuping/telegram_token"]
    assert "SHUPING_TELEGRAM_TOKEN_FILE=%d/telegram_token" in directives["Environment"]
    assert "TOKEN=" not in UNIT.read_text().replace("TOKEN_FILE=", "")


def test_it_runs_all_that_is_configured() -> None:
    assert _directives()["ExecStart"] == ["/opt/shuping/bin/shuping serve"]


def test_only_a_wrong_setting_is_final() -> None:
    directives = _directives()
    assert directives["Restart"] == ["always"]
    assert directives["RestartPreventExitStatus"] == ["2"]
    assert directives["StartLimitIntervalSec"] == ["0"]
    assert int(directives["RestartSec"][0].removesuffix("s")) >= 5


def _shut(code: str, *args: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python where no memory may be both written and executed, as MemoryDenyWriteExecute has it."""
    program = [sys.executable, "-c", FORBID_WRITE_EXECUTE + code]
    done = subprocess.run([*program, *args], capture_output=True, text=True, check=False)
    if done.returncode == 77:
        pytest.skip("this kernel cannot forbid it")
    return done


@pytest.mark.slow
def test_reports_are_drawn_without_memory_that_is_both_written_and_executed(tmp_path: Path) -> None:
    assert "PermissionError" in _shut(WRITE_EXECUTE).stderr
    answers, report = tmp_path / "answers.json", tmp_path / "report.pdf"
    answers.write_text(json.dumps({"answers": {"q5": "C"}}))
    run = "os.execv(sys.executable, [sys.executable, '-m', 'bot', 'report', *sys.argv[1:]])"
    assert _shut(run, answers, "--pdf", report).returncode == 0
    assert report.read_bytes().startswith(b"%PDF")
