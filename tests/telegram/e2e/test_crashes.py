"""Never lost, never doubled: what was confirmed to Telegram is stored, and what was stored is answered."""

import asyncio
import random

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import Shuping, webhook
from tests.telegram.e2e.model import Told, played, same, taken
from tests.telegram.e2e.test_stale import expected, keyboard
from tests.telegram.e2e.walking import (
    Plan,
    answer_by_taps,
    begin_by_taps,
    card,
    cards,
    is_detail,
    say,
    tap,
    walk_by_taps,
)
from tests.telegram.people import Person
from tests.telegram.views import Message, NotSeenError

WORDS = ["B", "BC", "a", "是", "否", "200 90", "稍后", "返回", "总览", "/start", "/resume", "12", "q5", "继续", "?"]


async def settled(api: TelegramApi, bot: Shuping, told: Told, *people: Person) -> None:
    """All is taken once, stored as the model has it, and everyone sees the card of what is stored."""
    api.faults.clear()
    await api.quiet(0.2, within=30)
    async with asyncio.timeout(70):  # the longest wait between two tries is a minute
        while bot.rows("SELECT 1 FROM outbox WHERE key IS NULL OR key NOT LIKE 'reminder.%'"):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)
    await api.quiet(0.2, within=30)
    assert told.unseen == [], "the server's own mistake"
    assert sorted(taken(bot)) == sorted(number for person in people for number in told.of(person))
    for person in people:
        same(bot.session(person), played(bot, told, person))
        if not is_detail(card(person)):
            assert keyboard(card(person).rows) == keyboard(expected(bot.session(person))), person.chat.draw()


def acknowledged(api: TelegramApi, told: Told) -> set[int]:
    """What Telegram will not send again."""
    return {number for number in told.bodies if number and number not in api.updates.queue}


@pytest.mark.parametrize("by", ["polling", pytest.param("webhook", marks=pytest.mark.slow)])
async def test_an_update_that_comes_twice_counts_once(api: TelegramApi, install: Install, by: str) -> None:
    told = Told().listen(api)
    bot = await install(**(webhook() if by == "webhook" else {})).start()
    ann = api.person("Ann")
    api.updates.repeat = 1 << 30
    await begin_by_taps(ann, Plan())
    for item in ("q1", "q2", "q3"):
        await answer_by_taps(ann, Plan(), item)
    await say(ann, "BC")
    api.updates.repeat = 0
    await settled(api, bot, told, ann)
    assert bot.session(ann).record.choices["q4"] == ("B", "C")
    assert bot.session(ann).item == "q5", "“BC” was no answer to the next question"
    assert len(bot.rows("SELECT * FROM log WHERE kind = 'recorded'")) == 4
    assert bot.troubles == []


@pytest.mark.slow
async def test_updates_out_of_order_are_all_taken(api: TelegramApi, install: Install) -> None:
    told = Told().listen(api)
    bot = await install(**webhook()).start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    api.updates.hold()
    for label in ("B", "C", "✅ 完成", "D"):
        ann.tap(label, card(ann))
    ann.say("B")
    api.updates.release(reverse=True)
    await settled(api, bot, told, ann)


@pytest.mark.slow
async def test_a_kill_after_each_answer_loses_none(api: TelegramApi, install: Install) -> None:
    """The answer is confirmed to Telegram only after it is stored; the reply comes after the restart."""
    told = Told().listen(api)
    bot = await install().start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    for pause in (0.0, 0.004, 0.012):
        ann.tap("稍后", card(ann))
        await asyncio.sleep(pause)
        await bot.kill()
        assert acknowledged(api, told) <= set(taken(bot))
        await bot.start()
        await settled(api, bot, told, ann)
    assert bot.session(ann).parked == ("q1", "q2", "q3")
    assert bot.troubles == []


@pytest.mark.slow
async def test_unsent_messages_survive(api: TelegramApi, install: Install) -> None:
    """The answer is stored, but every message fails until the process dies: they come after the restart, in order."""
    told = Told().listen(api)
    bot = await install().start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    await api.quiet()
    for method in ("sendMessage", "editMessageText"):
        api.faults.broken(502, method, count=-1)
    ann.say("B")
    ann.say("/privacy")
    await api.eventually(lambda: bot.rows("SELECT * FROM outbox WHERE attempts > 0"))
    await bot.kill()
    assert bot.session(ann).record.choices == {"q1": ("B",)}
    assert len(bot.waiting(ann)) == 2, "the privacy text, in the place of the card, and a reminder"
    api.faults.clear()
    since = ann.chat.acted
    await bot.start()
    told.bodies = {number: body for number, body in told.bodies.items() if "/privacy" not in str(body)}
    await api.quiet(1.5)
    assert "存什么" in ann.chat.answers(since)[-1].text
    assert card(ann) is ann.chat.last
    await tap(ann, "← 返回", "第 2 项")
    await api.quiet()
    assert [payload["kind"] for payload in bot.waiting(ann)] == ["reminder"]


@pytest.mark.slow
async def test_old_update_ids_are_forgotten(api: TelegramApi, install: Install) -> None:
    """Telegram keeps updates for a day; ids that were seen are kept for two."""
    bot = await install().start()
    await begin_by_taps(api.person(), Plan())
    await bot.stop()
    with bot.database() as database:
        database.execute("UPDATE updates SET seen = seen - 47 * 3600 WHERE id = (SELECT min(id) FROM updates)")
        database.execute("INSERT INTO updates VALUES ('telegram', 1, 0)")
        database.commit()
    before = taken(bot)
    await bot.start()
    await api.eventually(lambda: taken(bot) == before[1:])


@pytest.mark.slow
async def test_a_reminder_survives_a_kill_at_any_moment(api: TelegramApi, install: Install) -> None:
    bot = await install(REMIND_AFTER="0.8s,1.6s,2.4s", REMIND_WINDOW="00:00-24:00").start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Plan())
    for _ in range(4):
        await asyncio.sleep(0.5)
        await bot.kill()
        await bot.start()

    def reminders() -> list[Message]:
        return [message for message in ann.chat.seen if "评测还没做完" in message.text]

    await api.eventually(reminders, within=6)
    await asyncio.sleep(4)
    assert 1 <= len(reminders()) <= 4
    assert bot.waiting(ann) == []


class Chaos:
    """People who do anything at all, while the bot is killed and Telegram delivers late, twice and disordered."""

    def __init__(self, api: TelegramApi, bot: Shuping, people: list[Person], seed: int) -> None:
        self.hooked = api.updates.webhook is not None  # only then does Telegram deliver out of order
        self.api, self.bot, self.people, self.chance = api, bot, people, random.Random(seed)  # noqa: S311

    async def go(self, inputs: int, crashes: int) -> None:
        crash_at = set(self.chance.sample(range(inputs), crashes))
        for number in range(inputs):
            self.one(self.chance.choice(self.people))
            if number in crash_at:
                await asyncio.sleep(self.chance.random() * 0.05)
                await self.bot.kill()
                await self.bot.start()
            elif self.chance.random() < 0.5:
                await asyncio.sleep(self.chance.random() * 0.02)
            self.disturb()
        self.api.updates.release()
        self.api.updates.repeat = 0

    def disturb(self) -> None:
        match self.chance.randrange(12):
            case 0:
                self.api.updates.hold()
            case 1 | 2:
                self.api.updates.release(reverse=self.hooked and self.chance.random() < 0.5)
            case 3:
                self.api.updates.repeat = self.chance.randrange(4)
            case 4 | 5 if len(self.api.faults.planned) > 1:
                pass  # a heap of them would keep a start waiting
            case 4:
                self.api.faults.drop(self.chance.choice(["before", "after"]))
            case 5:
                self.api.faults.broken(500)
            case _:
                pass

    def one(self, person: Person) -> None:
        """A word, a tap on the live card, or on any card there ever was."""
        shown = [message for message in person.chat.messages.values() if message.outgoing]
        if not shown or self.chance.random() < 0.25:
            person.say(self.chance.choice(WORDS))
            return
        message = self.chance.choice(shown) if self.chance.random() < 0.2 else shown[-1]
        keyboards = [message.markup, *(markup for _, markup in message.past)]
        known = [button for markup in keyboards if markup for row in markup["inline_keyboard"] for button in row]
        fresh = message.buttons if message.buttons and self.chance.random() < 0.7 else known
        if fresh:
            person.tap(self.chance.choice(fresh)["callback_data"], message, stale=True)


async def chaos(api: TelegramApi, bot: Shuping, seed: int, inputs: int, crashes: int) -> None:
    told = Told().listen(api)
    people = [api.person(f"P{number}") for number in range(4)]
    await bot.start()
    for person in people:
        await begin_by_taps(person, Plan())
    await Chaos(api, bot, people, seed).go(inputs, crashes)
    try:
        await settled(api, bot, told, *people)
    except NotSeenError as error:
        raise AssertionError(bot.output[-3000:]) from error


@pytest.mark.slow
async def test_a_little_chaos(api: TelegramApi, install: Install) -> None:
    await chaos(api, install(), seed=1, inputs=80, crashes=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
@pytest.mark.parametrize("by", ["polling", "webhook"])
async def test_chaos(api: TelegramApi, install: Install, seed: int, by: str) -> None:
    """Hundreds of inputs, with a crash every fifty."""
    settings = webhook() if by == "webhook" else {}
    await chaos(api, install(**settings), seed=seed, inputs=500, crashes=10)


@pytest.mark.slow
async def test_a_whole_walk_with_kills(api: TelegramApi, install: Install) -> None:
    """Somebody taps on, undisturbed, while the bot dies every other second."""
    told = Told().listen(api)
    bot = await install().start()
    ann = api.person("Ann", "en")
    stop = asyncio.Event()

    async def killer() -> None:
        chance = random.Random(7)  # noqa: S311
        while not stop.is_set():
            await asyncio.sleep(0.3 + chance.random())
            await bot.kill()
            await bot.start()

    killing = asyncio.create_task(killer())
    try:
        await walk_by_taps(ann, Plan())
    finally:
        stop.set()
        await killing
    await api.quiet()
    assert bot.session(ann).record.levels == Plan().levels
    assert {item: "".join(letters) for item, letters in bot.session(ann).record.choices.items()} == Plan().letters
    assert told.of(ann) == set(taken(bot))
    assert len(cards(ann)) <= 3
