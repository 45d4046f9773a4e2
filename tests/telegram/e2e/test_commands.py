"""The menu in every language; what is stored can be had, and can be deleted, to the last row."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.commands import COMMANDS
from flows.session import Session
from locales import catalogue
from tests.telegram.e2e.conftest import Town
from tests.telegram.e2e.driver import CHAT, SIGHTED
from tests.telegram.e2e.walking import Plan, answer_by_taps, begin_by_taps, say, tap, walk_by_taps
from tests.telegram.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def at_second_item(town: Town) -> Person:
    ann = town.api.person("Ann")
    await begin_by_taps(ann, Plan())
    await answer_by_taps(ann, Plan(), "q1")
    await town.api.quiet(0.12)
    return ann


async def test_the_menu_in_every_language_that_telegram_tells_apart(town: Town) -> None:
    """By two letters: for traditional Chinese there is none of its own."""
    assert ("default", "zh") not in town.api.world.commands
    for code, language in {"": "zh-Hans", "en": "en"}.items():
        menu = town.api.world.commands["default", code]
        text = catalogue(language)
        assert [entry["command"] for entry in menu] == list(COMMANDS)
        assert [entry["description"] for entry in menu] == [text(f"command.{name}") for name in COMMANDS]


def everything(path: Path, person: Person) -> list[Any]:
    """All rows about somebody, table by table."""
    with sqlite3.connect(path) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} WHERE {where}", (f"{CHAT}{person.id}",)).fetchall()  # noqa: S608
            for table, where in (
                ("sessions", SIGHTED),
                ("windows", "window = ?"),
                ("log", SIGHTED),
                ("assessments", SIGHTED),
                ("outbox", "window = ?"),
            )
        ]


def as_exported(number: int, dossier: str, session: str, kind: str, item: str, *rest: Any) -> list[Any]:
    """A row of the log in the order of the export; its number and dossier are the place in the export."""
    before, after, at, by = rest
    return [at, by, session, kind, item, *(None if value is None else json.loads(value) for value in (before, after))]


async def test_my_data_is_everything_stored(town: Town) -> None:
    ann = town.api.person("Ann")
    await walk_by_taps(ann, Plan(firm="汉字“厂” <b>"))
    await town.api.quiet(0.12)
    await tap(ann, "有变化，重新评", lambda message: message.button("上了新的管理系统（ERP）"))
    await tap(ann, "上了新的管理系统（ERP）", lambda message: message.button("还是老样子"))
    await town.api.quiet(0.12)
    ann.say("/mydata")
    sent = await ann.until(lambda message: message.file)
    data = json.loads(sent.file)
    (dossier,) = data["dossiers"]
    assert Session.model_validate(dossier["session"]) == town.bot.session(ann)
    sessions, windows, log, assessments, _ = everything(town.bot.file, ann)
    assert len(sessions) == len(windows) == 1
    assert len(dossier["log"]) == len(log) == 32
    assert [entry["item"] for entry in dossier["log"]][:3] == ["q1", "q2", "q3"]
    assert [list(entry.values()) for entry in dossier["log"]] == [as_exported(*row) for row in log]
    assert data["window"] == f"telegram:{ann.id}"
    assert len(dossier["assessments"]) == len(assessments) == 1
    assert dossier["assessments"][0]["firm"]["name"] == "汉字“厂” <b>"
    assert {name: value for name, value in data["contact"].items() if name != "card"}["language"] == "zh-Hans"
    await town.api.quiet(0.12)
    assert town.bot.troubles == []


async def test_yes_deletes_every_row(town: Town) -> None:
    ann = town.api.person("Ann")
    bob = await at_second_item(town)
    await walk_by_taps(ann, Plan())
    await town.api.quiet(0.12)
    ann.tap("三个月后提醒我复评")
    await ann.until("三个月后提醒您")
    ann.say("/delete")
    asked = await ann.until("要删除这份评测吗")
    there = {"sessions", "windows", "sights", "log", "assessments", "outbox"}
    assert set(town.bot.about(ann)) - {"claims"} == there
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
