"""The commands of the menu, in both languages; what is stored can be had, and can be deleted."""

import json
import sqlite3
from typing import Any

import pytest

from bot.telegram.commands import COMMANDS
from bot.telegram.sender import CHAT
from flows.session import Session
from locales import LANGUAGES, catalogue
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.walking import Plan, answer_by_taps, begin_by_taps, card, cards, say, tap, walk_by_taps
from tests.telegram.people import Person
from tests.telegram.views import Message

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER = {"zh-Hans": "zh-hans", "en": "en-GB"}


async def at_second_item(town: Town, language: str = "zh-Hans") -> Person:
    ann = town.api.person("Ann", OTHER[language])
    if language == "en":
        await say(ann, "/start")
        await tap(ann, "2 ✓")
        await tap(ann, "Skip")
        await tap(ann, "Skip")
        await say(ann, "BC")
    else:
        await begin_by_taps(ann, Plan())
        await answer_by_taps(ann, Plan(), "q1")
    await town.api.quiet(0.12)
    return ann


async def said(town: Town, person: Person, command: str) -> list[Message]:
    """What a command brings, in the order in which it stands there; the live card is the last."""
    person.say(command)
    await person.until(lambda message: message.rows)
    await town.api.quiet(0.12)
    assert town.bot.troubles == []
    assert len(cards(person)) <= 2
    return [message for message in person.chat.answers() if message.rows or message.edits == 0][::-1]


async def test_the_menu_in_both_languages(town: Town) -> None:
    for language in LANGUAGES:
        menu = town.api.world.commands["default", "" if language == "zh-Hans" else language]
        text = catalogue(language)
        assert [entry["command"] for entry in menu] == list(COMMANDS)
        assert [entry["description"] for entry in menu] == [text(f"command.{name}") for name in COMMANDS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("mydata", "delete")])
async def test_every_command_answers_in_the_persons_language(town: Town, name: str, language: str) -> None:
    ann = await at_second_item(town, language)
    before = town.bot.session(ann).record
    messages = await said(town, ann, f"/{name.upper() if name == 'help' else name}@shuping_test_bot")
    assert messages[-1] is card(ann) is ann.chat.last
    assert town.bot.session(ann).record == before
    assert town.bot.session(ann).language == language
    text = "".join(message.text for message in messages)
    assert any("一" <= letter <= "鿿" for letter in text.replace("中文", "")) == (language == "zh-Hans"), text


async def test_links_lead_to_commands_and_items(town: Town) -> None:
    ann = await at_second_item(town)
    for payload, shown in (("q7", "第 7 项"), ("overview", "A  "), ("x y z", "第 2 项")):
        await say(ann, f"/start {payload}")
        await town.api.quiet(0.12)
        assert shown in card(ann).text


async def test_another_language(town: Town) -> None:
    ann = await at_second_item(town)
    messages = await said(town, ann, "/language")
    label = catalogue("zh-Hans")("language.en")
    choice = next(message for message in messages if message.button(label))
    ann.tap(label, choice)
    shown = await ann.until("Item 2 of 31")
    await town.api.quiet(0.12)
    assert town.bot.session(ann).language == town.bot.contact(ann).language == "en"
    assert shown is card(ann)
    await say(ann, "中文", "第 2 项")


async def test_another_language_later_on(town: Town) -> None:
    """The choice stays open while the person goes on with the questions."""
    ann = await at_second_item(town)
    messages = await said(town, ann, "/language")
    label = catalogue("zh-Hans")("language.en")
    choice = next(message for message in messages if message.button(label))
    await tap(ann, "C", "第 3 项")
    ann.tap(label, choice)
    await ann.until("Item 3 of 31")
    assert town.bot.session(ann).language == "en"


async def test_reminders_and_the_time_zone(town: Town) -> None:
    ann = await at_second_item(town)
    assert "Asia/Shanghai" in (await said(town, ann, "/reminders"))[0].text
    assert "America/New_York" in (await said(town, ann, "/reminders America/New_York"))[0].text
    assert town.bot.contact(ann).zone == "America/New_York"
    for wrong in ("Beijing", "../../etc/passwd", "<b>", "x" * 500):
        assert wrong[:40] in (await said(town, ann, f"/reminders {wrong}"))[-1].text
    assert town.bot.contact(ann).zone == "America/New_York"
    assert town.bot.waiting(ann) != []
    messages = await said(town, ann, "/reminders")
    ann.tap("不再提醒", messages[0])
    await ann.until("提醒已关闭")
    await town.api.quiet(0.12)
    assert (town.bot.contact(ann).reminders, town.bot.waiting(ann)) == (False, [])
    await say(ann, "B")
    await town.api.quiet(0.12)
    assert town.bot.waiting(ann) == [], "progress brings none back"
    messages = await said(town, ann, "/reminders")
    ann.tap("打开提醒", messages[0])
    await ann.until("提醒是打开的")
    await town.api.quiet(0.12)
    assert len(town.bot.waiting(ann)) == 1


def everything(path: Any, person: Person) -> list[Any]:
    """All rows about somebody, table by table."""
    with sqlite3.connect(path) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} WHERE chat = ?", (f"{CHAT}{person.id}",)).fetchall()  # noqa: S608
            for table in ("sessions", "contacts", "log", "assessments", "outbox")
        ]


def as_exported(number: int, chat: str, session: str, kind: str, item: str, *rest: Any) -> list[Any]:
    """A row of the log in the order of the export; its number and chat are the export's place and "telegram"."""
    before, after, at, by = rest
    return [at, by, session, kind, item, *(None if value is None else json.loads(value) for value in (before, after))]


async def test_my_data_is_everything_stored(town: Town) -> None:
    ann = town.api.person("Ann")
    await walk_by_taps(ann, Plan(firm="汉字“厂” <b>"))
    await town.api.quiet(0.12)
    await tap(ann, "有变化，重新评", lambda message: message.button("A"))
    await tap(ann, "A", lambda message: message.button("A ✓"))
    await town.api.quiet(0.12)
    ann.say("/mydata")
    sent = await ann.until(lambda message: message.file)
    data = json.loads(sent.file)
    assert Session.model_validate(data["session"]) == town.bot.session(ann)
    sessions, contacts, log, assessments, _ = everything(town.bot.file, ann)
    assert len(sessions) == len(contacts) == 1
    assert len(data["log"]) == len(log) == 32
    assert [entry["item"] for entry in data["log"]][:3] == ["q1", "q2", "q3"]
    assert [list(entry.values()) for entry in data["log"]] == [as_exported(*row) for row in log]
    assert data["chat"] == f"telegram:{ann.id}"
    assert len(data["assessments"]) == len(assessments) == 1
    assert data["assessments"][0]["firm"]["name"] == "汉字“厂” <b>"
    assert {name: value for name, value in data["contact"].items() if name != "card"}["language"] == "zh-Hans"
    await town.api.quiet(0.12)
    assert town.bot.troubles == []


async def twice_assessed(town: Town) -> Person:
    """A result, then a re-check in which 6. 网络安全 went from B, C to B to E."""
    ann = town.api.person("Ann")
    await walk_by_taps(ann, Plan(kind="B"))
    await tap(ann, "有变化，重新评", lambda message: message.button("6"))
    await tap(ann, "6", lambda message: message.button("6 ✓"))
    await tap(ann, "✅ 完成", lambda message: message.button("B ✓"))
    await say(ann, "BCDE", lambda message: message.button("提交"))
    await tap(ann, "提交", lambda message: message.button("我承诺"))
    await tap(ann, "我承诺", lambda message: message.button("历史"))
    await town.api.quiet(0.12)
    return ann


async def test_what_leads_on_from_a_result(town: Town) -> None:
    """The buttons of the card; the history by button, word and command; any two of it compared."""
    ann = await twice_assessed(town)
    assert [len(row) for row in card(ann).rows][:2] == [3, 3]
    for label, told in (("稳不稳", "工信部在线填报"), ("政策", "试点省级专精特新中小企业")):
        ann.tap(label, card(ann))
        await ann.until(told)
        await town.api.quiet(0.12)
    ann.tap("历史", card(ann))
    listed = await ann.until("以前的评测")
    await town.api.quiet(0.12)
    assert "2. 20" in listed.text
    ann.tap("比较最近两次", listed)
    await ann.until("6. 网络安全：B、C → B、C、D、E")
    await town.api.quiet(0.12)
    for asked, told in (
        ("历史", "得分走势"),
        ("/history", "得分走势"),
        ("比较 1 2", "6. 网络安全：B、C → B、C、D、E"),
        ("/history 2 1", "6. 网络安全：B、C → B、C、D、E"),
        ("比较 1 9", "没有第 9 号"),
        ("/history 5", "要写两个不同的编号"),
        ("/history x", "要写两个不同的编号"),
    ):
        messages = await said(town, ann, asked)
        assert told in "".join(message.text for message in messages[-2:]), asked
        assert messages[-1] is card(ann)


async def test_delete_asks_and_no_keeps_everything(town: Town) -> None:
    ann = await at_second_item(town)
    before = town.bot.session(ann)
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
    ann.tap("不删了", asked)
    await ann.until("没有删除")
    await town.api.quiet(0.12)
    assert town.bot.session(ann) == before


async def test_yes_deletes_every_row(town: Town) -> None:
    ann = town.api.person("Ann")
    bob = await at_second_item(town)
    await walk_by_taps(ann, Plan())
    await town.api.quiet(0.12)
    ann.tap("三个月后提醒我复评")
    await ann.until("三个月后提醒您")
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
    assert set(town.bot.about(ann)) == {"sessions", "contacts", "log", "assessments", "outbox"}
    kept = town.bot.about(bob)
    yes = ann.tap("是，全部删除", asked)
    again = ann.tap("是，全部删除", asked)
    receipt = await ann.until("已全部删除")
    await yes.answered()
    await again.answered()
    await town.api.quiet(0.12)
    assert "UTC" in receipt.text
    assert town.bot.about(ann) == {}
    assert town.bot.about(bob) == kept
    assert town.bot.troubles == []
    welcome = await say(ann, "/start")
    assert "您好，我是数评" in welcome.text


async def test_an_old_yes_does_not_delete_what_was_begun_after_it(town: Town) -> None:
    ann = await at_second_item(town)
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
    ann.tap("是，全部删除", asked)
    await ann.until("已全部删除")
    await town.api.quiet(0.12)
    await begin_by_taps(ann, Plan())
    await answer_by_taps(ann, Plan(), "q1")
    await town.api.quiet(0.12)
    before = town.bot.session(ann)
    ann.tap("是，全部删除", asked)
    shown = await ann.until(lambda message: message.rows)
    await town.api.quiet(0.12)
    assert town.bot.session(ann) == before
    assert shown is card(ann)
    assert "第 2 项" in shown.text


async def test_a_deletion_that_is_delivered_again_spares_what_came_after(town: Town) -> None:
    ann = await at_second_item(town)
    ann.say("/delete")
    asked = await ann.until("要删除您的全部数据吗")
    await town.api.quiet(0.12)
    town.api.updates.repeat = 1
    town.api.updates.hold()
    ann.tap("是，全部删除", asked)
    ann.say("/start")
    town.api.updates.release()
    await ann.until("您好，我是数评")
    await town.api.quiet(0.12)
    assert town.bot.about(ann) == {}
