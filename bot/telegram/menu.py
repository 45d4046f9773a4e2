"""The list of commands that Telegram shows beside the keyboard, in each language."""

import asyncio
import logging

from telegram import Bot, BotCommand
from telegram.error import BadRequest, TelegramError

from bot.dialogue.commands import COMMANDS
from bot.logs import unquoted
from bot.telegram.client import odd_answers
from bot.telegram.polling import FIRST_PAUSE, LONGEST_PAUSE, wait_after
from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue

LOG = logging.getLogger("shuping.menu")


async def set_menus(bot: Bot) -> None:
    """Tell Telegram, however long that takes; nobody waits for it."""
    for code, language in menus().items():
        text = catalogue(language)
        menu = [BotCommand(name, text(f"command.{name}")) for name in COMMANDS]
        await _set_menu(bot, menu, None if language == DEFAULT_LANGUAGE else code)


def menus() -> dict[str, str]:
    """The language of each menu, by its code. Telegram takes codes of two letters only, so that of the languages that
    share one, the first has the menu."""
    return {language.partition("-")[0]: language for language in reversed(LANGUAGES)}


async def _set_menu(bot: Bot, menu: list[BotCommand], code: str | None) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            with odd_answers():
                await bot.set_my_commands(menu, language_code=code)
        except BadRequest as error:
            LOG.warning("Telegram does not take the menu: %s", unquoted(error.message))
            return
        except TelegramError as error:
            pause = wait_after(error, min(LONGEST_PAUSE, pause * 2))
            await asyncio.sleep(pause)
        else:
            return
