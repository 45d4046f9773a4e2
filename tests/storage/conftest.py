"""A place for a database."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet; nor is its folder."""
    return tmp_path / "data" / "shuping.db"
