"""What Telegram shows beside the keyboard: the commands, in each language, and the button that opens the page."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Bot, BotCommand, MenuButtonDefault, MenuButtonWebApp, WebAppInfo
from telegram.error import BadRequest, TelegramError

from bot.dialogue.commands import COMMANDS
from bot.logs import unquoted
from bot.telegram.client import odd_answers
from bot.telegram.polling import FIRST_PAUSE, LONGEST_PAUSE, wait_after
from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue

LOG = logging.getLogger("shuping.menu")

DOOR = "/tg"
"""Where the page is opened from inside Telegram."""


async def set_menus(bot: Bot, site: str | None) -> None:
    """Tell Telegram, however long that takes; nobody waits for it. `site` is the address of the page, by https."""
    for code, language in menus().items():
        await _insist(lambda: _set_commands(bot, language, code))  # noqa: B023  # at once
    await _insist(lambda: _set_button(bot, site))


def menus() -> dict[str, str]:
    """The language of each menu, by its code. Telegram takes codes of two letters only, so that of the languages that
    share one, the first has the menu."""
    return {language.partition("-")[0]: language for language in reversed(LANGUAGES)}


async def _set_commands(bot: Bot, language: str, code: str) -> None:
    text = catalogue(language)
    menu = [BotCommand(name, text(f"command.{name}")) for name in COMMANDS]
    await bot.set_my_commands(menu, language_code=None if language == DEFAULT_LANGUAGE else code)


async def _set_button(bot: Bot, site: str | None) -> None:
    """Ours where there is a page; where there is none any more, the usual one. One that somebody else has set stays."""
    present = await bot.get_chat_menu_button()
    if site:
        wanted = MenuButtonWebApp(catalogue(DEFAULT_LANGUAGE)("mini_app.button"), WebAppInfo(f"{site}{DOOR}"))
        if present != wanted:
            await bot.set_chat_menu_button(menu_button=wanted)
    elif isinstance(present, MenuButtonWebApp) and present.web_app.url.endswith(DOOR):
        await bot.set_chat_menu_button(menu_button=MenuButtonDefault())


async def _insist(call: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            with odd_answers():
                await call()
        except BadRequest as error:
            LOG.warning("Telegram does not take the menu: %s", unquoted(error.message))
            return
        except TelegramError as error:
            pause = wait_after(error, min(LONGEST_PAUSE, pause * 2))
            await asyncio.sleep(pause)
        else:
            return
