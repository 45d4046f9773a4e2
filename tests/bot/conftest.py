"""The command: in a process of its own, or inside this one."""

from pathlib import Path

import pytest

from tests.bot.child import apart, shuping
from tests.bot.inside import Inside, inside

__all__ = ["apart", "shuping"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inside:
    """The command in this process."""
    return inside(monkeypatch, tmp_path)
