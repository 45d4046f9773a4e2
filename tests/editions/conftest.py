"""An operator's editions beside the bundled one, for every test here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.editions import use
from tests.bot.child import Shuping
from tests.bot.conftest import run
from tests.editions.support import OWN

__all__ = ["run"]


@pytest.fixture
def shuping(tmp_path: Path) -> Shuping:
    """The command in processes of its own, which know the editions that they are told of and no others."""
    return Shuping(tmp_path, apart=True)


@pytest.fixture(autouse=True)
def editions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SHUPING_RUBRICS", str(OWN))
    use(OWN)
    yield
    use()
