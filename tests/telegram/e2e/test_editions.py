"""An edition that has gone from a running bot, of which somebody's assessment is."""

import pytest

from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.driver import CHAT, SIGHTED
from tests.telegram.e2e.test_outbox import at_first_item
from tests.telegram.e2e.walking import say


@pytest.mark.slow
async def test_whose_edition_has_gone_is_told_so_and_nobody_else_is_held_up(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann, bob = await at_first_item(api, bot), await at_first_item(api, bot, "Bob")
    sound, stored = bot.session(ann).model_dump_json(), f"UPDATE sessions SET data = ? WHERE {SIGHTED}"  # noqa: S608
    bot.change(stored, sound.replace("miit-2024", "miit-2020"), f"{CHAT}{ann.id}")
    await say(ann, "B", "这里没有 miit-2020 版标准")
    await say(bob, "B", "第 2 项")
    bot.change(stored, sound, f"{CHAT}{ann.id}")
    await say(ann, "B", "第 2 项")
    (line,) = bot.troubles
    assert "miit-2020" in line
    assert "Traceback" not in bot.output
