"""Reminders, in seconds instead of days: rarely, never in bursts, never to those who are done or gone."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from flows.session import Phase
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import Shuping
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, say, tap, walk_by_taps
from tests.telegram.people import Person
from tests.telegram.views import Message

SOON = {"REMIND_AFTER": "0.8s,1.6s,2.4s", "REMIND_WINDOW": "00:00-24:00"}
TITLE = "评测还没做完"


def reminders(person: Person) -> list[Message]:
    return [message for message in person.chat.seen if TITLE in message.text]


async def begun(api: TelegramApi, bot: Shuping) -> Person:
    await bot.start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    return ann


async def test_three_and_then_silence(api: TelegramApi, install: Install) -> None:
    bot = install(**SOON)
    ann = await begun(api, bot)
    await tap(ann, "稍后")
    first = await ann.until(TITLE)
    assert "还有 31 项" in first.text
    assert "1. 网络建设" in first.text, "it says what waits"
    assert first.labels == [["继续"], ["明天", "一周后", "不再提醒"]]
    await api.eventually(lambda: len(reminders(ann)) == 3, within=6)
    await asyncio.sleep(1.5)
    assert len(reminders(ann)) == 3
    gone = (bot.session(ann).updated_at + timedelta(days=365)).date().isoformat()
    assert [gone in reminder.text for reminder in reminders(ann)] == [False, False, True], "the last one tells"
    assert bot.waiting(ann) == []
    assert bot.troubles == []


@pytest.mark.slow
async def test_progress_moves_them_and_a_result_ends_them(api: TelegramApi, install: Install) -> None:
    bot = install(REMIND_AFTER="2s,3s,4s", REMIND_WINDOW="00:00-24:00")
    ann = await begun(api, bot)
    for _ in range(4):
        await asyncio.sleep(1)
        await tap(ann, "稍后")
    assert reminders(ann) == []
    bob = api.person("Bob")
    await walk_by_taps(bob, Plan())
    assert bot.session(bob).phase is Phase.RESULT
    cat = api.person("Cat")
    await begin_by_taps(cat, Plan())
    cat.block()
    await asyncio.sleep(3)
    assert reminders(ann) != []
    assert reminders(bob) == reminders(cat) == []
    assert bot.waiting(bob) == bot.waiting(cat) == []


@pytest.mark.slow
async def test_the_buttons_of_a_reminder(api: TelegramApi, install: Install) -> None:
    bot = install(**SOON)
    ann = await begun(api, bot)
    shown = await ann.until(TITLE)
    for label, days in (("明天", 1), ("一周后", 7)):
        ann.tap(label, shown)
        await ann.until("到时候再提醒您")
        await api.quiet()
        ((due,),) = bot.rows("SELECT due FROM outbox WHERE key = 'reminder'")
        wait = datetime.fromtimestamp(due, UTC) - datetime.now(UTC)
        assert timedelta(days=days) - timedelta(seconds=10) < wait < timedelta(days=days)
    await say(ann, "/overview")
    ann.tap("继续", shown)
    await ann.until(lambda message: "第 1 项" in message.text and message is card(ann))
    ann.tap("不再提醒", shown)
    await ann.until("提醒已关闭")
    await say(ann, "B")
    count = len(reminders(ann))
    await asyncio.sleep(2)
    assert len(reminders(ann)) == count
    assert bot.waiting(ann) == []


@pytest.mark.slow
async def test_after_a_long_downtime_there_is_one(api: TelegramApi, install: Install) -> None:
    bot = install(**SOON)
    ann = await begun(api, bot)
    await api.quiet()
    await bot.kill()
    await asyncio.sleep(3.5)
    await bot.start()
    await api.eventually(lambda: reminders(ann))
    await asyncio.sleep(2)
    assert len(reminders(ann)) == 1
    assert bot.waiting(ann) == []


@pytest.mark.slow
async def test_by_day_only_and_nothing_waits_with_it(api: TelegramApi, install: Install) -> None:
    """It fell due while we were away; now it is night there. What the person asks for comes at once."""
    bot = install(**SOON)
    ann = await begun(api, bot)
    await api.quiet()
    await bot.kill()
    await asyncio.sleep(1.2)
    night = (datetime.now(UTC) + timedelta(hours=8 + 4)).strftime("%H:00")
    bot.settings["REMIND_WINDOW"] = f"{night}-23:59" if night < "23" else "00:00-00:01"
    ann.say("/privacy")
    await bot.start()
    await ann.until("存什么")
    await say(ann, "/privacy", "存什么")
    await api.quiet()
    assert reminders(ann) == []
    ((due,),) = bot.rows("SELECT due FROM outbox")
    assert due > datetime.now(UTC).timestamp() + 600


@pytest.mark.slow
async def test_a_recheck_is_reminded_of_only_if_wished(api: TelegramApi, install: Install) -> None:
    bot = install(REMIND_WINDOW="00:00-24:00")
    await bot.start()
    ann = api.person("Ann")
    await walk_by_taps(ann, Plan())
    offer = await ann.until("三个月提醒")
    assert bot.rows("SELECT * FROM outbox WHERE key IS NOT NULL") == []
    ann.tap("三个月后提醒我复评", offer)
    await ann.until("三个月后提醒您")
    await api.quiet()
    with bot.database() as database:
        ((due,),) = database.execute("SELECT due FROM outbox").fetchall()
        assert 89 < (datetime.fromtimestamp(due, UTC) - datetime.now(UTC)).days + 1 <= 91
        await bot.stop()
        database.execute("UPDATE outbox SET due = 0")
        database.commit()
    await bot.start()
    shown = await ann.until("三个月了")
    ann.tap(shown.labels[0][0], shown)
    await ann.until(lambda message: message.button("✅ 完成"))
    assert bot.session(ann).phase is Phase.RECHECK


@pytest.mark.slow
async def test_a_reminder_survives_a_kill_at_any_moment(api: TelegramApi, install: Install) -> None:
    bot = install(**SOON)
    ann = await begun(api, bot)
    for _ in range(4):
        await asyncio.sleep(0.5)
        await bot.kill()
        await bot.start()
    await api.eventually(lambda: reminders(ann), within=6)
    await asyncio.sleep(4)
    assert 1 <= len(reminders(ann)) <= 4
    assert bot.waiting(ann) == []


@pytest.mark.slow
async def test_who_blocks_the_bot_while_a_reminder_arrives_is_not_reminded_again(
    api: TelegramApi, install: Install
) -> None:
    bot = install(**SOON)
    ann = await begun(api, bot)
    api.faults.add("sendMessage", chat=ann.id, lag=0.5)
    await api.eventually(lambda: reminders(ann))
    ann.block()
    await api.eventually(lambda: bot.contact(ann).blocked)
    calls = len(api.calls("sendMessage", chat=ann.id))
    await asyncio.sleep(2)
    assert bot.waiting(ann) == []
    assert len(api.calls("sendMessage", chat=ann.id)) == calls


async def test_who_puts_it_off_for_too_long_is_told(api: TelegramApi, install: Install) -> None:
    bot = install(**{**SOON, "KEEP_UNFINISHED": "5d"})
    ann = await begun(api, bot)
    shown = await ann.until(TITLE)
    ann.tap("明天", shown)
    assert "自动删除" not in (await ann.until("到时候再提醒您")).text
    await api.quiet()
    ann.tap("一周后", shown)
    gone = (bot.session(ann).updated_at + timedelta(days=5)).date().isoformat()
    await ann.until(lambda message: "到时候再提醒您" in message.text and gone in message.text)
