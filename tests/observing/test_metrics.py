"""Metrics, by what a real process of the bot did: scraped, and parsed as Prometheus does."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from time import process_time

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed_open
from prometheus_client.parser import text_string_to_metric_families as parsed

from bot.delivery.channel import Gone, Later, Outcome, Refused
from bot.delivery.intake import Incoming
from bot.dialogue.messages import Typed
from bot.dialogue.replies import File, Recheck, written
from bot.observing.metrics import Metrics, Reading
from bot.observing.observer import UNOBSERVED, Came, Made, Observer, Reminded, Span
from bot.observing.watched import watched
from bot.reports.pool import Crowded
from storage.errors import DamagedRowError, StorageError, Trouble
from storage.memory import MemoryStore
from storage.outbox import Outgoing, Urgency
from storage.stats import Stats
from storage.store import Applied, Decision, State
from tests.delivery.places import ToyPlace, silent_place
from tests.delivery.site import Site, until
from tests.delivery.test_files import Pool
from tests.delivery.test_intake import Fickle
from tests.flows.driver import START

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(metrics: Metrics, accepts: str = "") -> Samples:
    """Every sample: (name, labels) → value."""
    kind, text = metrics.written(accepts)
    read = parsed_open if "openmetrics" in kind else parsed
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read(text.decode())
        for sample in family.samples
    }


def of(found: Samples, name: str) -> dict[str, float]:
    """One family: the values of its labels, by the names of these, joined by a blank → value."""
    return {" ".join(value for _, value in labels): each for (other, labels), each in found.items() if other == name}


def risen(found: dict[str, float]) -> dict[str, float]:
    """Those that are not 0."""
    return {name: value for name, value in found.items() if value}


def test_what_may_go_wrong_is_0_before_it_does_so_that_the_first_time_is_a_rise(metrics: Metrics) -> None:
    assert of(scraped(metrics), "shuping_storage_errors_total")["busy"] == 0
    assert of(scraped(metrics), "shuping_claims_lost_total") == {"": 0}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def test_every_name_is_the_one_that_dashboards_and_alarms_know(metrics: Metrics) -> None:
    everything(metrics)
    names = {name for name, _ in scraped(metrics) if name.startswith("shuping_")}
    plain = {name for name in names if not name.endswith(("_bucket", "_sum", "_count"))}
    assert plain == {
        "shuping_updates_total",
        "shuping_outbox_depth",
        "shuping_outbox_age_seconds",
        "shuping_sends_total",
        "shuping_reminders_total",
        "shuping_sessions",
        "shuping_funnel",
        "shuping_reports_total",
        "shuping_claims_lost_total",
        "shuping_storage_errors_total",
        "shuping_leading",
        "shuping_clock_skew_seconds",
        "shuping_telegram_reached",
        "shuping_ready",
    }
    assert {"shuping_update_seconds_bucket", "shuping_report_seconds_bucket"} < names


def everything(metrics: Metrics) -> None:
    """Something of each."""
    metrics.updated("telegram", Came.APPLIED, 0.004, "d", "questions")
    metrics.sent("telegram", "answer", "delivered", 0.1)
    metrics.reminded(Reminded.SENT)
    metrics.reported("pdf", Made.MADE, 0.3)
    metrics.claim_lost()
    metrics.storage_failed("busy")
    stats = Stats(
        START,
        phases={"questions": 2},
        funnel={"q7": 1},
        outbox={Urgency.ANSWER: 3},
        oldest={Urgency.ANSWER: START - timedelta(seconds=5)},
    )
    metrics.look_at(lambda: True, lambda: True, lambda: False, lambda: Reading(stats, -0.25))


@pytest.mark.parametrize("accepts", ["", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.1"])
def test_what_is_told_is_what_is_scraped_in_either_format(metrics: Metrics, accepts: str) -> None:
    everything(metrics)
    found = scraped(metrics, accepts)
    assert of(found, "shuping_updates_total") == {"telegram applied": 1}
    assert of(found, "shuping_update_seconds_count") == {"telegram": 1}
    assert of(found, "shuping_update_seconds_sum") == {"telegram": 0.004}
    assert of(found, "shuping_sends_total") == {"telegram delivered answer": 1}
    assert of(found, "shuping_reports_total") == {"pdf made": 1}
    assert of(found, "shuping_leading") == {"": 1}
    assert of(found, "shuping_telegram_reached") == {"": 0}
    assert of(found, "shuping_clock_skew_seconds") == {"": -0.25}
    assert of(found, "shuping_sessions") == {"questions": 2}
    assert of(found, "shuping_funnel") == {"q7": 1}
    none = dict.fromkeys([urgency.name.lower() for urgency in Urgency], 0)
    assert of(found, "shuping_outbox_depth") == {**none, "answer": 3}
    assert of(found, "shuping_outbox_age_seconds") == {**none, "answer": 5}


def test_of_a_database_that_does_not_answer_nothing_is_told(metrics: Metrics) -> None:
    metrics.look_at(lambda: False, lambda: False, None, lambda: None)
    names = {name for name, _ in scraped(metrics)}
    assert "shuping_leading" in names
    assert "shuping_telegram_reached" not in names, "it is no part of it"
    assert not names & {"shuping_sessions", "shuping_outbox_age_seconds", "shuping_clock_skew_seconds"}


SLACK = 3.0
"""Of a machine that has other work."""

# a process that is observed


@pytest.fixture
async def site(metrics: Metrics) -> AsyncIterator[Site]:
    site = Site(MemoryStore(), (ToyPlace(), silent_place()), observer=metrics)
    await site.start()
    yield site
    await site.close()


async def test_an_update_counts_by_what_came_of_it(site: Site, metrics: Metrics) -> None:
    ann = await site.person()  # four messages
    incoming = Incoming(1, ann.window.partition(":")[2], "zh-Hans", Typed("B"))
    for _ in range(2):
        await site.process.intakes[0].take(incoming)
    found = scraped(metrics)
    assert of(found, "shuping_updates_total") == {"toy applied": 5, "toy repeated": 1}
    assert of(found, "shuping_update_seconds_count") == {"toy": 6}


@pytest.mark.parametrize(
    ("fault", "came"),
    [
        (StorageError(Trouble.FULL, "memory:"), "unsaved"),
        (DamagedRowError("memory:"), "damaged"),
        (ZeroDivisionError(), "broken"),
    ],
    ids=["unsaved", "damaged", "broken"],
)
async def test_an_update_that_goes_wrong_counts_as_such(metrics: Metrics, fault: Exception, came: str) -> None:
    store = Fickle()
    site = Site(watched(store, metrics), (ToyPlace(), silent_place()), observer=metrics)
    await site.start()
    store.planned.append(fault)
    with suppress(StorageError):
        await site.process.intakes[0].take(Incoming(1, "ann", "zh-Hans", Typed("B")))
    await site.close()
    found = scraped(metrics)
    assert of(found, "shuping_updates_total") == {f"toy {came}": 1}
    failed = {"unsaved": {"full": 1}, "damaged": {"damaged": 1}, "broken": {}}
    assert risen(of(found, "shuping_storage_errors_total")) == failed[came]


@pytest.mark.parametrize(
    ("outcome", "name"), [(Later(60.0), "later"), (Refused(), "refused"), (Gone(), "gone"), (None, "delivered")]
)
async def test_a_message_counts_by_what_the_channel_said(
    site: Site, metrics: Metrics, outcome: Outcome | None, name: str
) -> None:
    ann = await site.person()
    before = of(scraped(metrics), "shuping_sends_total")
    ann.plan(outcome)
    await ann.say("B")
    await until(lambda: not site.process.sending)
    sent = of(scraped(metrics), "shuping_sends_total")
    assert sent[f"toy {name} answer"] - before.get(f"toy {name} answer", 0) == 1


async def test_a_reminder_counts_by_what_became_of_it(site: Site, metrics: Metrics) -> None:
    ann, bob, eve = [await site.person() for _ in range(3)]
    wants_none = (await site.window(bob)).model_copy(update={"reminders": False})
    await site.store.apply(bob.window, lambda _: Decision(window=wants_none))
    eve.plan(Gone())
    await site.passes(days=1)
    assert risen(of(scraped(metrics), "shuping_reminders_total")) == {"sent": 1, "void": 1, "gone": 1}
    await site.elapses(hours=12)
    await site.send(ann, Outgoing(written(Recheck()), site.now, "recheck", urgency=Urgency.REMINDER))
    await until(lambda: not site.process.sending)
    assert of(scraped(metrics), "shuping_reminders_total")["later"] == 1, "nobody is reminded by night"


async def test_a_file_counts_by_what_came_of_it(site: Site, metrics: Metrics) -> None:
    ann = await site.person()
    await site.does(ann, "/mydata")
    vars(site.process.reports)["_pool"] = Pool(Crowded())
    await site.send(ann, Outgoing(written(File("pdf")), site.now, urgency=Urgency.FILE))
    await site.rest()
    found = scraped(metrics)
    assert of(found, "shuping_reports_total") == {"json made": 1, "pdf crowded": 1}
    assert of(found, "shuping_report_seconds_count") == {"json": 1}, "what was not made took no time"


async def test_a_worker_that_cannot_be_sure_of_its_claim_counts_it_as_lost(site: Site, metrics: Metrics) -> None:
    ann, first = await site.person(), site.process
    turn = first.hold(took=False)
    await ann.say("B")
    await until(lambda: first.sending)
    await first.freeze()
    first.late = 9.0
    turn.set()
    await until(lambda: not first.sending)
    assert of(scraped(metrics), "shuping_claims_lost_total") == {"": 1}


def test_being_observed_costs_an_update_next_to_nothing(metrics: Metrics) -> None:
    """Microseconds, all of an update together: with metrics, and without any observer."""
    assert cost(metrics) < 20.0 * SLACK
    assert cost(UNOBSERVED) < 5.0 * SLACK


def cost(observer: Observer, times: int = 2000) -> float:
    """Of the processor; the least of some rounds, since the machine has other work, too."""
    applied = Applied(Decision(), State())

    def seconds() -> float:
        began = process_time()
        for _ in range(times):
            with observer.update("telegram") as update:
                update.came_to(applied)
            with observer.span(Span.SEND):
                pass
            observer.sent("telegram", "answer", "delivered", 0.1)
        return process_time() - began

    return min(seconds() for _ in range(5)) / times * 1e6
