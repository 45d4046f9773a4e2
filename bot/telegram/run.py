"""`shuping telegram`: start, run until told to stop, finish the work in hand."""

import asyncio
import contextlib
import secrets
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot, BotCommand
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.conversation import Outside
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.telegram.commands import COMMANDS
from bot.telegram.intake import FIRST_PAUSE, KINDS, LONGEST_PAUSE, name_of, poll
from bot.telegram.line import Line
from bot.telegram.press import Press
from bot.telegram.reception import Reception
from bot.telegram.request import AiohttpRequest
from bot.telegram.sender import Sender
from bot.telegram.visit import Rules
from bot.telegram.webhook import Webhook
from flows.reminders import Schedule
from locales import DEFAULT_LANGUAGE, LANGUAGES, Catalogue, catalogue
from storage.errors import StorageError
from storage.opening import open_store
from storage.store import Store

OUTSIDE = Outside(now=lambda: datetime.now(UTC), fresh_id=lambda: uuid.uuid4().hex)
CONNECTIONS = 256
REQUEST_SECONDS = 15.0
FINISH_SECONDS = 6.0
DELIVERED_WITHIN, TIDY_SECONDS = timedelta(days=2), 3600
"""Telegram keeps an update for a day."""
STOPPED, REFUSED = 0, 2


def run_bot(settings: Settings, language: str) -> int:
    """`serve` on the quickest event loop that there is: uvloop saves an eighth, where it can be installed."""
    with asyncio.Runner(loop_factory=_quick_loop()) as runner:
        return runner.run(serve(settings, language))


def _quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


async def serve(settings: Settings, language: str) -> int:
    """Run the bot; the exit status. Raises StorageError if the database cannot be opened."""
    text = catalogue(language)
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    if not token:
        return _refuse(text, "no_token")
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else secrets.token_urlsafe(32)
    set_up_logs(settings.log_level, token, secret)
    rules = Rules(Schedule(settings.remind_after, *settings.remind_window), settings.timezone)
    async with (
        await open_store(settings.database_url) as store,
        _bot(settings, token) as bot,
        _health(settings, alive=lambda: True),
    ):
        stop = _stop_on_signals()
        if not await _greet(bot, text, stop):
            return STOPPED if stop.is_set() else REFUSED
        press = Press(store, rules)
        sender = Sender(store, bot, OUTSIDE, rules, press, settings.telegram_rate)
        reception = Reception(store, bot, sender, OUTSIDE, rules)
        listens = settings.webhook_url is not None
        intake = _listen(settings, secret, bot, reception, text) if listens else _poll(bot, reception, text)
        tidying = asyncio.create_task(_tidy(store))
        status = await _run(intake, sender, stop, text)
        tidying.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await _finish(reception, sender)
        await press.close()
        return status


async def who_am_i(settings: Settings) -> str:
    """The bot's name, asked of Telegram once. Raises TelegramError."""
    async with _bot(settings, settings.telegram_token.get_secret_value() if settings.telegram_token else "") as bot:
        return str((await bot.get_me()).username)


@contextlib.asynccontextmanager
async def _bot(settings: Settings, token: str) -> AsyncIterator[Line]:
    base = str(settings.telegram_api_url).rstrip("/")
    sending = AiohttpRequest(connections=CONNECTIONS, seconds=REQUEST_SECONDS)
    polling = AiohttpRequest(connections=4, seconds=REQUEST_SECONDS)
    bot = Line(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=sending,
        get_updates_request=polling,
    )
    await sending.initialize()
    await polling.initialize()
    try:
        yield bot
    finally:
        await sending.shutdown()
        await polling.shutdown()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _greet(bot: Bot, text: Catalogue, stop: asyncio.Event) -> bool:
    """Ask Telegram who we are, patiently; false if the token is wrong, or we were told to stop meanwhile."""
    greeting = asyncio.create_task(_insist(lambda: _introduce(bot), text))
    told = asyncio.create_task(_until(stop))
    await asyncio.wait({greeting, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    try:
        if not greeting.done():
            greeting.cancel()
        await greeting
    except asyncio.CancelledError:
        return False
    except (InvalidToken, BadRequest) as error:
        _give_up(text, error)
        return False
    return True


async def _insist(call: Callable[[], Awaitable[object]], text: Catalogue) -> None:
    """Call Telegram until it works, with a sentence for every failure.

    Raises InvalidToken and BadRequest: waiting cannot mend a wrong token, or an address that Telegram does not take.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            await call()
        except (InvalidToken, BadRequest):
            raise
        except TelegramError as error:
            _say(text, name_of(error))
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        else:
            return


async def _introduce(bot: Bot) -> None:
    await bot.initialize()
    await _set_menu(bot)


async def _set_menu(bot: Bot) -> None:
    for language in LANGUAGES:
        text = catalogue(language)
        menu = [BotCommand(name, text(f"command.{name}")) for name in COMMANDS]
        code = None if language == DEFAULT_LANGUAGE else language
        await bot.set_my_commands(menu, language_code=code)


async def _run(taking: Coroutine[Any, Any, None], sender: Sender, stop: asyncio.Event, text: Catalogue) -> int:
    """Intake and outbox side by side until one ends; intake stops first."""
    outbox = asyncio.create_task(sender.run())
    intake = asyncio.create_task(taking)
    told = asyncio.create_task(_until(stop))
    done, _ = await asyncio.wait({outbox, intake, told}, return_when=asyncio.FIRST_COMPLETED)
    for task in (intake, told, outbox):
        task.cancel()
    await asyncio.gather(intake, told, outbox, return_exceptions=True)
    if told in done:
        return STOPPED
    for task in done:
        if isinstance(error := task.exception(), InvalidToken | BadRequest):
            return _give_up(text, error)
        task.result()
    return STOPPED


async def _tidy(store: Store) -> None:
    """Forget the ids of updates that are too old for Telegram to deliver again."""
    while True:
        with contextlib.suppress(StorageError):
            await store.forget_updates(OUTSIDE.now() - DELIVERED_WITHIN)
        await asyncio.sleep(TIDY_SECONDS)


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


async def _poll(bot: Line, reception: Reception, text: Catalogue) -> None:
    """Fetch updates, once Telegram knows that we do."""
    await _insist(bot.delete_webhook, text)
    _say(text, "ready", bot=bot.username)
    await poll(bot, reception, lambda trouble: _say(text, trouble))


async def _listen(settings: Settings, secret: str, bot: Bot, reception: Reception, text: Catalogue) -> None:
    """Serve the webhook, once Telegram knows where it is. Raises OSError if the address is taken."""
    from bot.telegram.server import served

    url = str(settings.webhook_url)
    application = Webhook(reception, urlsplit(url).path or "/", secret)
    async with served(application, settings.webhook_listen) as serving:
        await _insist(
            lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS, max_connections=40), text
        )
        _say(text, "ready", bot=bot.username)
        await asyncio.shield(serving)


@contextlib.asynccontextmanager
async def _health(settings: Settings, alive: Callable[[], bool]) -> AsyncIterator[None]:
    """Say whether we are `alive` to who asks, if somebody is to. Raises OSError if the address is taken."""
    if settings.health_listen is None:
        yield
        return
    from bot.telegram.server import Health, HealthConnection, served

    async with served(Health(alive), settings.health_listen, HealthConnection):
        yield


async def _finish(reception: Reception, sender: Sender) -> None:
    await reception.finish()
    await sender.finish()


def _say(text: Catalogue, name: str, **values: object) -> None:
    sys.stderr.write(f"shuping: {text(f'telegram.trouble.{name}', **values)}\n")
    sys.stderr.flush()


def _give_up(text: Catalogue, error: TelegramError) -> int:
    """Telegram said no, and would say it again."""
    if isinstance(error, InvalidToken):
        return _refuse(text, "bad_token")
    _say(text, "refused", reason=error.message)
    return REFUSED


def _refuse(text: Catalogue, name: str) -> int:
    _say(text, name)
    return REFUSED
