"""A server, a stock client of it, and a bare one."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from tests.telegram.api import TelegramApi

Raw = Callable[..., Coroutine[Any, Any, tuple[int, Any]]]


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    async with TelegramApi(control=True) as server:
        yield server


@pytest.fixture
async def bot(api: TelegramApi, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with Bot(api.token, base_url=f"{api.url}/bot", base_file_url=f"{api.url}/file/bot") as client:
        yield client


@pytest.fixture
async def raw(api: TelegramApi) -> AsyncIterator[Raw]:
    """await raw("sendMessage", chat_id=…) → status and answer, through JSON."""
    async with aiohttp.ClientSession() as session:

        async def call(method: str, **params: Any) -> tuple[int, Any]:
            async with session.post(f"{api.url}/bot{api.token}/{method}", json=params) as response:
                return response.status, await response.json()

        yield call
