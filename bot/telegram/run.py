"""`shuping telegram`: start, run until told to stop, finish the work in hand."""

import asyncio
import contextlib
import hmac
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.delivery.housekeeping import keep_house, keep_house_in_turn
from bot.delivery.intake import Intake
from bot.delivery.lease import LostError, Ownership
from bot.delivery.reports import Reports
from bot.delivery.rules import rules_of
from bot.delivery.worker import Worker
from bot.dialogue.context import Outside, Rules
from bot.logs import set_up_logs, unquoted
from bot.settings import Settings
from bot.telegram.channel import TelegramChannel
from bot.telegram.client import Client, odd_answers
from bot.telegram.menu import set_menus
from bot.telegram.polling import FIRST_PAUSE, KINDS, LONGEST_PAUSE, SECOND_LOOK, name_of, poll, wait_after
from bot.telegram.reception import Reception
from bot.telegram.request import AiohttpRequest
from bot.telegram.webhook import Webhook
from bot.understanding.lexicon import vocabulary
from bot.words.complaints import complaint
from bot.words.wording import Medium, wording
from locales import LANGUAGES, Catalogue, catalogue
from scoring.editions import current
from storage.errors import StorageError, Trouble
from storage.opening import open_store
from storage.store import Store

T = TypeVar("T")

OUTSIDE = Outside(now=lambda: datetime.now(UTC))
CONNECTIONS = 256
REQUEST_SECONDS = 15.0
FINISH_SECONDS = 6.0
STUCK_SECONDS = 30.0
STOPPED, FAILED, REFUSED = 0, 1, 2
"""Exit statuses; 2 is for settings alone, since a service is not started again after it."""


def run_bot(settings: Settings, language: str) -> int:
    """`serve` on the quickest event loop that there is: uvloop saves an eighth, where it can be installed."""
    _warm()
    with asyncio.Runner(loop_factory=_quick_loop()) as runner:
        return runner.run(serve(settings, language))


def _warm() -> None:
    """What everybody's first message would wait for, read before anybody's."""
    for language in LANGUAGES:
        wording(language, current().id, Medium.TAPPING)
    vocabulary(current().id)


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
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else _secret_of(token)
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


def _secret_of(token: str) -> str:
    """A secret for the webhook that all processes with this token agree on, and nobody else knows."""
    return hmac.digest(token.encode(), b"webhook", "sha256").hex()


@dataclass(frozen=True, slots=True)
class Installation:
    """What the parts of a running bot are made from."""

    settings: Settings
    secret: str
    store: Store
    bot: Client
    text: Catalogue

    @property
    def rules(self) -> Rules:
        """What decisions depend on."""
        return rules_of(self.settings)


async def _serve(here: Installation, stop: asyncio.Event) -> int:
    """Work until told to stop. One process polls, and looks after the database; any number serve a webhook."""
    ownership = Ownership(here.store)
    keep = keep_house_in_turn
    if here.settings.webhook_url is None:
        await _unless(stop, ownership.acquire(lambda: _say(here.text, "second")))
        keep = keep_house
    if stop.is_set():
        await ownership.release()
        return STOPPED
    keeping = asyncio.create_task(keep(here.store, here.rules.keep, OUTSIDE.now, ownership))
    try:
        async with _health(here.settings, alive=lambda: ownership.silent < STUCK_SECONDS):
            return await _greet_and_work(here, keeping, stop)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await ownership.release()


async def _greet_and_work(here: Installation, keeping: "asyncio.Task[None]", stop: asyncio.Event) -> int:
    try:
        await _unless(stop, _insist(here.bot.initialize, here.text))
    except (InvalidToken, BadRequest) as error:
        return _give_up(here.text, error)
    if stop.is_set():
        return STOPPED
    menus = asyncio.create_task(set_menus(here.bot))
    try:
        return await _take_and_send(here, keeping, stop)
    finally:
        menus.cancel()
        await asyncio.gather(menus, return_exceptions=True)


async def _take_and_send(here: Installation, keeping: "asyncio.Task[None]", stop: asyncio.Event) -> int:
    rubric = current()
    channel = TelegramChannel(here.bot, here.settings.telegram_rate)
    rules = rules_of(here.settings, channel.manner.home)
    reports = Reports(here.store, rules)
    worker = Worker(here.store, (channel,), OUTSIDE, rules, rubric, reports)
    intake = Intake(here.store, channel, worker, OUTSIDE, rules, rubric)
    reception = Reception(here.bot, intake)
    taking = _listen(here, reception) if here.settings.webhook_url else _poll(here.bot, reception, here.text)
    try:
        return await _run(taking, worker, keeping, stop, here.text)
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await intake.finish()
                await worker.finish()
        await reports.close()


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
async def _bot(settings: Settings, token: str) -> AsyncIterator[Client]:
    base = str(settings.telegram_api_url).rstrip("/")
    sending = AiohttpRequest(connections=CONNECTIONS, seconds=REQUEST_SECONDS)
    polling = AiohttpRequest(connections=4, seconds=REQUEST_SECONDS)
    bot = Client(token, base, sending, polling)
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
    worker: Worker,
    keeping: "asyncio.Task[None]",
    stop: asyncio.Event,
    text: Catalogue,
) -> int:
    """Intake and outbox side by side until one ends, or the lease is lost; intake stops first."""
    outbox = asyncio.create_task(worker.run())
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


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()


async def _poll(bot: Client, reception: Reception, text: Catalogue) -> None:
    """Fetch updates, once Telegram knows that we do."""
    await _insist(bot.delete_webhook, text)
    _say(text, "ready", bot=bot.username)
    await poll(bot, reception.take_all, lambda trouble: _say(text, trouble))


async def _listen(here: Installation, reception: Reception) -> None:
    """Serve the webhook, once Telegram knows where it is. Raises OSError if the address is taken."""
    from bot.telegram.server import served

    settings, secret, bot, text = here.settings, here.secret, here.bot, here.text
    url = str(settings.webhook_url)
    application = Webhook(reception.take, urlsplit(url).path or "/", secret)
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
