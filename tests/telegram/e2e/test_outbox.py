"""The outbox meets everything that Telegram can answer: order is kept, limits are kept, nothing blocks the queue."""

import asyncio
import time
from typing import Any

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, SIGHTED, Shuping
from tests.telegram.e2e.test_stale import expected, keyboard
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say, tap
from tests.telegram.faults import peak
from tests.telegram.limits import ApiError
from tests.telegram.people import Person

SENDING = ("sendMessage", "editMessageText", "sendDocument")
LATER = ("editMessageText", "sendMessage")


async def at_first_item(api: TelegramApi, bot: Shuping, name: str = "Ann") -> Person:
    person = api.person(name)
    await begin_by_taps(person, Plan())
    await api.quiet()
    return person


def right(bot: Shuping, person: Person) -> None:
    assert keyboard(card(person).rows) == keyboard(expected(bot.session(person))), person.chat.draw()


def sent(api: TelegramApi, person: Person) -> list[Any]:
    return [call for call in api.calls(*SENDING, chat=person.id) if call.ok]


@pytest.mark.parametrize(
    "fault",
    [
        ("broken", {"code": 502}),
        pytest.param(("drop", {"when": "before"}), marks=pytest.mark.slow),
        pytest.param(("drop", {"when": "after"}), marks=pytest.mark.slow),
    ],
    ids=["502", "cut before", "cut after"],
)
async def test_a_failure_is_retried_and_order_is_kept(
    api: TelegramApi, install: Install, fault: tuple[str, dict[str, Any]]
) -> None:
    """A question in a message of its own comes before the card of the next answer, whatever fails; meanwhile, others
    are answered.
    """
    bot = await install().start()
    ann, bob = await at_first_item(api, bot), await at_first_item(api, bot, "Bob")
    kind, how = fault
    failing = getattr(api.faults, kind)(method="sendMessage", chat=ann.id, count=-1, **how)
    ann.say("/delete")
    await api.eventually(lambda: failing.fired)
    ann.say("B")
    await tap(bob, "B", lambda message: message.button("B ✓"))
    api.faults.clear()
    shown = await ann.until(lambda message: "第 2 项" in message.text and message is card(ann))
    await api.quiet()
    right(bot, ann)
    texts = [call.params["text"] for call in sent(api, ann) if "sendMessage" in call.method]
    question = next(number for number, text in enumerate(texts) if "要删除这份评测吗" in text)
    first_card = next(number for number, text in enumerate(texts) if "设备数字化" in text and "<b>A</b>" in text)
    assert question < first_card
    assert shown is ann.chat.last
    assert all(" ERROR " not in line for line in bot.troubles), bot.troubles


@pytest.mark.slow
async def test_a_server_that_hangs(api: TelegramApi, install: Install) -> None:
    """After fifteen seconds the call is given up and made again; others go on meanwhile."""
    bot = await install().start()
    ann, bob = await at_first_item(api, bot), await at_first_item(api, bot, "Bob")
    api.faults.hang(40, "editMessageText", chat=ann.id)
    ann.tap("B", card(ann))
    await tap(bob, "B", lambda message: message.button("B ✓"))
    await ann.until(lambda message: message.button("B ✓"), within=30)


@pytest.mark.slow
async def test_a_damaged_row_holds_up_nobody_else(api: TelegramApi, install: Install) -> None:
    """Whose session cannot be read is passed over in a sentence; once it is repaired, all goes on."""
    bot = await install().start()
    ann, bob = await at_first_item(api, bot), await at_first_item(api, bot, "Bob")
    sound = bot.session(ann).model_dump_json()
    bot.change(f"UPDATE sessions SET data = '{{' WHERE {SIGHTED}", f"{CHAT}{ann.id}")  # noqa: S608
    ann.say("B")
    await api.quiet()
    await say(bob, "B", "第 2 项")
    bot.change(f"UPDATE sessions SET data = ? WHERE {SIGHTED}", sound, f"{CHAT}{ann.id}")  # noqa: S608
    await say(ann, "B", "第 2 项")
    (line,) = bot.troubles
    assert "cannot be read" in line
    assert "Traceback" not in bot.output


DAMAGE = (
    "reply = '{'",
    "reply = '7'",
    "reply = CAST(x'7b22ff' AS TEXT)",
    "reply = '" + "[" * 100_000 + "'",
    'urgency = 4, reply = \'{"kind":"file"}\'',
    "reply = x'00ff'",
    "reply = '{}'",
    "due = -9e99",
)


@pytest.mark.slow
async def test_damaged_messages_are_set_aside_and_hold_up_nobody(api: TelegramApi, install: Install) -> None:
    """Other people's reminders and retries go on, and so do the other messages of the chats themselves."""
    bot = await install(REMIND_WINDOW="00:00-24:00").start()
    crowd = [await at_first_item(api, bot, f"P{number}") for number in range(len(DAMAGE))]
    bob = await at_first_item(api, bot, "Bob")
    await bot.kill()
    for person, damage in zip(crowd, DAMAGE, strict=True):
        bot.change(f"UPDATE outbox SET due = 0, {damage} WHERE window = ?", f"{CHAT}{person.id}")  # noqa: S608
    bot.change("UPDATE outbox SET due = 0 WHERE window = ?", f"{CHAT}{bob.id}")
    await bot.start()
    await bob.until("评测还没做完", within=20)
    async with asyncio.timeout(10):
        while bot.rows("SELECT count(*) FROM damaged") != [(len(DAMAGE),)]:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.05)
    for person in crowd:
        await say(person, "B", "第 2 项")
    assert len(bot.troubles) == len(DAMAGE)
    assert all("is set aside" in line for line in bot.troubles)
    assert not any(str(person.id) in bot.output for person in crowd)


@pytest.mark.slow
async def test_a_group_that_has_moved_is_not_called_again(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = api.person("Ann")
    group = api.group("Team", ann)
    moved = ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": -1009})
    api.faults.add("sendMessage", chat=group.id, error=moved)
    ann.say("/start", group)
    await api.called("sendMessage")
    await api.quiet()
    assert bot.rows("SELECT window FROM outbox") == []


@pytest.mark.slow
async def test_the_limits_of_telegram(api: TelegramApi, install: Install) -> None:
    """Sixty people at once: not more than thirty messages a second; a person who floods gets about one a second."""
    bot = await install(TELEGRAM_RATE="30").start()
    people = [api.person(f"P{number}") for number in range(70)]
    flood = people[0]
    for person in people:
        person.say("/start")
    for _ in range(20):
        flood.say("/privacy")
    for person in people[1:]:
        await person.until(lambda message: message.rows)
    times = [call.at for call in api.calls(*SENDING) if call.ok]
    assert peak(times) <= 40, "some more than thirty are the doing of a machine that stood still for a moment"
    await asyncio.sleep(2)
    own = [call.at for call in api.calls(*SENDING, chat=flood.id) if call.ok]
    assert peak(own) <= 4, "a short burst"
    assert len(own) <= 3 + (time.monotonic() - own[0]) * 1.3
    assert set(bot.about(flood)) <= {"outbox", "claims"}, "nothing else is kept of somebody who has not begun"
    assert bot.troubles == []


@pytest.mark.slow
async def test_the_limit_of_a_chat_outlives_a_pause(api: TelegramApi, install: Install) -> None:
    """Somebody taps five times a second: edits come about once a second, each with the newest state."""
    bot = await install(TELEGRAM_RATE="30").start()
    ann = await at_first_item(api, bot)
    await asyncio.sleep(3)
    since = time.monotonic()
    shown = card(ann)
    for number in range(20):
        ann.tap("BCDE"[number % 4], shown, stale=True)
        await asyncio.sleep(0.2)
    edits = [call for call in api.calls(*SENDING, chat=ann.id) if call.at > since and call.ok]
    assert len(edits) <= 3 + 4 * 1.3 + 1
    await api.quiet(1.3)
    right(bot, ann)
