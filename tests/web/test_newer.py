"""While a new version is being put in: whoever meets an older process waits a moment, and the page tries by itself."""

from collections.abc import AsyncIterator

import pytest

from bot.web.visitor import window_of
from locales import LANGUAGES, catalogue
from storage.opening import open_store
from storage.store import Store
from tests.newer import by_newer, by_ours
from tests.web.conftest import Web


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    async with await open_store(database) as store:
        yield store


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_looks_is_told_to_wait_and_looks_again_by_itself(web: Web, database: str, language: str) -> None:
    ann = await web.browser(language=language)
    await ann.press(catalogue(language)("button.begin"))
    by_newer(database, window_of(ann.token))
    await ann.open("/d/history")
    assert catalogue(language)("web.moment.title") in ann.text
    assert ann.answer.status_code == 503
    assert ann.answer.headers["refresh"].isdecimal(), "the same page once more"
    by_ours(database, window_of(ann.token))
    await ann.open("/d/history")
    assert ann.answer.status_code == 200


async def test_who_taps_is_led_back_to_the_card(web: Web, database: str) -> None:
    ann = await web.browser()
    await ann.press("开始")
    by_newer(database, window_of(ann.token))
    await ann.press("跳过")
    assert ann.answer.status_code == 503
    assert ann.answer.headers["refresh"].endswith("; url=/")
    assert "请稍等一下" in ann.text


async def test_the_script_is_told_when_to_send_the_same_again_which_counts_once(web: Web, database: str) -> None:
    ann = await web.browser(scripted=True)
    await ann.press("开始")
    before = (await web.state(ann)).session
    by_newer(database, window_of(ann.token))
    path, fields = ann.filled("跳过")
    await ann.post(path, fields)
    assert ann.answer.status_code == 503
    assert float(ann.answer.headers["retry-after"]) > 0
    by_ours(database, window_of(ann.token))
    for _ in range(2):
        await ann.post(path, fields)
        assert ann.answer.status_code == 200
    after = (await web.state(ann)).session
    assert before is not None
    assert after is not None
    assert after.revision == before.revision + 1
