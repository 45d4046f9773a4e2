"""Whoever runs this tells everybody something: seen first, confirmed once, told once, whatever happens meanwhile."""

import asyncio

import pytest

from flows.session import new_session
from storage.broadcasts import digest_of
from tests.flows.driver import RUBRIC, START
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, Shuping
from tests.telegram.e2e.walking import Plan, answer_by_taps, begin_by_taps, card, say
from tests.telegram.people import Person

TEXT = "明晚八点维护 <b>&"
SEEN = "明晚八点维护 <b>&"
MANY = 60


def told(person: Person) -> int:
    """How often the person was told."""
    return sum(message.text == SEEN and not message.rows for message in person.chat.seen)


async def until_over(bot: Shuping, within: float = 30) -> None:
    async with asyncio.timeout(within):
        while (  # noqa: ASYNC110  # another process
            bot.rows("SELECT 1 FROM broadcasts WHERE progress = 'running'")
            or bot.rows("SELECT 1 FROM outbox WHERE urgency = 6")
        ):
            await asyncio.sleep(0.05)


def settle(api: TelegramApi, bot: Shuping, number: int) -> list[Person]:
    """So many who have begun some time ago."""
    people = [api.person(f"P{one}") for one in range(number)]
    for person in people:
        person.chat.started = True
        api.world.chats.setdefault(person.id, person.chat)
        name, dossier = f"{CHAT}{person.id}", f"d{person.id}"
        session = new_session(f"s{person.id}", RUBRIC, "zh-Hans", START)
        bot.change("INSERT INTO windows (window, front, data) VALUES (?, ?, '{}')", name, dossier)
        bot.change("INSERT INTO sights (window, dossier) VALUES (?, ?)", name, dossier)
        row = (dossier, session.id, 0, session.model_dump_json(), START.isoformat())
        bot.change("INSERT INTO sessions (dossier, id, revision, data, updated_at) VALUES (?, ?, ?, ?, ?)", *row)
    return people


async def drafted(admin: Person, text: str = TEXT) -> None:
    """The draft is before the admin, with its buttons."""
    admin.say(f"/broadcast {text}")
    await admin.until(lambda message: message.button("不发了"), within=15)


async def test_everybody_is_told_once_what_was_seen_before(api: TelegramApi, install: Install) -> None:
    boss = api.person("Boss")
    bot = await install(ADMINS=f"7,{boss.id}").start()
    ann, bert, carl, dora = (api.person(name) for name in ("Ann", "Bert", "Carl", "Dora"))
    for person in (ann, bert):
        await begin_by_taps(person, Plan())
        await answer_by_taps(person, Plan(), "q1")
    await begin_by_taps(carl, Plan())
    carl.block()
    await say(dora, "/start")  # and nothing more
    await api.quiet(0.2)

    await drafted(boss)
    preview = boss.chat.seen[-2]
    assert (preview.text, preview.rows) == (SEEN, [])
    assert told(ann) == 0
    boss.tap("发给所有人（2）")
    boss.tap("发给所有人（2）", stale=True)
    await boss.until(lambda message: "所有人" in message.text and not message.rows, within=15)
    await until_over(bot)
    await api.quiet(0.3)
    assert [told(person) for person in (ann, bert, carl, dora)] == [1, 1, 0, 0]
    assert not any(message.rows for message in boss.chat.seen if "发给谁" in message.text)
    records = bot.rows("SELECT by, done, digest, audience, count FROM audit ORDER BY number")
    assert records == [
        (f"{CHAT}{boss.id}", "confirmed", digest_of(TEXT), "all", 2),
        ("", "ended", digest_of(TEXT), "all", 2),
    ]
    assert await say(ann, "B", lambda message: message.rows)  # her card still answers
    assert bot.troubles == []


async def test_nobody_else_learns_that_there_is_such_a_thing(api: TelegramApi, install: Install) -> None:
    boss, eve = api.person("Boss"), api.person("Eve")
    bot = await install(ADMINS=str(boss.id)).start()
    await begin_by_taps(eve, Plan())
    unknown = (await say(eve, "/nonsense")).text
    for forged in ("/broadcast x", "/broadcast stop", "/stats"):
        assert (await say(eve, forged)).text == unknown
    await drafted(boss)
    data = boss.chat.asking.buttons[0]["callback_data"]
    eve.tap(data, card(eve), stale=True)
    await eve.until("刚才已经处理过了", within=15)
    group = api.group("Team", boss, eve)
    boss.say(f"/broadcast@{api.world.me['username']} hello", group)
    await group.until("私聊", within=15)
    assert bot.rows("SELECT progress FROM broadcasts") == [("draft",)]
    assert bot.rows("SELECT * FROM audit") == []


async def test_after_a_power_cut_it_goes_on_and_tells_nobody_twice(api: TelegramApi, install: Install) -> None:
    boss = api.person("Boss")
    bot = install(ADMINS=str(boss.id), TELEGRAM_RATE="10")
    await bot.start()
    await bot.stop()
    people = settle(api, bot, MANY)
    await bot.start()
    await drafted(boss)
    boss.tap(f"发给所有人（{MANY}）")
    for at in (10, 25, 40):
        await api.eventually(lambda: sum(map(told, people)) >= at, 30)  # noqa: B023  # at once
        await bot.kill()
        await bot.start()
    await until_over(bot)
    await api.quiet(0.5)
    counts = [told(person) for person in people]
    assert max(counts) == 1
    assert sum(counts) >= MANY - 3 * 10  # what was on its way when the power went, a second's worth, may be lost
    ((queued,),) = bot.rows("SELECT count FROM audit WHERE done = 'ended'")
    assert queued == MANY


async def test_a_tap_is_answered_at_once_meanwhile_and_a_word_stops_it(api: TelegramApi, install: Install) -> None:
    boss = api.person("Boss")
    bot = install(ADMINS=str(boss.id), TELEGRAM_RATE="10")
    await bot.start()
    await bot.stop()
    people = settle(api, bot, 100)
    await bot.start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await drafted(boss)
    boss.tap("发给所有人（101）")
    await api.eventually(lambda: sum(map(told, people)) >= 5, 30)
    clock = asyncio.get_running_loop().time
    began = clock()
    await answer_by_taps(ann, Plan(), "q1")
    assert clock() - began < 3
    boss.say("/broadcast stop")
    await boss.until("停了", within=15)
    await api.quiet(0.5)
    reached = sum(map(told, people)) + told(ann)
    assert reached < 100
    assert bot.rows("SELECT 1 FROM outbox WHERE urgency = 6") == []
    assert bot.rows("SELECT done, count FROM audit ORDER BY number")[-1] == ("stopped", reached)
    await asyncio.wait_for(bot.stop(), 15)
    await bot.start()
    await api.quiet(0.5)
    assert sum(map(told, people)) + told(ann) == reached


async def test_whoever_runs_this_sees_numbers_on_the_phone(api: TelegramApi, install: Install) -> None:
    boss = api.person("Boss")
    bot = await install(ADMINS=str(boss.id)).start()
    boss.say("/stats")
    assert "企业：<5 家" in (await boss.until("数据一览", within=15)).text
    await begin_by_taps(boss, Plan())
    live = card(boss)
    boss.say("/stats")
    await boss.until("数据一览", within=15)
    assert card(boss).id == live.id
    assert bot.troubles == []


pytestmark = pytest.mark.slow
