"""Who observes a process, as settings say; and where its health and its metrics are served."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery.clock import skew
from bot.observing.observer import UNOBSERVED, Observer, Several
from bot.serving.condition import Kept
from bot.serving.here import FAILED, REFUSED, EndedError, Here, host_time
from bot.settings import Settings
from storage.opening import password_of

if TYPE_CHECKING:
    from bot.observing.metrics import Metrics, Reading
    from bot.observing.tracing import Tracing

READING_SECONDS, READING_TIMES, MEANWHILE_SECONDS = 10.0, 20.0, 120.0
"""What was counted in the database is kept so long, or so many times as long as that took, since millions take a while;
so long does it count while it is counted anew."""


@dataclass(frozen=True, slots=True)
class Observation:
    """All that is told to observers, and two of these by name, where they are wanted."""

    observer: Observer
    metrics: "Metrics | None" = None
    tracing: "Tracing | None" = None


def observation_of(settings: Settings) -> Observation:
    """What settings ask for; nothing else is imported. Raises EndedError if it is not here."""
    metrics = _metrics() if settings.metrics_listen else None
    tracing = _tracing() if settings.tracing == "otlp" else None
    wanted: list[Observer] = [one for one in (metrics, tracing) if one]
    if settings.log_format == "json":
        from bot.observing.lines import Lines, key_of

        wanted.append(Lines(key_of(_secret(settings))))
    observer = wanted[0] if len(wanted) == 1 else Several(wanted) if wanted else UNOBSERVED
    return Observation(observer, metrics, tracing)


def _secret(settings: Settings) -> str:
    """One that the processes of an installation share, if there is any."""
    token = settings.telegram_token
    return password_of(settings.database_url) or (token.get_secret_value() if token else "")


@asynccontextmanager
async def observed(settings: Settings) -> AsyncIterator[Observation]:
    """The same, until left. Raises EndedError."""
    observation = observation_of(settings)
    try:
        yield observation
    finally:
        if observation.tracing:
            await asyncio.to_thread(observation.tracing.close)


def _metrics() -> "Metrics":
    from bot.observing.metrics import Metrics

    return Metrics()


def _tracing() -> "Tracing":
    try:
        from bot.observing.tracing import Tracing
    except ImportError:
        raise EndedError(REFUSED, "no_tracing") from None
    return Tracing()


@asynccontextmanager
async def monitored(here: Here, metrics: "Metrics | None") -> AsyncIterator[None]:
    """Answer machines where settings say, until left. Raises EndedError and OSError: an address cannot be had."""
    settings = here.settings
    async with AsyncExitStack() as stack:
        stack.push_async_callback(here.condition.close)
        if metrics and settings.metrics_listen:
            reading = Kept(lambda: _read(here), READING_SECONDS, READING_TIMES, MEANWHILE_SECONDS)
            stack.push_async_callback(reading.close)
            await _serve(stack, here, "METRICS_LISTEN", settings.metrics_listen, _scrape(here, metrics, reading))
        if settings.health_listen and settings.health_listen != settings.metrics_listen:
            await _serve(stack, here, "HEALTH_LISTEN", settings.health_listen)
        yield


Scrape = Callable[[str], Awaitable[tuple[str, bytes]]]


async def _serve(stack: AsyncExitStack, here: Here, name: str, address: str, scrape: Scrape | None = None) -> None:
    from bot.http.health import Health
    from bot.http.server import HealthConnection, served

    condition = here.condition
    health = Health(lambda: condition.alive, condition.ready, scrape)
    try:
        await stack.enter_async_context(served(health, address, HealthConnection))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise EndedError(FAILED, "taken", address=address, variable=f"SHUPING_{name}") from None
        raise


def _scrape(here: Here, metrics: "Metrics", reading: "Kept[Reading]") -> Scrape:
    """What is done when somebody asks for metrics."""
    condition = here.condition
    answers = (lambda: condition.answers) if condition.telegram else None
    metrics.look_at(lambda: here.leading, lambda: condition.was_ready, answers, lambda: reading.last)

    async def scrape(accepts: str) -> tuple[str, bytes]:
        await condition.is_ready()
        await reading.get()
        return metrics.written(accepts)

    return scrape


async def _read(here: Here) -> "Reading":
    """What the database says. Raises StorageError."""
    from bot.observing.metrics import Reading

    off = await skew(here.store, host_time)
    return Reading(await here.store.stats(here.outside.now()), off and off.seconds)
