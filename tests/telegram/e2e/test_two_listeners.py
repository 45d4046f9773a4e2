"""Two processes behind one webhook, on one database: each takes what comes to it, and either may die at any moment."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bot.delivery.worker import LEASE
from bot.telegram.menu import menus
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import SECRET, Shuping, free_port, post, webhook
from tests.telegram.e2e.model import Told, taken
from tests.telegram.e2e.test_outbox import right
from tests.telegram.e2e.test_webhook import update
from tests.telegram.e2e.walking import Plan, begin_by_taps, cards
from tests.telegram.people import Person

PARKED, MENUS = 25, len(menus())
WITHIN = LEASE.total_seconds() + 4
"""A reply may have to wait until the lease of a dead process ends, and for the start of the next one."""


@asynccontextmanager
async def balanced(ports: list[int]) -> AsyncIterator[str]:
    """An address whose connections go to any of these ports, and to another one where nobody listens."""
    chance = random.Random(5)  # noqa: S311  # the same at every run

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for port in chance.sample(ports, len(ports)):
            with suppress(OSError):
                there, out = await asyncio.open_connection("127.0.0.1", port)
                await asyncio.gather(carry(reader, out), carry(there, writer))
                return
        writer.close()

    async with await asyncio.start_server(connect, "127.0.0.1", free_port()) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}/hook"


async def parks(person: Person, number: int) -> None:
    """Puts off the item with this number; the next one comes in a message of its own."""
    await person.ask("稍后", f"第 {number + 1} 项", within=WITHIN)


async def walk(person: Person) -> None:
    await begin_by_taps(person, Plan())
    for number in range(1, PARKED + 1):
        await parks(person, number)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [0, 6])
async def test_nothing_is_lost_and_nothing_comes_twice_but_what_a_process_died_at(
    api: TelegramApi, install: Install, kills: int
) -> None:
    """A card that arrived when its process died before it could note so keeps its buttons until somebody taps there."""
    told, chance = Told().listen(api), random.Random(kills)  # noqa: S311
    listens = [webhook() for _ in range(2)]
    ports = [int(settings["WEBHOOK_LISTEN"].partition(":")[2]) for settings in listens]
    async with balanced(ports) as url:
        first = install(**{**listens[0], "WEBHOOK_URL": url})
        second = install(**{**listens[1], "WEBHOOK_URL": url, "DATABASE_URL": f"sqlite:///{first.file}"})
        bots: list[Shuping] = [await first.start(), await second.start()]
        people = [api.person(f"P{number}") for number in range(4)]
        walks = asyncio.gather(*map(walk, people))
        for _ in range(kills):
            await asyncio.sleep(0.3 + chance.random())
            bot = chance.choice(bots)
            await bot.kill()
            await asyncio.sleep(chance.random())
            await bot.start()
        await walks
        await api.quiet(0.5, within=30)
        for person in people:
            right(first, person)
            assert cards(person), person.chat.draw()
            assert len(first.session(person).parked) == PARKED
        assert sum(len(cards(person)) - 1 for person in people) <= kills, "cards that nobody died at keep their buttons"
        assert set(taken(first)) == {number for number in told.bodies if number}
        shown = Counter(
            (call.chat, call.params["text"].partition(" 项")[0])
            for call in api.calls("sendMessage")
            if "第 " in call.params["text"]
        )
        assert len(shown) >= len(people) * PARKED
        assert sum(shown.values()) - len(shown) <= kills, [card for card, times in shown.items() if times > 1]
        assert all("Traceback" not in bot.output for bot in bots)


@pytest.mark.slow
async def test_telegram_is_told_where_to_post_once_and_again_by_whoever_takes_over(
    api: TelegramApi, install: Install
) -> None:
    """Each process takes what is posted to it from the beginning."""
    listens = [webhook() for _ in range(2)]
    first = install(**listens[0])
    second = install(**listens[1], DATABASE_URL=f"sqlite:///{first.file}")
    await first.start()
    await api.eventually(lambda: len(api.calls("setMyCommands")) == MENUS)
    await second.start()
    status, _ = await post(listens[1]["WEBHOOK_URL"], update(api.person("Ann", started=True), 1), SECRET)
    assert status == 200
    assert [call.params["url"] for call in api.calls("setWebhook")] == [listens[0]["WEBHOOK_URL"]]
    assert len(api.calls("setMyCommands")) == MENUS
    await first.kill()
    await api.eventually(lambda: len(api.calls("setWebhook")) == 2, within=10)
    assert api.calls("setWebhook")[1].params["url"] == listens[1]["WEBHOOK_URL"]
    await api.eventually(lambda: len(api.calls("setMyCommands")) == 2 * MENUS)
    assert await second.stop() == 0
