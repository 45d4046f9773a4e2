"""What one person can do to anybody: nothing that is not theirs to bear."""

import asyncio
import time

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, Shuping
from tests.telegram.e2e.test_outbox import at_first_item, right
from tests.telegram.e2e.walking import card, cards, is_detail, say, tap
from tests.telegram.people import Person


def live(person: Person) -> list[int]:
    """The messages that still have the buttons of a card."""
    return [message.id for message in cards(person) if message.rows]


# old cards


@pytest.mark.slow
async def test_an_old_card_loses_its_buttons_although_the_process_dies(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    method = "editMessageReplyMarkup"
    api.faults.hang(9, method, chat=ann.id)
    await say(ann, "B", "第 2 项")
    assert len(live(ann)) == 2
    await api.eventually(lambda: [call for call in api.calls(method, chat=ann.id) if call.code == 0])
    await bot.kill()
    await bot.start()
    await api.eventually(lambda: live(ann) == [card(ann).id], within=8)
    right(bot, ann)


@pytest.mark.slow
async def test_after_a_restart_the_card_of_then_is_retired(api: TelegramApi, install: Install) -> None:
    """The second reply was decided while the first card still was the live one."""
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.hang(0.6, "sendMessage", chat=ann.id)
    ann.say("B")
    await api.eventually(lambda: api.calls("sendMessage", chat=ann.id))
    api.faults.broken(500, "sendMessage", chat=ann.id, count=-1)
    ann.say("/privacy")
    await api.eventually(lambda: bot.rows("SELECT 1 FROM outbox WHERE attempts > 0"))
    await bot.kill()
    api.faults.clear()
    await bot.start()
    await ann.until("存什么", within=10)
    await api.quiet(1.0)
    assert live(ann) == [card(ann).id]
    assert is_detail(card(ann))
    await tap(ann, "← 返回", "第 2 项")
    right(bot, ann)


# who waits for whom


@pytest.mark.slow
async def test_calls_that_hang_hold_no_places(api: TelegramApi, install: Install) -> None:
    """Forty greetings hang for good, at thirty a second: somebody who answers a card waits two seconds at most."""
    bot = await install(TELEGRAM_RATE="30").start()
    bob = await at_first_item(api, bot, "Bob")
    for _ in range(40):
        stranger = api.person()
        api.faults.hang(60, "sendMessage", chat=stranger.id)
        stranger.say("/start")
    await api.eventually(lambda: len([call for call in api.calls("sendMessage") if call.code == 0]) >= 25)
    began = time.monotonic()
    await tap(bob, "B", lambda message: message.button("B ✓"))
    assert time.monotonic() - began < 2.0
    await bot.kill()


@pytest.mark.slow
async def test_a_flood_of_strangers_costs_strangers(api: TelegramApi, install: Install) -> None:
    """A thousand greetings wait behind thirty a second; taps and words of somebody present are answered within two."""
    bot = await install(TELEGRAM_RATE="30").start()
    bob = await at_first_item(api, bot, "Bob")
    for _ in range(1000):
        api.person().say("/start")
    await api.eventually(lambda: bot.rows("SELECT count(*) FROM outbox")[0][0] > 800, within=20)
    for label in ("B", "C", "D"):
        began = time.monotonic()
        await tap(bob, label, lambda message, label=label: message.button(f"{label} ✓"))  # type: ignore[misc]
        assert time.monotonic() - began < 2.0
    began = time.monotonic()
    await say(bob, "BC", "第 2 项")
    assert time.monotonic() - began < 2.0
    assert bot.rows("SELECT count(*) FROM outbox")[0][0] > 500, "else nobody waited"


@pytest.mark.slow
async def test_hundreds_of_reminders_due_at_once_wait_for_who_answers(api: TelegramApi, install: Install) -> None:
    bot = await install(TELEGRAM_RATE="30", REMIND_WINDOW="00:00-24:00").start()
    bob = await at_first_item(api, bot, "Bob")
    await bot.stop()
    reminder = '{"kind":"prepared","message":{"text":"again"}}'
    with bot.database() as database, database:
        for _ in range(400):
            stranger = api.person(started=True)
            row = (f"{CHAT}{stranger.id}", "recheck", reminder, 0.0, 3)
            database.execute("INSERT INTO outbox (window, key, reply, due, urgency) VALUES (?, ?, ?, ?, ?)", row)
    await bot.start()
    await api.eventually(lambda: len(api.calls("sendMessage")) > 60, within=10)
    began = time.monotonic()
    await tap(bob, "B", lambda message: message.button("B ✓"))
    assert time.monotonic() - began < 2.0


# deletion


@pytest.mark.slow
async def test_nothing_of_who_deleted_everything_stays_in_a_file(api: TelegramApi, install: Install) -> None:
    """Neither the firm's name nor the Telegram number: while the bot runs, others write, and after it stopped."""
    bot = await install().start()
    ann, bob = api.person("Ann", id=7310942588), await at_first_item(api, bot, "Bob")
    await say(ann, "/start")
    await tap(ann, "▶ 开始", lambda message: message.button("跳过"))
    await say(ann, "绝密精密厂")
    await tap(ann, "小微企业", lambda message: message.button("A"))
    await say(ann, "BC", "第 2 项")
    await say(ann, "/mydata", lambda message: message.file)
    await say(bob, "BC", "第 2 项")
    await api.quiet()
    assert traces(bot)
    ann.say("/delete")
    asked = await ann.until("要删除这份评测吗")
    ann.tap("是，全部删除", asked)
    await ann.until("已全部删除")
    await say(bob, "B", "第 3 项")
    await api.eventually(lambda: traces(bot) == [])
    assert await bot.stop() == 0
    assert traces(bot) == []


def traces(bot: Shuping) -> list[str]:
    """The files in which something of Ann stands."""
    marks = ("绝密精密厂".encode(), b"7310942588")
    files = [file for file in bot.folder.iterdir() if file.is_file()]
    return [file.name for file in files if any(mark in file.read_bytes() for mark in marks)]


# damage


@pytest.mark.slow
async def test_one_damaged_history_keeps_no_file_from_others(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    crowd = [await at_first_item(api, bot, f"P{number}") for number in range(9)]
    bob = await at_first_item(api, bot, "Bob")
    for person in crowd:
        bot.change(
            "INSERT INTO assessments (id, dossier, finished_at, data) VALUES (?, ?, '', '{')",
            str(person.id),
            bot.dossiers(person)[0],
        )
        person.say("/mydata")
    await say(bob, "/mydata", lambda message: message.file)
    await api.quiet()
    assert bot.rows("SELECT count(*) FROM outbox WHERE key = 'file.json'") == [(0,)]


@pytest.mark.slow
async def test_somebody_who_taps_faster_than_once_a_second_sees_the_card_change(
    api: TelegramApi, install: Install
) -> None:
    bot = await install(TELEGRAM_RATE="30").start()
    ann = await at_first_item(api, bot)
    await asyncio.sleep(3)
    edits: list[int] = []
    for number in range(20):
        ann.tap("BCDE"[number % 4], card(ann), stale=True)
        await asyncio.sleep(0.5)
        edits.append(len(api.calls("editMessageText", chat=ann.id)))
    assert edits[-1] - edits[9] >= 3, "in the last five seconds, too"
    assert bot.running
