"""An aiogram echo with memory state: answers a tap and edits its message. Keeps nothing on disk."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

KEYS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="B", callback_data="B")]])


async def start(message: Message) -> None:
    await message.answer("0", reply_markup=KEYS)


async def tapped(query: CallbackQuery, state: FSMContext) -> None:
    taps = (await state.get_data()).get("taps", 0) + 1
    await state.update_data(taps=taps)
    await query.answer()
    assert isinstance(query.message, Message)
    await query.message.edit_text(str(taps), reply_markup=KEYS)


async def main() -> None:
    server = TelegramAPIServer.from_base(os.environ["SHUPING_TELEGRAM_API_URL"])
    bot = Bot(os.environ["SHUPING_TELEGRAM_TOKEN"], session=AiohttpSession(api=server))
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(start, CommandStart())
    dispatcher.callback_query.register(tapped)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
