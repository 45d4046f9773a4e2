"""An operator's editions beside the bundled one, for every test here."""

from collections.abc import Iterator

import pytest

from scoring.editions import use
from tests.bot.child import shuping
from tests.bot.conftest import run
from tests.editions.support import OWN

__all__ = ["run", "shuping"]


@pytest.fixture(autouse=True)
def editions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SHUPING_RUBRICS", str(OWN))
    use(OWN)
    yield
    use()
