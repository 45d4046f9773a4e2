"""Never lost, never doubled: whatever the network does to a form, and whenever the process dies, it counts once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import httpx
import pytest

from bot.delivery.reports import Reports
from bot.dialogue.context import Manner, Outside
from bot.http.server import PageConnection, served
from bot.serving.here import host_time
from bot.telegram.updates import act_of
from bot.web.app import application
from bot.web.limits import page_limits
from bot.web.site import Site
from bot.words.wording import Medium
from storage.opening import open_store
from storage.store import Store
from tests.delivery.site import RUBRIC, RULES, TOKEN
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import Shuping, free_port
from tests.telegram.e2e.model import Told
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say
from tests.telegram.people import Person
from tests.web.crowd import Crowd, begun_from, commits, played, same, watch
from tests.web.network import Fate, Network

CHAT = Manner(Medium.TAPPING)


@dataclass
class Town:
    """A page on a file, and people before it behind a bad network."""

    file: Path
    store: Store
    network: Network
    crowd: Crowd
    process: Shuping | None = None

    def will_crash(self, times: int, among: int) -> None:
        """The process is killed so often while so many things are done, and started again at once."""
        for act in self.network.chance.sample(range(1, among), times):
            self.crowd.at[act] = self._crash

    async def _crash(self) -> None:
        assert self.process
        await self.process.kill()
        await self.process.spawn()

    @asynccontextmanager
    async def harmed(self, harm: float = 0.5) -> AsyncIterator[None]:
        """The network is bad for a while; afterwards all is as if every message had come once."""
        before = [walker.window for walker in self.crowd.people]
        model = await begun_from(self.store, before)
        watch(self.file)
        self.network.harm = harm
        yield
        self.network.harm = 0
        await self.network.settle()
        committed = commits(self.file)
        taken = {commit.key for commit in committed}
        assert {*self.crowd.sent} - self.crowd.refused <= taken <= {*self.crowd.sent}, "all, and nothing else"
        await played(model, committed, self.crowd.sent)
        await same(self.store, model, {*before, *(walker.window for walker in self.crowd.people)})


@asynccontextmanager
async def town_at(file: Path, address: str, seed: int) -> AsyncIterator[Town]:
    """People before a page that is served there, from this file."""
    chance = Random(seed)  # noqa: S311  # no secrets
    async with (
        await open_store(f"sqlite:///{file}") as store,
        Network(address, chance, harm=0) as network,
        AsyncExitStack() as stack,
    ):
        yield Town(file, store, network, Crowd(network.url, chance, stack))


@asynccontextmanager
async def town_here(tmp_path: Path, seed: int = 0) -> AsyncIterator[Town]:
    """The page in this process; an hour passes from request to request, so nobody asks for too much."""
    file, address, hours = tmp_path / "shuping.db", f"127.0.0.1:{free_port()}", count(0, 3600)
    async with await open_store(f"sqlite:///{file}") as store:
        reports = Reports(store, RULES)
        site = Site(store, RULES, RUBRIC, Outside(host_time), reports, limits=page_limits(lambda: float(next(hours))))
        async with served(application(site), address, PageConnection), town_at(file, address, seed) as town:
            yield town
        await reports.close()


@pytest.mark.parametrize("fate", Fate)
async def test_whatever_becomes_of_a_tap_it_counts_once(tmp_path: Path, fate: Fate) -> None:
    async with town_here(tmp_path) as town:
        ann = await town.crowd.begun()
        action, fields = ann.browser.filled("稍后")
        async with town.harmed(0):
            town.network.planned.append(fate)
            await ann.say(fields)
            await ann.look()
        session = (await town.store.state(ann.window)).session
        assert action == "/say"
        assert session
        assert session.parked == ("q1",)
        assert "第 2 项" in ann.browser.text
        assert not town.network.planned


@pytest.mark.parametrize("scripted", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("fate", Fate)
async def test_whatever_becomes_of_a_question_its_answer_is_heard(
    tmp_path: Path, fate: Fate, *, scripted: bool
) -> None:
    async with town_here(tmp_path) as town:
        ann = await town.crowd.begun()
        ann.browser._extra = {"x-shuping": "1"} if scripted else {}
        (form,) = [form.fields for form in ann.browser.page.forms if "text" in form.fields]
        town.network.planned.append(fate)
        await ann.say({**form, "text": "什么是PLC"})
        assert "小电脑" in ann.browser.text


@pytest.mark.parametrize("at", ["the form", "the move"])
@pytest.mark.parametrize("fate", Fate)
async def test_whatever_becomes_of_a_new_link_one_of_both_opens(tmp_path: Path, fate: Fate, at: str) -> None:
    """Also if it is not asked for again. The first look after it leads to where the link is shown."""
    async with town_here(tmp_path) as town:
        ann = await town.crowd.begun()
        await ann.look("/keep")
        old = ann.browser.token
        action, fields = ann.browser.filled("换新链接")
        town.network.planned.extend([fate] if at == "the form" else [Fate.PASSED, fate])
        with suppress(httpx.TransportError):
            await ann.browser.post(action, fields)
        town.network.planned.clear()
        await ann.look()
        await ann.look()
        assert "网络建设" in ann.browser.text
        thief = await town.crowd.person()
        await thief.look(f"/a/{old}")
        assert ("网络建设" in thief.browser.text) == (ann.browser.token == old)


async def test_a_crowd_behind_a_bad_network(tmp_path: Path) -> None:
    """Two tabs of one browser, two browsers on one dossier, and strangers."""
    async with town_here(tmp_path, seed=1) as town:
        await crowded(town)
        async with town.harmed():
            await town.crowd.walk(acts=15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
async def test_a_crowd_behind_worse_networks(tmp_path: Path, seed: int) -> None:
    async with town_here(tmp_path, seed) as town:
        await crowded(town)
        async with town.harmed(0.4 + seed / 20):
            await town.crowd.walk(acts=60)


async def crowded(town: Town) -> None:
    """Everybody is there."""
    ann = await town.crowd.begun()
    await town.crowd.tab(ann)
    await town.crowd.linked(ann)
    for _ in range(3):
        await (await town.crowd.person()).look()


# a process that is killed


@asynccontextmanager
async def town_apart(api: TelegramApi, folder: Path, seed: int, *command: str, **settings: str) -> AsyncIterator[Town]:
    """The page in a process of its own."""
    address = f"127.0.0.1:{free_port()}"
    process = Shuping(api, folder, {"WEB_LISTEN": address, **settings}, command)
    await process.spawn()
    await process.until_says("The page is at")
    try:
        async with town_at(process.file, address, seed) as town:
            town.process = process
            yield town
    finally:
        await process.kill()
    assert process.troubles == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_a_crowd_before_a_process_that_is_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    async with TelegramApi() as api, town_apart(api, tmp_path, seed, "web", TELEGRAM_TOKEN="") as town:
        await crowded(town)
        async with town.harmed(0.3):
            town.will_crash(times=5, among=6 * 25)
            await town.crowd.walk(acts=25)


class Tapper:
    """Somebody in Telegram who taps on, whatever happens beside them on the page."""

    def __init__(self, town: Town, api: TelegramApi, person: Person, told: Told) -> None:
        self.town, self.api, self.person, self.told = town, api, person, told

    @property
    def window(self) -> str:
        return f"telegram:{self.person.id}"

    async def walk(self, acts: int) -> None:
        """So many taps on what they see, whether that is the present card or not any more."""
        self.told.bodies.clear()
        for _ in range(acts):
            await self.town.crowd.acted()
            live = card(self.person)
            data = self.town.network.chance.choice(live.buttons)["callback_data"]
            self.person.tap(data, live, stale=True)
            await self.api.quiet(0.05, within=30)
        for number, body in self.told.bodies.items():
            act = act_of({"update_id": number, **body})
            if number and act:
                self.town.crowd.sent["telegram", number] = self.window, act.message, CHAT


@pytest.mark.slow
@pytest.mark.parametrize("crashes", [0, 4])
async def test_a_browser_beside_telegram(tmp_path: Path, crashes: int) -> None:
    """Both on one dossier, begun in the chat, and followed on the page."""
    async with TelegramApi() as api:
        told = Told.listen(api)
        async with town_apart(api, tmp_path, crashes, "serve") as town:
            await both(town, api, told, crashes)


async def both(town: Town, api: TelegramApi, told: Told, crashes: int) -> None:
    """Somebody taps in the chat while somebody else is at the page."""
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    ann.say("/link")
    message = await ann.until(lambda message: TOKEN.search(message.text))
    found = TOKEN.search(message.text)
    assert found
    bob = await town.crowd.begun()
    await bob.browser.say(f"/link {found[0]}")
    assert (await town.store.state(bob.window)).shared
    await say(ann, "/resume")
    await api.quiet()
    town.crowd.people.append(Tapper(town, api, ann, told))
    async with town.harmed(0.3):
        town.will_crash(times=crashes, among=80)
        await town.crowd.walk(acts=40)
