"""`shuping telegram`, `shuping web`, `shuping serve`: start, run until told to stop, finish the work in hand."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.delivery.channel import Channel
from bot.delivery.clock import SharedClock
from bot.delivery.housekeeping import keep_house_in_turn
from bot.delivery.lease import TELEGRAM, LostError, Ownership
from bot.delivery.reports import Reports
from bot.delivery.rules import page_door, rules_of
from bot.delivery.worker import Worker
from bot.dialogue.context import Outside
from bot.logs import announce, set_up_logs
from bot.observing.observer import Observer
from bot.observing.watched import watched
from bot.serving.condition import Condition
from bot.serving.here import FAILED, REFUSED, STOPPED, EndedError, Here, Part, host_time, say
from bot.serving.monitoring import Observation, monitored, observed
from bot.settings import Settings
from bot.understanding.lexicon import vocabulary
from bot.words.complaints import complaint
from bot.words.wording import Medium, wording
from locales import LANGUAGES, Catalogue, catalogue
from scoring.editions import current
from storage.errors import PASSING, StorageError, Trouble
from storage.opening import open_store, password_of
from storage.store import Store

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SETTING = frozenset({Trouble.BAD_URL, Trouble.NO_DRIVER})
"""Starting again does not help."""
FINISH_SECONDS = 6.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process is to run; `drawn`: with the address of the page as a QR code."""

    telegram: bool = False
    page: bool = False
    drawn: bool = False


def whatever_is_configured(settings: Settings) -> Plan:
    """Telegram where there is a token; the page where something is said about it, or there is nothing else."""
    telegram = settings.telegram_token is not None
    return Plan(telegram, page=settings.serves_page or not telegram)


def run(settings: Settings, language: str, plan: Plan) -> int:
    """`serve` on the quickest event loop that there is: uvloop saves an eighth, where it can be installed."""
    _warm(plan)
    with asyncio.Runner(loop_factory=_quick_loop()) as runner:
        return runner.run(serve(settings, language, plan))


def _warm(plan: Plan) -> None:
    """What everybody's first message would wait for, read before anybody's."""
    mediums = [*([Medium.TAPPING] if plan.telegram else ()), *([Medium.PAGE] if plan.page else ())]
    for language in LANGUAGES:
        for medium in mediums:
            wording(language, current().id, medium)
    vocabulary(current().id)


def _quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


async def serve(settings: Settings, language: str, plan: Plan) -> int:
    """Run the parts; the exit status: 0 it was told to stop, 2 a setting is wrong, 1 for what may pass."""
    text = catalogue(language)
    set_up_logs(settings.log_level, *_secrets(settings, plan), structured=settings.log_format == "json")
    if plan.telegram and settings.telegram_token is None:
        return _end(text, EndedError(REFUSED, "no_token"))
    stop = _stop_on_signals()
    try:
        async with observed(settings) as observation:
            return await _observed(settings, language, plan, stop, observation)
    except EndedError as error:
        return _end(text, error)
    except (StorageError, OSError) as error:
        announce(str(complaint(error, language)))
        return REFUSED if isinstance(error, StorageError) and error.trouble in SETTING else FAILED


async def _observed(
    settings: Settings, language: str, plan: Plan, stop: asyncio.Event, observation: Observation
) -> int:
    """Raises StorageError and OSError for what ends it before it has begun."""
    opened = await _unless(stop, _opened(settings.database_url, language))
    if opened is None:
        return STOPPED
    async with watched(opened, observation.observer) as store:
        clock = SharedClock(store, host_time)
        await _unless(stop, _passed(clock.look, language))
        here = _here(settings, catalogue(language), store, clock, plan, stop, observation.observer)
        async with monitored(here, observation.metrics):
            return await _serve(here, plan, stop)


def _secrets(settings: Settings, plan: Plan) -> Sequence[str]:
    """What no line of the log may show."""
    secrets = settings.telegram_token, settings.smtp_url, settings.signing_key
    given = [secret.get_secret_value() for secret in secrets if secret]
    passwords = settings.smtp.password if settings.smtp else None, password_of(settings.database_url)
    if plan.telegram:
        from bot.serving.telegram import secret_of_webhook

        given.append(secret_of_webhook(settings))
    return [*given, *filter(None, passwords)]


def _here(
    settings: Settings,
    text: Catalogue,
    store: Store,
    clock: SharedClock,
    plan: Plan,
    stop: asyncio.Event,
    observer: Observer,
) -> Here:
    outside = Outside(clock.now)
    doors = [page_door(settings.site)] if settings.site else []
    rules, rubric = rules_of(settings, doors), current()
    reports, house, lead = Reports(store, rules, observer), Ownership(store), Ownership(store, TELEGRAM)
    worker = Worker(store, _channels(settings, store, outside), outside, rules, rubric, reports, observer=observer)
    condition = Condition(store, worker, (house, lead), stop, telegram=plan.telegram)
    return Here(
        settings,
        text,
        store,
        clock,
        outside,
        rules,
        doors,
        rubric,
        worker,
        reports,
        house,
        lead,
        observer,
        condition,
    )


def _channels(settings: Settings, store: Store, outside: Outside) -> Sequence[Channel]:
    """Those that are there from the start; Telegram's joins once Telegram was reached."""
    if settings.smtp is None:
        return ()
    from bot.serving.mail import mail_channels

    return mail_channels(settings, store, outside)


async def _serve(here: Here, plan: Plan, stop: asyncio.Event) -> int:
    """Work until told to stop, by turns with others in what only one may do.

    Where one machine has the database for itself, of the processes that poll Telegram and do nothing else one works,
    and the others wait until it ends.
    """
    alone = plan.telegram and not plan.page and here.settings.webhook_url is None and not here.store.shared
    if alone:
        await _unless(stop, here.lead.acquire(lambda: here.say("second")))
    keeping = [asyncio.create_task(work) for work in ([] if stop.is_set() else _keeping(here, plan, alone=alone))]
    try:
        return STOPPED if stop.is_set() else await _work(here, _parts(here, plan), keeping, stop)
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        await asyncio.gather(here.ownership.release(), here.lead.release())


def _keeping(here: Here, plan: Plan, *, alone: bool) -> Iterator[Coroutine[Any, Any, None]]:
    """The clock is set, and leases are kept while they are ours; who works `alone` ends without Telegram's."""
    yield keep_house_in_turn(here.store, here.rules.keep, here.outside.now, here.ownership, queued=here.worker.look)
    if here.store.shared:
        yield here.clock.keep()
    if alone:
        yield here.lead.keep()
    elif plan.telegram:
        polls = here.settings.webhook_url is None
        yield here.lead.keep_in_turn(lambda: here.say("second") if polls else None)


def _parts(here: Here, plan: Plan) -> Sequence[Part]:
    """Each is imported where it is wanted: a page needs no library of Telegram's."""
    parts: list[Part] = []
    if plan.telegram:
        from bot.serving.telegram import TelegramPart

        parts.append(TelegramPart(here, alone=not plan.page))
    if plan.page:
        from bot.serving.page import PagePart

        parts.append(PagePart(here, drawn=plan.drawn))
    return parts


async def _work(here: Here, parts: Sequence[Part], keeping: "Sequence[asyncio.Task[None]]", stop: asyncio.Event) -> int:
    try:
        return await _run(here, parts, keeping, stop)
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                await asyncio.gather(*(part.finish() for part in parts))
                await here.worker.finish()
        await here.reports.close()
        await asyncio.gather(*(part.close() for part in parts))


async def _run(here: Here, parts: Sequence[Part], keeping: "Sequence[asyncio.Task[None]]", stop: asyncio.Event) -> int:
    """All side by side until one ends, or the lease is lost."""
    works = [asyncio.create_task(work) for work in (here.worker.run(), *(part.run() for part in parts))]
    told = asyncio.create_task(_leaving(here, stop))
    done, _ = await asyncio.wait({*works, told, *keeping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (*works, told):
        task.cancel()
    await asyncio.gather(*works, told, return_exceptions=True)
    return STOPPED if told in done else _ended(done, here.text)


async def _leaving(here: Here, stop: asyncio.Event) -> None:
    """Until we were told to end, and whoever sends people here has noticed."""
    await stop.wait()
    await here.condition.leave()


def _ended(done: "set[asyncio.Task[None]]", text: Catalogue) -> int:
    """The exit status after something ended by itself. Raises what it raised, if that is a fault of ours."""
    for task in done:
        match task.exception():
            case EndedError() as error:
                return _end(text, error)
            case LostError():
                return _end(text, EndedError(FAILED, "lost"))
        task.result()
    return STOPPED


def _end(text: Catalogue, error: EndedError) -> int:
    say(text, error.name, **error.details)
    return error.status


async def _opened(url: str, language: str) -> Store:
    """The store, as soon as it can be opened. Raises StorageError."""
    return await _passed(lambda: open_store(url), language)


async def _passed(work: Callable[[], Awaitable[T]], language: str) -> T:
    """Do it, as soon as it can be done: what is busy, full or out of reach passes. Raises StorageError."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except StorageError as error:
            if error.trouble not in PASSING:
                raise
            announce(str(complaint(error, language)))
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


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
