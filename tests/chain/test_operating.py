"""The guide for operators: its commands are shell, ours exist, and every setting that it names is one.

What the commands do is tried in `tests/operating`.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli.parser import CommandLine
from bot.settings import FILED, Settings
from locales import catalogue
from tests.chain.places import COMPOSE, OPERATING, UNIT, WATCH, shell_of

TEXT = OPERATING.read_text()
KNOWN = {f"SHUPING_{name.upper()}" for name in Settings.model_fields} | {
    f"SHUPING_{name.upper()}_FILE" for name in FILED
}
PROXY = {"SHUPING_HOST", "SHUPING_BOT_HOST", "SHUPING_PAGES", "SHUPING_WEBHOOKS"}
"""Variables of the proxy, not of ours."""


@pytest.mark.parametrize("snippet", shell_of(OPERATING), ids=lambda snippet: snippet.split("\n")[0])
def test_a_snippet_is_shell(snippet: str) -> None:
    done = subprocess.run(["sh", "-n"], input=snippet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", [OPERATING, COMPOSE, WATCH / "Caddyfile"], ids=lambda file: file.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    named = set(re.findall(r"\bSHUPING_[A-Z_]+\b", file.read_text()))
    assert named
    assert named <= KNOWN | PROXY


def test_every_command_exists() -> None:
    line = CommandLine(catalogue("en"))
    told = re.findall(
        r"^ *shuping ((?:--env-file \S+ )?[\w -]+?)(?: &)?$", "\n".join(shell_of(OPERATING)), re.MULTILINE
    )
    assert {each.split()[-1] for each in told} >= {"serve", "doctor", "upgrade"}
    for each in told:
        assert line.read(each.split()).command


def test_no_secret_stands_on_a_command_line() -> None:
    assert not re.search(r"(TOKEN|PASSWORD|SECRET)=(?!/)\S", TEXT.replace("_FILE=", "="))


def test_what_is_different_under_systemd_is_a_unit() -> None:
    """The drop-in takes back the folder that the unit asks for, and nothing else that keeps it in."""
    (drop,) = re.findall(r"^```ini\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert drop.startswith("[Service]\n")
    keys = [line.split("=", 1)[0] for line in drop.splitlines()[1:] if line and not line.startswith("#")]
    assert set(keys) == {"StateDirectory", "Environment", "LoadCredential"}
    assert "StateDirectory=shuping" in UNIT.read_text()
    assert "SHUPING_DATABASE_URL=sqlite" in UNIT.read_text(), "which the drop-in empties"


def test_systemd_takes_the_template_with_what_is_different(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed here")
    (drop,) = re.findall(r"^```ini\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    started = UNIT.read_text().replace("ExecStart=/opt/shuping/bin/shuping", "ExecStart=/bin/true")
    (tmp_path / "shuping@.service").write_text(started)
    (tmp_path / "shuping@.service.d").mkdir()
    (tmp_path / "shuping@.service.d" / "worker.conf").write_text(drop)
    done = subprocess.run(
        [analyze, "verify", "shuping@1.service"],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
