"""Metrics for Prometheus, by its own client library, which is imported only where somebody asks for them.

Counts and times are this process's; add them up over all. What is read of the database (`Reading`) is the same at every
process: take the greatest. No label comes from people: channels, outcomes, phases, items of an edition.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from typing_extensions import override

from bot.observing.observer import DAMAGED, Came, Made, Observer, Reminded
from storage.errors import Trouble
from storage.outbox import Urgency
from storage.stats import Stats

QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds in seconds, from an update on an idle machine to one that nobody waits for any more."""
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""The same for files."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database said last. `skew`: our clock minus the database's in seconds; None: they are one clock."""

    stats: Stats
    skew: float | None = None


class Metrics(Observer):
    """Counts what it is told, and gives all of it in a format that Prometheus reads.

    What there is at a moment (`leading`, …) is looked up whenever somebody asks.
    """

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # when a counter began is told by its falling
        self._registry = registry = CollectorRegistry(auto_describe=True)
        self._updates = Counter(
            "shuping_updates", "Messages of people, by what came of them", ("channel", "outcome"), registry=registry
        )
        self._update_seconds = Histogram(
            "shuping_update_seconds",
            "From a message's arrival until all that it came to is stored",
            ("channel",),
            buckets=QUICK,
            registry=registry,
        )
        self._sends = Counter(
            "shuping_sends",
            "Messages taken to a channel, by what it said",
            ("channel", "urgency", "outcome"),
            registry=registry,
        )
        self._reminders = Counter(
            "shuping_reminders", "Reminders that fell due, by what became of them", ("outcome",), registry=registry
        )
        self._reports = Counter(
            "shuping_reports", "Files that were wanted, by what came of it", ("format", "outcome"), registry=registry
        )
        self._report_seconds = Histogram(
            "shuping_report_seconds", "How long a file took to make", ("format",), buckets=SLOW, registry=registry
        )
        self._claims_lost = Counter(
            "shuping_claims_lost",
            "Messages left to others, since a claim could not be renewed in time",
            registry=registry,
        )
        self._storage_errors = Counter(
            "shuping_storage_errors", "Calls of the database that came to nothing", ("trouble",), registry=registry
        )
        for trouble in (*(trouble.value for trouble in Trouble), DAMAGED):  # the first one is a rise, too
            self._storage_errors.labels(trouble)
        for outcome in Reminded:
            self._reminders.labels(outcome.value)
        ProcessCollector(registry=registry)

    def look_at(
        self,
        leading: Callable[[], bool],
        ready: Callable[[], bool],
        reached: Callable[[], bool] | None,
        reading: Callable[[], Reading | None],
    ) -> None:
        """From now on, tell these, too: whether the lease is held, we should be asked, and Telegram answers.

        `reached`: None where Telegram is no part of this process, which then says nothing of it.
        `reading`: the last one of the database, None while there is none, and then nothing of it is told: a number that
        is old is worse than none.
        """
        gauge = partial(Gauge, registry=self._registry)
        gauge("shuping_leading", "1: this process does what only one may").set_function(leading)
        gauge("shuping_ready", "1: this process should be asked").set_function(ready)
        if reached:
            gauge("shuping_telegram_reached", "1: Telegram answers this process").set_function(reached)
        self._registry.register(_OfDatabase(reading))

    @override
    def updated(self, channel: str, came: Came, seconds: float, dossier: str | None, phase: str | None) -> None:
        self._updates.labels(channel, came.value).inc()
        self._update_seconds.labels(channel).observe(seconds)

    @override
    def sent(self, channel: str, urgency: str, outcome: str, seconds: float) -> None:
        self._sends.labels(channel, urgency, outcome).inc()

    @override
    def reminded(self, outcome: Reminded) -> None:
        self._reminders.labels(outcome.value).inc()

    @override
    def reported(self, wanted: str, made: Made, seconds: float) -> None:
        self._reports.labels(wanted, made.value).inc()
        if made is Made.MADE:
            self._report_seconds.labels(wanted).observe(seconds)

    @override
    def claim_lost(self) -> None:
        self._claims_lost.inc()

    @override
    def storage_failed(self, trouble: str) -> None:
        self._storage_errors.labels(trouble).inc()

    def written(self, accepts: str) -> tuple[str, bytes]:
        """All of it: the type, and the text, in the format that an `Accept` header asks for."""
        encode, kind = choose_encoder(accepts)
        return kind, encode(self._registry)


class _OfDatabase(Collector):
    """What is read of the database, as it was read last."""

    def __init__(self, reading: Callable[[], Reading | None]) -> None:
        self._reading = reading

    @override
    def collect(self) -> Iterable[Metric]:
        found = self._reading()
        return () if found is None else (*_of_stats(found.stats), *_of_clock(found.skew))

    def describe(self) -> Iterable[Metric]:
        """Nothing is read while a registry is being filled."""
        return ()


def _of_stats(stats: Stats) -> Iterable[Metric]:
    depth = {urgency.name.lower(): stats.outbox.get(urgency, 0) for urgency in Urgency}
    ages = {urgency.name.lower(): _age(stats, urgency) for urgency in Urgency}
    yield _family("shuping_outbox_depth", "Messages that wait, those for later too", "urgency", depth)
    yield _family("shuping_outbox_age_seconds", "How long the first that is due has waited", "urgency", ages)
    yield _family("shuping_sessions", "Assessments by phase", "phase", stats.phases)
    yield _family("shuping_funnel", "Unfinished assessments by the item that they stand at", "item", stats.funnel)


def _age(stats: Stats, urgency: Urgency) -> float:
    since = stats.oldest.get(urgency)
    return max(0.0, (stats.at - since).total_seconds()) if since else 0.0


def _of_clock(skew: float | None) -> Iterable[Metric]:
    if skew is not None:
        yield GaugeMetricFamily("shuping_clock_skew_seconds", "Our clock minus the database's", skew)


def _family(name: str, help_: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
