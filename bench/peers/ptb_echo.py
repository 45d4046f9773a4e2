"""A bare python-telegram-bot, as installed: answers a tap and edits its message. Keeps nothing."""

import os

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("B", callback_data="B")]])
TAPS: dict[int, int] = {}


async def start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text("0", reply_markup=KEYS)


async def tapped(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    TAPS[query.from_user.id] = TAPS.get(query.from_user.id, 0) + 1
    await query.answer()
    await query.edit_message_text(str(TAPS[query.from_user.id]), reply_markup=KEYS)


def main() -> None:
    token, url = os.environ["SHUPING_TELEGRAM_TOKEN"], os.environ["SHUPING_TELEGRAM_API_URL"]
    built = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(True).build()  # noqa: FBT003  # PTB's own signature
    built.add_handler(CommandHandler("start", start))
    built.add_handler(CallbackQueryHandler(tapped))
    built.run_polling()


if __name__ == "__main__":
    main()
