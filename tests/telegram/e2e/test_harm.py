"""What one person can do to anybody: nothing that is not theirs to bear."""

import asyncio
import json
import time

import pytest

from bot.telegram.sender import CHAT
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import Shuping
from tests.telegram.e2e.test_outbox import at_first_item, right
from tests.telegram.e2e.walking import Plan, card, cards, say, tap, walk_by_taps
from tests.telegram.limits import ApiError
from tests.telegram.people import Person

PAGE = b"<html><body>Please log in to the network</body></html>"
ANSWERED = ApiError(200, "OK")


def live(person: Person) -> list[int]:
    """The messages that still have the buttons of a card."""
    return [message.id for message in cards(person) if message.rows]


# files


async def test_an_export_is_wanted_not_stored_and_holds_no_export(api: TelegramApi, install: Install) -> None:
    """Asked for eighteen times while nothing can be sent, it is one short row, and one file."""
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.broken(502, "sendDocument", count=-1)
    for _ in range(18):
        ann.say("/mydata")
    await api.eventually(lambda: bot.rows("SELECT 1 FROM outbox WHERE attempts > 0"))
    await api.quiet()
    ((count, longest),) = bot.rows("SELECT count(*), max(length(payload)) FROM outbox WHERE key = 'report.json'")
    assert count == 1
    assert longest < 100
    api.faults.clear()
    sent = await ann.until(lambda message: message.file, within=20)
    data = json.loads(sent.file)
    assert [queued["payload"]["kind"] for queued in data["outbox"]] == ["reminder"]
    await api.quiet()
    assert len([message for message in ann.chat.seen if message.file]) == 1
    right(bot, ann)


async def test_a_file_that_cannot_be_sent_holds_up_no_card(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.broken(500, "sendDocument", count=-1)
    ann.say("/mydata")
    await api.eventually(lambda: bot.rows("SELECT 1 FROM outbox WHERE attempts > 1"))
    began = time.monotonic()
    await say(ann, "B", "第 2 项")
    assert time.monotonic() - began < 1.0
    api.faults.clear()
    sent = await ann.until(lambda message: message.file, within=20)
    await ann.until(lambda message: message is card(ann) and message.id > sent.id)
    right(bot, ann)


async def test_who_has_not_begun_has_no_data(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = api.person("Ann")
    await say(ann, "/mydata", "还没有存您的任何数据")
    await api.quiet()
    assert bot.about(ann) == {}
    assert not any(message.file for message in ann.chat.seen)


# old cards


@pytest.mark.parametrize(
    "fault", ["429", pytest.param("500", marks=pytest.mark.slow), pytest.param("kill", marks=pytest.mark.slow)]
)
async def test_an_old_card_loses_its_buttons_whatever_comes_between(
    api: TelegramApi, install: Install, fault: str
) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    method = "editMessageReplyMarkup"
    if fault == "429":
        api.faults.too_many(1, method, chat=ann.id)
    elif fault == "500":
        api.faults.broken(500, method, chat=ann.id)
    else:
        api.faults.hang(9, method, chat=ann.id)
    await say(ann, "B", "第 2 项")
    assert len(live(ann)) == 2
    if fault == "kill":
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
    right(bot, ann)


async def test_a_tap_on_a_card_that_nobody_knows_of_takes_its_buttons_away(api: TelegramApi, install: Install) -> None:
    """It arrived, but the process died before that was noted."""
    bot = await install().start()
    ann = await at_first_item(api, bot)
    lost = card(ann)
    bot.change("UPDATE contacts SET data = json_set(data, '$.card', 1) WHERE chat = ?", f"{CHAT}{ann.id}")
    ann.tap("B", lost)
    await ann.until(lambda message: message.button("B ✓"))
    await api.eventually(lambda: live(ann) == [card(ann).id])
    assert card(ann).id != lost.id
    right(bot, ann)


# who waits for whom


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
    reminder = '{"kind":"text","message":{"text":"again"}}'
    with bot.database() as database, database:
        for _ in range(400):
            stranger = api.person(started=True)
            row = (f"{CHAT}{stranger.id}", "recheck", reminder, 0.0, 3)
            database.execute("INSERT INTO outbox (chat, key, payload, due, urgency) VALUES (?, ?, ?, ?, ?)", row)
    await bot.start()
    await api.eventually(lambda: len(api.calls("sendMessage")) > 60, within=10)
    began = time.monotonic()
    await tap(bob, "B", lambda message: message.button("B ✓"))
    assert time.monotonic() - began < 2.0


# deletion


async def test_nothing_of_who_deleted_everything_stays_in_a_file(api: TelegramApi, install: Install) -> None:
    """Neither the firm's name nor the Telegram number: while the bot runs, others write, and after it stopped."""
    bot = await install().start()
    ann, bob = api.person("Ann", id=7310942588), await at_first_item(api, bot, "Bob")
    await say(ann, "/start")
    await tap(ann, "1 ✓", lambda message: message.button("跳过"))
    await say(ann, "绝密精密厂")
    await tap(ann, "D", lambda message: message.button("A"))
    await say(ann, "BC", "第 2 项")
    await say(ann, "/mydata", lambda message: message.file)
    await say(bob, "BC", "第 2 项")
    await api.quiet()
    assert traces(bot)
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
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


# clocks


async def test_a_retry_does_not_wait_for_a_clock_that_went_back(api: TelegramApi, install: Install) -> None:
    """It was put off by a clock that was an hour ahead."""
    bot = await install().start()
    ann = await at_first_item(api, bot)
    api.faults.too_many(600, "editMessageText", chat=ann.id)
    ann.tap("B", card(ann))
    await api.eventually(lambda: bot.rows("SELECT 1 FROM outbox WHERE attempts > 0"))
    await bot.stop()
    bot.change("UPDATE outbox SET due = due + 3600 WHERE attempts > 0")
    await bot.start()
    await ann.until(lambda message: message.button("B ✓"), within=10)


# what is said, and what is kept


async def test_the_privacy_text_says_who_runs_the_bot_and_how_long_data_stay(
    api: TelegramApi, install: Install
) -> None:
    settings = {"OPERATOR_NAME": "示例园区", "OPERATOR_CONTACT": "bot@example.org", "KEEP_UNFINISHED": "90d"}
    await install(**settings, KEEP_FINISHED="730d").start()
    told = await say(api.person("Ann"), "/privacy", "存什么")
    for part in ("境外", "示例园区、bot@example.org", "90 天", "730 天", "/mydata", "/delete"):
        assert part in told.text


async def test_an_operator_who_says_nothing_is_said_to_have_said_nothing(api: TelegramApi, install: Install) -> None:
    await install(KEEP_UNFINISHED="forever").start()
    told = await say(api.person("Ann"), "/privacy", "存什么")
    assert "运营者没有写明" in told.text
    assert "没做完的评测一直留着" in told.text


# buttons of before a deletion


async def test_no_button_of_before_a_deletion_stores_anything(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = api.person("Ann")
    await walk_by_taps(ann, Plan())
    offer = await ann.until("三个月提醒")
    await say(ann, "/language", lambda message: message.button("English（英语）"))
    languages = next(
        message for message in ann.chat.seen if message.button("English（英语）") and len(message.labels) == 1
    )
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
    ann.tap("是，全部删除", asked)
    await ann.until("已全部删除")
    await api.quiet()
    ann.tap("三个月后提醒我复评", offer)
    ann.tap("English（英语）", languages)
    await ann.until("Hello, this is shuping")
    ann.say("/start quick")
    await api.quiet()
    assert bot.about(ann) == {}


async def test_a_greeting_that_is_tapped_twice_begins_no_assessment_with_an_old_name(
    api: TelegramApi, install: Install
) -> None:
    """Else an old card, or the old yes to a deletion, would count for the new one."""
    bot = await install().start()
    ann = api.person("Ann")
    greeting = await say(ann, "/start")
    ann.tap("1 ✓", greeting)
    await ann.until(lambda message: message.button("跳过"))
    first = bot.session(ann).id
    ann.say("/delete")
    ann.tap("是，全部删除", await ann.until("要删除您的全部数据吗"))
    await ann.until("已全部删除")
    await api.quiet()
    ann.tap("1 ✓", greeting, stale=True)
    await api.eventually(lambda: bot.about(ann).get("sessions"))
    assert bot.session(ann).id[:8] != first[:8]


async def test_a_greeting_is_answered_as_people_answer(api: TelegramApi, install: Install) -> None:
    await install().start()
    for word in ("开始", "好的", "是", "OK", "start", "1", "中文"):
        person = api.person()
        await say(person, "/start")
        await say(person, word, lambda message: message.button("跳过"))


async def test_one_damaged_history_keeps_no_file_from_others(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    crowd = [await at_first_item(api, bot, f"P{number}") for number in range(9)]
    bob = await at_first_item(api, bot, "Bob")
    for person in crowd:
        bot.change(
            "INSERT INTO assessments (id, chat, finished_at, data) VALUES (?, ?, '', '{')",
            str(person.id),
            f"{CHAT}{person.id}",
        )
        person.say("/mydata")
    await say(bob, "/mydata", lambda message: message.file)
    await api.quiet()
    assert bot.rows("SELECT count(*) FROM outbox WHERE key = 'report.json'") == [(0,)]


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
