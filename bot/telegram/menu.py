"""The list of commands that Telegram shows beside the keyboard, in each language."""

import asyncio
import logging

from telegram import Bot, BotCommand
from telegram.error import BadRequest, TelegramError

from bot.logs import unquoted
from bot.telegram.client import odd_answers
from bot.telegram.commands import COMMANDS
from bot.telegram.polling import FIRST_PAUSE, LONGEST_PAUSE, wait_after
from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue

LOG = logging.getLogger("shuping.menu")


async def set_menus(bot: Bot) -> None:
    """Tell Telegram, however long that takes; nobody waits for it."""
    for language in LANGUAGES:
        text = catalogue(language)
        menu = [BotCommand(name, text(f"command.{name}")) for name in COMMANDS]
        code = None if language == DEFAULT_LANGUAGE else language
        await _set_menu(bot, menu, code)


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
