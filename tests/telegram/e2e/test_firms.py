"""Several firms in one chat, and one firm on several phones or in a terminal: nobody loses or overwrites anything."""

import asyncio
import os
import re
import sys

import pytest

from locales import catalogue
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import ROOT, Shuping
from tests.telegram.e2e.test_outbox import at_first_item, right
from tests.telegram.e2e.walking import Plan, begin_by_taps, card, cards, say, tap
from tests.telegram.people import Person

CODE = re.compile(r"--link ([0-9a-f]{32})")
TEXT = catalogue("zh-Hans")
ANOTHER = "再评一家"


async def named(api: TelegramApi, bot: Shuping, firm: str, name: str = "Ann") -> Person:
    """Somebody at the first item of a firm."""
    person = api.person(name)
    await begin_by_taps(person, Plan(firm=firm))
    await api.quiet()
    return person


async def code(person: Person) -> str:
    """What /link tells."""
    told = await say(person, "/link", "--link ")
    found = CODE.search(told.text)
    assert found, told.text
    return found[1]


async def terminal(bot: Shuping, *arguments: str, lines: str = "") -> str:
    """What `shuping chat` on the bot's database says to these lines."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(bot.folder),
        "LC_ALL": "zh_CN.UTF-8",
    }
    command = (sys.executable, "-m", "bot", "chat", "--database", f"sqlite:///{bot.file}", *arguments)
    child = await asyncio.create_subprocess_exec(
        *command, env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate(lines.encode())
    assert child.returncode == 0
    return said.decode()


async def test_an_adviser_goes_from_firm_to_firm(api: TelegramApi, install: Install) -> None:
    """Each is where it was left; one card is live; an old card of another firm changes nothing."""
    bot = await install().start()
    ann = await named(api, bot, "甲厂")
    await say(ann, "BC", "第 2 项")
    first = card(ann)
    listed = await say(ann, "/firms", "甲厂")
    ann.tap(ANOTHER, listed)
    await ann.until("企业叫什么名字")
    await say(ann, "乙厂", "企业属于哪一类")
    await say(ann, "D", "第 1 项")
    await api.quiet()
    assert [len(bot.dossiers(ann)), len(cards(ann))] == [2, 1]
    ann.tap("C", first, stale=True)
    await api.quiet()
    assert bot.session(ann).record.choices == {}
    right(bot, ann)
    listed = await say(ann, "/firms", lambda message: message.button("1. 甲厂"))
    assert "甲厂：已答 1/31" in listed.text
    ann.tap("1. 甲厂", listed)
    await ann.until(lambda message: "第 2 项" in message.text and message is card(ann))
    assert bot.session(ann).record.choices == {"q1": ("B", "C")}
    await say(ann, "/firms 2", lambda message: "第 1 项" in message.text and message is card(ann))
    assert bot.session(ann).firm.name == "乙厂"
    await say(ann, "/firms 丙", "没有名字里带“丙”的企业")
    await tap(ann, TEXT("button.back"), "第 1 项")
    await api.quiet()
    right(bot, ann)
    assert bot.troubles == []


@pytest.mark.slow
async def test_a_firm_of_several_is_deleted_alone(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = await named(api, bot, "甲厂")
    await say(ann, "/firms new", "企业叫什么名字")
    await say(ann, "乙厂", "企业属于哪一类")
    ann.say("/delete")
    asked = await ann.until("要删除这份评测吗")
    assert "说的是：乙厂" in asked.text
    ann.tap("是，全部删除", asked)
    await ann.until("已全部删除")
    await ann.until(lambda message: "第 1 项" in message.text and message is card(ann))
    await api.quiet()
    assert len(bot.dossiers(ann)) == 1
    assert bot.session(ann).firm.name == "甲厂"
    right(bot, ann)


@pytest.mark.slow
async def test_two_phones_go_on_at_the_same_place(api: TelegramApi, install: Install) -> None:
    """Whatever is tapped where: what is old is answered with the present card, and changes nothing."""
    bot = await install().start()
    ann = await named(api, bot, "甲厂")
    bob = api.person("Bob")
    token = await code(ann)
    bob.say(f"/start open-{token}")
    await bob.until(lambda message: "第 1 项" in message.text and message is card(bob))
    assert bot.dossiers(ann) == bot.dossiers(bob)
    old = card(ann)
    await say(bob, "BC", "第 2 项")
    ann.tap("D", old, stale=True)
    await ann.until(lambda message: "第 2 项" in message.text and message is card(ann))
    assert bot.session(ann).record.choices == {"q1": ("B", "C")}
    await say(ann, "B", "第 3 项")
    bob.tap("C", card(bob), stale=True)
    await bob.until(lambda message: "第 3 项" in message.text)
    assert bot.session(bob).record.choices["q2"] == ("B",)
    await api.quiet()
    for person in (ann, bob):
        right(bot, person)
        assert len(cards(person)) == 1
    assert len(bot.waiting(ann)) + len(bot.waiting(bob)) == 1, "one reminder is enough, where somebody was last"
    eve = api.person("Eve")
    eve.say(f"/start open-{token}")
    await eve.until("用过了，或者过期了")
    await api.quiet()
    assert bot.dossiers(eve) == []
    assert token not in bot.output
    assert bot.troubles == []


@pytest.mark.slow
async def test_what_is_deleted_is_said_and_nothing_else_is(api: TelegramApi, install: Install) -> None:
    """One phone leaves, and the other goes on; then all is deleted, and an old button of the first stores nothing."""
    bot = await install().start()
    ann = await named(api, bot, "甲厂")
    bob = api.person("Bob")
    bob.say(f"/start open-{await code(ann)}")
    await bob.until(lambda message: "第 1 项" in message.text and message is card(bob))
    bob.say("/delete")
    asked = await bob.until("要删除这份评测吗")
    assert "也开着" in asked.text
    bob.tap("只从这里移走", asked)
    await bob.until("已从这里移走")
    await api.quiet()
    assert (bot.dossiers(bob), len(bot.dossiers(ann))) == ([], 1)
    assert set(bot.about(bob)) <= {"sessions", "log", "sights", "windows", "outbox"}, "all of them Ann's"
    await say(ann, "BC", "第 2 项")
    ann.say("/delete")
    asked = await ann.until("要删除这份评测吗")
    assert "也开着" not in asked.text
    ann.tap("是，全部删除", asked)
    await ann.until("已全部删除")
    await api.quiet()
    assert bot.about(ann) == bot.about(bob) == {}
    assert bot.rows("SELECT * FROM links") == []


@pytest.mark.slow
async def test_the_terminal_goes_on_where_the_phone_is_and_the_phone_where_the_terminal_was(
    api: TelegramApi, install: Install
) -> None:
    bot = await install().start()
    ann = await at_first_item(api, bot)
    said = await terminal(bot, "--as", "anna", "--link", await code(ann), lines="BC\n")
    assert "已在这里打开" in said
    assert "设备数字化" in said
    ann.tap("B", card(ann), stale=True)
    await ann.until(lambda message: "第 2 项" in message.text and message is card(ann))
    assert bot.session(ann).record.choices == {"q1": ("B", "C")}
    token = CODE.search(await terminal(bot, "--as", "anna", lines="/link\n"))
    assert token
    cat = api.person("Cat")
    cat.say(f"/start open-{token[1]}")
    await cat.until(lambda message: "第 2 项" in message.text)
    assert "过期了" in await terminal(bot, "--as", "dora", "--link", token[1])
    assert "要删除这份评测吗" in await terminal(bot, "--as", "anna", lines="/delete\n/3\n")
    await terminal(bot, "--as", "anna", lines="/delete\n/2\n")
    assert bot.dossiers(ann) == bot.dossiers(cat) != []
    assert bot.rows("SELECT * FROM sights WHERE window = 'terminal:anna'") == []


@pytest.mark.slow
async def test_who_has_begun_something_keeps_it_when_a_link_is_followed(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann, bob = await named(api, bot, "甲厂"), await named(api, bot, "乙厂", "Bob")
    bob.say(f"/start open-{await code(ann)}")
    await bob.until("已在这里打开")
    await api.quiet()
    assert bot.session(bob).firm.name == "甲厂"
    await tap(bob, "B", lambda message: message.button("B ✓"))
    await say(bob, "/firms 1", lambda message: message is card(bob))
    await api.quiet()
    assert bot.session(bob).firm.name == "乙厂"
    right(bot, bob)
