"""`shuping telegram`: start, run until told to stop, finish the work in hand."""

import asyncio
import contextlib
import logging
import secrets
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.conversation import Outside
from bot.delivery.lease import LostError, Ownership
from bot.delivery.retention import keep_of, purge
from bot.logs import set_up_logs, unquoted
from bot.settings import Settings
from bot.telegram.client import Line, odd_answers
from bot.telegram.menu import set_menus
from bot.telegram.polling import FIRST_PAUSE, KINDS, LONGEST_PAUSE, SECOND_LOOK, name_of, poll, wait_after
from bot.telegram.press import Press
from bot.telegram.reception import Reception
from bot.telegram.request import AiohttpRequest
from bot.telegram.sender import Sender
from bot.telegram.visit import Rules
from bot.telegram.webhook import Webhook
from bot.words.complaints import complaint
from flows.reminders import Schedule
from locales import Catalogue, catalogue
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.store import Store

LOG = logging.getLogger("shuping.run")
T = TypeVar("T")

OUTSIDE = Outside(now=lambda: datetime.now(UTC), fresh_id=lambda: uuid.uuid4().hex)
CONNECTIONS = 256
REQUEST_SECONDS = 15.0
FINISH_SECONDS = 6.0
DELIVERED_WITHIN, TIDY_SECONDS = timedelta(days=2), 3600
"""Telegram keeps an update for a day."""
PURGE_AFTER, CLEAN_SECONDS = 600.0, 60.0
STUCK_SECONDS = 30.0
STOPPED, FAILED, REFUSED = 0, 1, 2
"""Exit statuses; 2 is for settings alone, since a service is not started again after it."""


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
    """Run the bot; the exit status: 0 it was told to stop, 2 a setting is wrong, 1 for what may pass."""
    text = catalogue(language)
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    if not token:
        return _refuse(text, "no_token")
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else secrets.token_urlsafe(32)
    set_up_logs(settings.log_level, token, secret)
    stop = _stop_on_signals()
    try:
        store = await _unless(stop, _opened(settings.database_url, language))
        if store is None:
            return STOPPED
        async with store, _bot(settings, token) as bot:
            return await _serve(Installation(settings, secret, store, bot, text), stop)
    except (StorageError, OSError) as error:
        sys.stderr.write(f"shuping: {complaint(error, language)}\n")
        return REFUSED if isinstance(error, StorageError) and error.trouble is Trouble.BAD_URL else FAILED


@dataclass(frozen=True, slots=True)
class Installation:
    """What the parts of a running bot are made from."""

    settings: Settings
    secret: str
    store: Store
    bot: Line
    text: Catalogue

    @property
    def rules(self) -> Rules:
        """What decisions depend on."""
        of = self.settings
        schedule = Schedule(of.remind_after, *of.remind_window)
        return Rules(schedule, of.timezone, of.operator_name, of.operator_contact, keep_of(of))


async def _serve(here: Installation, stop: asyncio.Event) -> int:
    """Become the one who sends, and be that until told to stop."""
    ownership = Ownership(here.store)
    await _unless(stop, ownership.acquire(lambda: _say(here.text, "second")))
    if stop.is_set():
        await ownership.release()
        return STOPPED
    tasks = [
        asyncio.create_task(work) for work in (ownership.keep(), _tidy(here.store), _purge(here), _clean(here.store))
    ]
    try:
        async with _health(here.settings, alive=lambda: ownership.silent < STUCK_SECONDS):
            return await _greet_and_work(here, ownership, tasks[0], stop)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ownership.release()


async def _greet_and_work(
    here: Installation, ownership: Ownership, keeping: "asyncio.Task[None]", stop: asyncio.Event
) -> int:
    try:
        await _unless(stop, _insist(here.bot.initialize, here.text))
    except (InvalidToken, BadRequest) as error:
        return _give_up(here.text, error)
    if stop.is_set():
        return STOPPED
    menus = asyncio.create_task(set_menus(here.bot))
    try:
        return await _take_and_send(here, ownership, keeping, stop)
    finally:
        menus.cancel()
        await asyncio.gather(menus, return_exceptions=True)


async def _take_and_send(
    here: Installation, ownership: Ownership, keeping: "asyncio.Task[None]", stop: asyncio.Event
) -> int:
    press = Press(here.store, here.rules)
    sender = Sender(here.store, here.bot, OUTSIDE, here.rules, press, here.settings.telegram_rate, ownership.wait)
    reception = Reception(here.store, here.bot, sender, OUTSIDE, here.rules)
    intake = _listen(here, reception) if here.settings.webhook_url else _poll(here.bot, reception, here.text)
    try:
        return await _run(intake, sender, keeping, stop, here.text)
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await _finish(reception, sender)
        await press.close()


async def _opened(url: str, language: str) -> Store:
    """The store, as soon as it can be opened: a busy database or a full disk passes. Raises StorageError."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await open_store(url)
        except StorageError as error:
            if error.trouble not in (Trouble.BUSY, Trouble.FULL):
                raise
            sys.stderr.write(f"shuping: {complaint(error, language)}\n")
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do it; None if we were told to stop before it was done."""
    doing, told = asyncio.create_task(work), asyncio.create_task(_until(stop))
    await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return None
    return await doing


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


async def _insist(call: Callable[[], Awaitable[object]], text: Catalogue) -> None:
    """Call Telegram until it works, with a sentence for every failure.

    Raises InvalidToken and BadRequest: waiting cannot mend a wrong token, or an address that Telegram does not take. A
    token is wrong if it was refused twice.
    """
    pause, doubted = FIRST_PAUSE, False
    while True:
        try:
            with odd_answers():
                await call()
        except BadRequest:
            raise
        except InvalidToken:
            if doubted:
                raise
            doubted = True
            await asyncio.sleep(SECOND_LOOK)
        except TelegramError as error:
            _say(text, name_of(error))
            await asyncio.sleep(wait_after(error, pause))
            pause = min(LONGEST_PAUSE, pause * 2)
        else:
            return


async def _run(
    taking: Coroutine[Any, Any, None],
    sender: Sender,
    keeping: "asyncio.Task[None]",
    stop: asyncio.Event,
    text: Catalogue,
) -> int:
    """Intake and outbox side by side until one ends, or the lease is lost; intake stops first."""
    outbox = asyncio.create_task(sender.run())
    intake = asyncio.create_task(taking)
    told = asyncio.create_task(_until(stop))
    done, _ = await asyncio.wait({outbox, intake, told, keeping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (intake, told, outbox):
        task.cancel()
    await asyncio.gather(intake, told, outbox, return_exceptions=True)
    return STOPPED if told in done else _ended(done, text)


def _ended(done: "set[asyncio.Task[None]]", text: Catalogue) -> int:
    """The exit status after something ended by itself. Raises what it raised, if that is a fault of ours."""
    for task in done:
        match task.exception():
            case InvalidToken() | BadRequest() as error:
                return _give_up(text, error)
            case LostError():
                _say(text, "lost")
                return FAILED
        task.result()
    return STOPPED


async def _tidy(store: Store) -> None:
    """Forget the ids of updates that are too old for Telegram to deliver again."""
    while True:
        with contextlib.suppress(StorageError):
            await store.forget_updates(OUTSIDE.now() - DELIVERED_WITHIN)
        await asyncio.sleep(TIDY_SECONDS)


async def _purge(here: Installation) -> None:
    """Delete what was kept long enough; not at once, since a clock may be wrong until the network has set it."""
    await asyncio.sleep(PURGE_AFTER)
    while True:
        with contextlib.suppress(StorageError):
            purged = await purge(here.store, here.rules.keep, OUTSIDE.now())
            LOG.info("kept long enough and deleted: %s", purged)
        await asyncio.sleep(TIDY_SECONDS)


async def _clean(store: Store) -> None:
    """Take the last traces of deleted people out of the files, once a minute at most, and a hundredth of the time."""
    pause = CLEAN_SECONDS
    while True:
        await asyncio.sleep(pause)
        began = monotonic()
        with contextlib.suppress(StorageError):
            await store.clean()
        pause = max(CLEAN_SECONDS, 100 * (monotonic() - began))


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


async def _poll(bot: Line, reception: Reception, text: Catalogue) -> None:
    """Fetch updates, once Telegram knows that we do."""
    await _insist(bot.delete_webhook, text)
    _say(text, "ready", bot=bot.username)
    await poll(bot, reception, lambda trouble: _say(text, trouble))


async def _listen(here: Installation, reception: Reception) -> None:
    """Serve the webhook, once Telegram knows where it is. Raises OSError if the address is taken."""
    from bot.telegram.server import served

    settings, secret, bot, text = here.settings, here.secret, here.bot, here.text
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
    _say(text, "refused", reason=unquoted(error.message))
    return REFUSED


def _refuse(text: Catalogue, name: str) -> int:
    _say(text, name)
    return REFUSED
