"""The command: in a process of its own, or inside this one."""

import pytest

from tests.bot.child import shuping
from tests.bot.inside import Inside

__all__ = ["shuping"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Inside:
    """The command in this process, in Chinese unless a test says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    return Inside(monkeypatch)
