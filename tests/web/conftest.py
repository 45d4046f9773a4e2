"""What tests of the page share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.post import Post, certificate, post_office


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of "localhost" and its key."""
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def post(pair: tuple[Path, Path]) -> AsyncIterator[Post]:
    """A mail server."""
    async with post_office(pair) as post:
        yield post
