"""Three processes on one PostgreSQL: together they send no more than Telegram takes, and answers do not wait."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from time import monotonic

import pytest

from bot.dialogue.replies import Text, written
from storage.opening import open_store
from storage.outbox import Outgoing, Urgency
from storage.store import Decision
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, SECRET, Shuping, post, webhook
from tests.telegram.e2e.test_webhook import update
from tests.telegram.e2e.walking import Plan, begin_by_taps
from tests.telegram.people import Person

RATE, REMINDERS = 30, 480
LIMIT = 2.0
"""Seconds that somebody who answers may wait, on a busy machine; whoever stood in line would wait for longer."""


async def queue(database: str, people: list[Person]) -> None:
    """Everybody is to be reminded of something, at once."""
    reply = written(Text(("again",)))
    async with await open_store(database) as store:
        for person in people:
            outgoing = Outgoing(reply, datetime.now(UTC), "recheck", urgency=Urgency.REMINDER)
            await store.apply(f"{CHAT}{person.id}", lambda _: Decision(outbox=(outgoing,)))  # noqa: B023  # at once


def sent(api: TelegramApi) -> list[float]:
    """When something was sent to anybody."""
    return sorted(call.at for call in api.calls("sendMessage", "editMessageText", "editMessageReplyMarkup"))


@pytest.mark.slow
async def test_a_flood_of_reminders_keeps_to_the_limit_and_who_answers_does_not_wait(
    api: TelegramApi, install: Install, database: str
) -> None:
    given = {"DATABASE_URL": database, "TELEGRAM_RATE": str(RATE), "REMIND_WINDOW": "00:00-24:00"}
    listens = [webhook() for _ in range(3)]
    bots: list[Shuping] = [await install(**listen, **given).start() for listen in listens]
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await asyncio.sleep(1.5)
    began = monotonic()
    people = [api.person(started=True) for _ in range(REMINDERS)]
    await queue(database, people)
    await api.eventually(lambda: len([at for at in sent(api) if at > began]) > 1.5 * RATE)
    waits = []
    for number in range(4):  # one process after the other
        tapped = monotonic()
        address = listens[number % 3]["WEBHOOK_URL"]
        assert (await post(address, update(ann, 9000 + number, "稍后"), SECRET))[0] == 200
        await ann.until(f"第 {number + 2} 项")
        waits.append(monotonic() - tapped)
        await asyncio.sleep(0.5)
    left = REMINDERS - len([at for at in sent(api) if at > began])
    assert left > LIMIT * RATE, "all this time, there was a line of reminders"
    assert max(waits) < LIMIT, waits
    await api.eventually(lambda: len(api.calls("sendMessage")) >= REMINDERS + 4, within=60)
    times = [at for at in sent(api) if at > began]
    for first, at in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= RATE * (times[last] - at) + 2 * RATE
    assert len(times) / (times[-1] - times[0]) >= 0.6 * RATE, "and little is wasted"
    await api.quiet()
    counts = Counter(call.chat for call in api.calls("sendMessage"))
    assert {counts[person.id] for person in people} == {1}
    for bot in bots:
        assert await bot.stop() == 0
