"""The command: in a process of its own, or inside this one."""

from pathlib import Path

import pytest

from tests.bot.child import apart, shuping
from tests.bot.inside import Inside

__all__ = ["apart", "shuping"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inside:
    """The command in this process, in Chinese unless a test says otherwise, with no settings of whoever tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    return Inside(monkeypatch)
