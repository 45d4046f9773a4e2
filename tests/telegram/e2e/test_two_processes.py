"""Two processes on one database: one polls, the other says so and waits, and follows within seconds."""

import asyncio
import os
import signal
import sys
from collections import Counter

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, ROOT, Shuping
from tests.telegram.e2e.test_outbox import at_first_item, right
from tests.telegram.e2e.walking import card, say, tap

SECOND = "Another shuping is taking messages"
FOLLOWS = 15.0
"""Seconds; a lease is believed for eight."""


async def beside(install: Install, first: Shuping) -> Shuping:
    """A second process on the database of the first, which has said that it waits."""
    second = install()
    second.settings["DATABASE_URL"] = f"sqlite:///{first.file}"
    await second.spawn()
    await second.until_says(SECOND)
    return second


@pytest.mark.slow
async def test_the_second_says_so_waits_and_follows_a_kill_at_once(api: TelegramApi, install: Install) -> None:
    first = await install().start()
    ann = await at_first_item(api, first)
    second = await beside(install, first)
    await tap(ann, "B", lambda message: message.button("B ✓"))
    assert "ready" not in second.output
    assert second.output.count(SECOND) == 1
    await first.kill()
    ann.tap("C", card(ann))
    await ann.until(lambda message: message.button("C ✓"), within=5)
    await api.quiet()
    right(first, ann)
    assert await second.stop() == 0


@pytest.mark.slow
async def test_the_second_follows_who_was_told_to_stop(api: TelegramApi, install: Install) -> None:
    first = await install().start()
    ann = await at_first_item(api, first)
    second = await beside(install, first)
    assert await first.stop() == 0
    await second.until_says("ready")
    await say(ann, "BC", "第 2 项")
    assert await second.stop() == 0
    assert first.rows("SELECT * FROM leases") == []


@pytest.mark.slow
async def test_one_that_waits_can_be_stopped(install: Install) -> None:
    first = await install().start()
    second = await beside(install, first)
    assert await second.stop() == 0
    assert first.running


@pytest.mark.slow
async def test_nothing_is_sent_twice_by_two_that_start_at_once(api: TelegramApi, install: Install) -> None:
    """Two hundred reminders are due when both come up."""
    first = await install(REMIND_WINDOW="00:00-24:00").start()
    await first.stop()
    reminder = '{"kind":"prepared","message":{"text":"again"}}'
    people = [api.person(started=True) for _ in range(200)]
    with first.database() as database, database:
        for person in people:
            row = (f"{CHAT}{person.id}", "recheck", reminder, 0.0, 3)
            database.execute("INSERT INTO outbox (window, key, reply, due, urgency) VALUES (?, ?, ?, ?, ?)", row)
    second = install(REMIND_WINDOW="00:00-24:00", DATABASE_URL=f"sqlite:///{first.file}")
    await asyncio.gather(first.spawn(), second.spawn())
    await api.eventually(lambda: len(api.calls("sendMessage")) >= 200, within=20)
    await api.quiet(1.0)
    counts = Counter(call.chat for call in api.calls("sendMessage"))
    assert set(counts.values()) == {1}
    assert len(counts) == 200


@pytest.mark.slow
async def test_one_that_was_frozen_is_followed_and_ends_when_it_wakes(api: TelegramApi, install: Install) -> None:
    """It had a message on its way; what it wakes up with is not sent a second time."""
    first = await install().start()
    ann = await at_first_item(api, first)
    second = await beside(install, first)
    assert first.process is not None
    first.process.send_signal(signal.SIGSTOP)
    ann.tap("B", card(ann))
    await second.until_says("ready", within=FOLLOWS)
    await ann.until(lambda message: message.button("B ✓"), within=10)
    await api.quiet()
    sent = len(api.calls("sendMessage", "editMessageText", chat=ann.id))
    first.process.send_signal(signal.SIGCONT)
    assert await first.ended(15) == 1
    assert "taken over this database" in first.output
    assert "Traceback" not in first.output
    assert len(api.calls("sendMessage", "editMessageText", chat=ann.id)) == sent
    await say(ann, "BC", "第 2 项")
    right(first, ann)


# alive or not


async def asked(bot: Shuping) -> tuple[int, str]:
    """What `shuping doctor --health` says of the bot."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "en_US.UTF-8",
        "HOME": str(bot.folder),
        "SHUPING_DATABASE_URL": f"sqlite:///{bot.file}",
    }
    command = (sys.executable, "-m", "bot", "doctor", "--health")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.slow
async def test_a_bot_is_alive_although_telegram_is_out_of_reach_and_not_when_it_hangs(
    api: TelegramApi, install: Install
) -> None:
    await api.down()
    bot = install()
    await bot.spawn()
    await bot.until_says("Telegram cannot be reached")
    assert await asked(bot) == (0, "The bot is alive.\n")
    assert bot.process is not None
    bot.process.send_signal(signal.SIGSTOP)
    assert (await asked(bot))[0] == 1
    bot.process.send_signal(signal.SIGCONT)
    await bot.kill()
    assert await asked(bot) == (1, "The bot is not running, or it is stuck.\n")
