"""The button that opens the page: ours where there is one, and nobody's work undone."""

from typing import Any

import pytest
from telegram import Bot

from bot.telegram.menu import set_menus
from locales import catalogue
from tests.telegram.api import TelegramApi

SITE = "https://shuping.example.org"
OURS = {"type": "web_app", "text": catalogue("zh-Hans")("mini_app.button"), "web_app": {"url": f"{SITE}/tg"}}
MOVED = {**OURS, "web_app": {"url": "https://old.example.org/tg"}}
THEIRS = {"type": "web_app", "text": "商店", "web_app": {"url": "https://shop.example.org/"}}
USUAL = {"type": "commands"}


@pytest.mark.parametrize(
    ("present", "site", "following"),
    [(USUAL, SITE, OURS), (MOVED, SITE, OURS), (THEIRS, SITE, OURS), (OURS, None, USUAL), (MOVED, None, USUAL)],
    ids=["a page", "it has moved", "instead of another", "no page any more", "nor the one before"],
)
async def test_it_is_set_and_taken_back(
    api: TelegramApi, bot: Bot, present: dict[str, Any], site: str | None, following: dict[str, Any]
) -> None:
    api.world.menu_button = present
    await set_menus(bot, site)
    assert api.world.menu_button == following


@pytest.mark.parametrize(("present", "site"), [(USUAL, None), (THEIRS, None), (OURS, SITE)])
async def test_it_is_left_alone(api: TelegramApi, bot: Bot, present: dict[str, Any], site: str | None) -> None:
    api.world.menu_button = present
    await set_menus(bot, site)
    assert api.world.menu_button == present
    assert api.calls("setChatMenuButton") == []
