"""What somebody who means harm can do to others by the page: nothing, or no more than is written down."""

import asyncio
import base64
import hmac
import json
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.delivery.reports import Reports
from bot.dialogue.pages import Page
from bot.dialogue.replies import File
from bot.web.guard import HEADERS
from bot.web.visitor import Visitor, window_of
from bot.words.wording import Medium
from tests.web.conftest import Web
from tests.web.test_conversation import begun
from tests.web.test_links import CODE

PAUSE = timedelta(seconds=0.5)
OWN = "ab" * 16
"""A cookie that somebody has made up: what they sign with it is theirs."""


@pytest.fixture(params=[pytest.param("memory", marks=pytest.mark.slow), "sqlite"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """How much is taken from whom is no affair of the store's; hundreds of requests would be slow on a server's."""
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path / 'shuping.db'}"


# what a browser brings along


def signed(packed: str) -> str:
    """As we sign what we say in a cookie: whoever knows the cookie beside it can."""
    return f"{packed}.{hmac.digest(OWN.encode(), packed.encode(), 'sha256').hex()[:32]}"


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content)).decode()


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


FORGED = {
    "much in little": packed(b"[" + b'"",' * 200_000 + b'""]'),
    "no base64": "ü",
    "nothing packed": "abcd",
    "no JSON": packed(b"["),
    "another shape": packed(b"42"),
    "deep": packed(nested(2_000)),
    "no reply": packed(json.dumps(["{}"]).encode()),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_words_that_somebody_has_signed_for_themselves_are_read_within_bounds(forged: str) -> None:
    assert Visitor(window_of(OWN), OWN).said(signed(forged)) in ([], ["{}"])


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_forged_words_are_passed_over(web: Web, forged: str) -> None:
    async with httpx.AsyncClient(base_url=web.url) as client:
        cookie = f"shuping={OWN}; said={signed(forged)}".encode()
        answer = await client.get("/", headers={b"cookie": cookie})
    assert answer.status_code == 200


# what every answer has


async def test_an_answer_that_went_wrong_is_guarded_like_any_other(web: Web) -> None:
    browser = await begun(web)
    del web.site.reports
    async with httpx.AsyncClient(base_url=web.url, cookies={"shuping": browser.token}) as client:
        answer = await client.get("/file/json")
    assert answer.status_code == 500
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/", 405), ("GET", "/say", 405)]
)
async def test_what_is_not_there_counts_as_a_request(web: Web, method: str, path: str, status: int) -> None:
    async with httpx.AsyncClient(base_url=web.url) as client:
        statuses = [(await client.request(method, path)).status_code for _ in range(605)]
    assert statuses == [status] * 600 + [429] * 5


# the disk


async def test_another_firm_is_counted_like_the_first(web: Web) -> None:
    browser = await begun(web)
    statuses = []
    for _ in range(62):
        await browser.open()
        await browser.say("/firms new")
        statuses.append(browser.answer.status_code)
        web.pass_time(PAUSE)
    assert statuses == [200] * 59 + [429] * 3
    assert len((await web.state(browser)).dossiers) == 60


# files, which take long


class Slow(Reports):
    """Makes files only when it is told to."""

    def __init__(self, web: Web) -> None:
        super().__init__(web.store, web.site.rules)
        self.go, self.asked, self.in_hand, self.most = asyncio.Event(), asyncio.Semaphore(0), 0, 0

    async def at_once(self, window: str, dossier: str, wanted: File, medium: Medium, now: datetime) -> Page | None:
        self.in_hand += 1
        self.most = max(self.most, self.in_hand)
        self.asked.release()
        await self.go.wait()
        self.in_hand -= 1
        return await super().at_once(window, dossier, wanted, medium, now)


@asynccontextmanager
async def wanting(web: Web, token: str, files: int) -> AsyncIterator[list["asyncio.Task[httpx.Response]"]]:
    """Somebody who asks for so many files at once."""
    async with httpx.AsyncClient(base_url=web.url, cookies={"shuping": token}, timeout=20) as client:
        yield [asyncio.create_task(client.get("/file/json")) for _ in range(files)]


async def test_who_wants_many_files_gets_one_after_the_other_and_nobody_waits_behind_them(web: Web) -> None:
    greedy, modest = await begun(web), await begun(web, firm="别家厂")
    web.site.reports = slow = Slow(web)
    async with wanting(web, greedy.token, 30) as many, wanting(web, modest.token, 1) as one:
        await slow.asked.acquire()
        await slow.asked.acquire()
        assert slow.in_hand == 2
        slow.go.set()
        assert (await one[0]).status_code == 200
        statuses = Counter([(await answer).status_code for answer in many])
    assert statuses == {200: 6, 429: 24}
    assert slow.most == 2


async def test_an_address_leaves_places_for_files_to_others(web: Web) -> None:
    web.site.reports = slow = Slow(web)
    room = [await begun(web) for _ in range(40)]
    async with AsyncExitStack() as stack:
        files = [await stack.enter_async_context(wanting(web, firm.token, 1)) for firm in room]
        for _ in range(8):
            await slow.asked.acquire()
        slow.go.set()
        assert {(await answer).status_code for (answer,) in files} == {200}
    assert slow.most == 8


async def statuses_of(web: Web, path: str, times: int) -> list[int]:
    """What a minute's rest lets somebody open so many times."""
    browser = await begun(web)
    web.pass_time(timedelta(minutes=1))
    statuses = []
    for _ in range(times):
        await browser.open(path)
        statuses.append(browser.answer.status_code)
    return statuses


async def test_a_pack_counts_as_the_ten_files_that_it_is(web: Web) -> None:
    statuses = await statuses_of(web, "/file/zip", 8)
    assert statuses == [503] * 6 + [429] * 2, "what is not final has no pack, and the question costs the same"


# who had the link


async def test_a_new_link_ends_all_that_came_of_the_old_one(web: Web) -> None:
    """Somebody had the old link, opened the firm beside one of their own, and handed it on."""
    owner, thief, friend = await begun(web), await begun(web, firm="别家厂"), await begun(web, firm="第三家")
    await thief.open(f"/a/{owner.token}")
    await thief.press("打开")
    await thief.open("/keep")
    await thief.press("要返回码")
    code = CODE.search(thief.text)
    assert code
    await friend.open("/code")
    await friend.press("打开", code="".join(code.groups()))
    assert len((await web.state(friend)).dossiers) == 2
    await owner.open("/keep")
    await owner.press("要返回码")
    waiting = CODE.search(owner.text)
    assert waiting
    await owner.open("/keep")
    await owner.press("换新链接")
    for other, firm in ((thief, "别家厂"), (friend, "第三家")):
        state = await web.state(other)
        assert len(state.dossiers) == 1
        assert state.session
        assert state.session.firm.name == firm
    await thief.open("/code")
    await thief.press("打开", code="".join(waiting.groups()))
    assert "不对，或者过期了" in thief.text
    await owner.open()
    assert "网络建设" in owner.text


async def test_a_guest_can_shut_out_nobody_but_their_own_guests(web: Web) -> None:
    owner, guest = await begun(web), await begun(web, firm="别家厂")
    await guest.open(f"/a/{owner.token}")
    await guest.press("打开")
    await guest.open("/keep")
    await guest.press("换新链接")
    assert len((await web.state(guest)).dossiers) == 2
    await owner.open()
    assert "网络建设" in owner.text


# time


async def test_long_texts_count_as_the_requests_whose_time_they_take(web: Web) -> None:
    browser = await begun(web)
    form = next(form for form in browser.page.forms if "text" in form.fields)
    web.pass_time(timedelta(minutes=1))
    statuses = []
    async with httpx.AsyncClient(base_url=web.url, cookies={"shuping": browser.token}) as client:
        for number in range(5):
            text = f"{number}{'一二三四五六七八九十' * 120}"
            statuses.append((await client.post("/say", data={**form.fields, "text": text})).status_code)
    assert statuses == [303] * 2 + [429] * 3
    web.pass_time(timedelta(seconds=5))
    await browser.open()
    assert "网络建设" in browser.text


async def test_a_look_at_all_that_was_finished_counts_as_five(web: Web) -> None:
    assert await statuses_of(web, "/d/history", 12) == [200] * 10 + [429] * 2


# memory


async def test_what_is_stored_of_somebody_is_no_larger_in_memory_than_a_file_may_be(web: Web) -> None:
    browser = await begun(web)
    await browser.open("/file/json")
    whole = browser.answer.json()
    assert [one["session"]["firm"]["name"] for one in whole["dossiers"]] == ["示例五金厂"]
    assert {"window", "contact", "outbox"} < whole.keys()
    web.site.reports.largest = len(browser.answer.content) // 2
    await browser.open("/file/json")
    assert browser.answer.status_code == 503
    assert "放不进一个文件" in browser.text


# the log


async def test_who_hangs_up_in_the_middle_is_no_news(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    host, _, port = web.url.removeprefix("http://").rpartition(":")
    for _ in range(3):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /say HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\ndo=")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    async with httpx.AsyncClient(base_url=web.url) as client:
        for _ in range(10):  # by then, the server has heard that they are gone
            assert (await client.get("/")).status_code == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
