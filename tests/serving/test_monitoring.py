"""What machines are told of a running process, by HTTP, by its log, and by traces; and what they are not told."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families

from bot.observing.observer import UNOBSERVED
from bot.serving.monitoring import Observation, observation_of
from bot.settings import Settings
from tests.postgres import PASSWORD, Server
from tests.serving.conftest import Browser, Install, address_of, served
from tests.serving.test_page import begun
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.driver import free_port, post
from tests.telegram.e2e.walking import Plan as Walk
from tests.telegram.e2e.walking import begin_by_taps

FIRM = "绝密精密厂"


async def asked(address: str, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and text of an answer."""
    status, text = await post(f"http://{address}{path}", b"", method=method)
    return status, text.decode()


async def ready(address: str) -> tuple[int, dict[str, bool]]:
    """Whether it says that it should be asked, and of what it hangs."""
    status, text = await asked(address, "/readyz")
    return status, json.loads(text)


async def until_ready(address: str, status: int) -> None:
    async with asyncio.timeout(30):
        while (await ready(address))[0] != status:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)


async def scraped(address: str) -> dict[str, float]:
    """Samples as Prometheus reads them: "name label label" → value."""
    status, text = await asked(address, "/metrics")
    assert status == 200
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {" ".join((one.name, *(one.labels[name] for name in sorted(one.labels)))): one.value for one in found}


@pytest.fixture
def listen() -> str:
    return f"127.0.0.1:{free_port()}"


# by HTTP


async def test_what_happens_at_the_page_is_counted_and_nobody_is_named(
    install: Install, browser: Browser, listen: str
) -> None:
    process = await served(install("web", TELEGRAM_TOKEN="", METRICS_LISTEN=listen))
    await begun(browser, process)
    found = await scraped(listen)
    assert found["shuping_updates_total web applied"] == found["shuping_update_seconds_count web"] == 1
    assert found["shuping_sessions firm"] == 1
    assert found["shuping_leading"] == found["shuping_ready"] == 1
    assert found["process_resident_memory_bytes"] > 10_000_000
    assert await asked(listen, "/") == (404, "")
    assert await asked(listen, "/metrics", "POST") == (405, "")
    ((dossier, session),) = process.rows("SELECT dossier, json_extract(data, '$.id') FROM sessions")
    _, text = await asked(listen, "/metrics")
    assert not [word for word in (dossier, session) if word in text]


async def test_what_happens_on_telegram_is_counted(api: TelegramApi, install: Install, listen: str) -> None:
    process = await install("telegram", METRICS_LISTEN=listen).start()
    await begin_by_taps(api.person("Ann"), Walk())
    await api.quiet()
    found = await scraped(listen)
    assert found["shuping_telegram_reached"] == 1
    assert found["shuping_updates_total telegram applied"] == len(process.rows("SELECT id FROM updates"))
    assert found["shuping_sends_total telegram delivered answer"] >= 2
    assert found["shuping_outbox_depth reminder"] == 1
    assert found["shuping_outbox_age_seconds answer"] == 0
    assert await process.stop() == 0


@pytest.mark.slow
async def test_a_balancer_in_front_of_the_page_asks_there_and_is_told_no_more_than_yes(install: Install) -> None:
    process = await served(install("web", TELEGRAM_TOKEN=""))
    async with aiohttp.ClientSession() as session:
        for path in ("/healthz", "/readyz"):
            async with session.get(f"{address_of(process)}{path}") as answer:
                assert (answer.status, await answer.read()) == (200, b"")
                assert "set-cookie" not in answer.headers


@pytest.mark.slow
async def test_health_alone_needs_no_metrics(install: Install, listen: str) -> None:
    await served(install("web", TELEGRAM_TOKEN="", HEALTH_LISTEN=listen))
    assert await asked(listen, "/healthz") == (200, "")
    assert await ready(listen) == (200, {"database": True, "staying": True})
    assert await asked(listen, "/metrics") == (404, "")


@pytest.mark.slow
async def test_who_is_told_to_end_says_so_before_anything_else_and_goes_on_meanwhile(
    install: Install, browser: Browser, listen: str
) -> None:
    process = await served(install("web", TELEGRAM_TOKEN="", METRICS_LISTEN=listen))
    page = process.settings["WEB_LISTEN"]
    assert (await asked(page, "/readyz"))[0] == 200
    assert process.process is not None
    process.process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        while (await asked(page, "/readyz"))[0] == 200:
            pass
    assert await ready(listen) == (503, {"database": True, "staying": False})
    assert "<form" in await begun(browser, process), "whoever was sent here before is answered"
    assert (await scraped(listen))["shuping_ready"] == 0
    assert await process.ended(within=15) == 0
    assert process.rows("SELECT count(*) FROM sessions") == [(1,)]
    assert process.troubles == []


@pytest.mark.slow
async def test_nobody_is_sent_to_who_has_not_reached_telegram(api: TelegramApi, install: Install, listen: str) -> None:
    await api.down()
    process = await served(install("serve", METRICS_LISTEN=listen))
    assert await ready(listen) == (503, {"database": True, "staying": True, "telegram": False})
    assert await asked(listen, "/healthz") == (200, ""), "that is not its death"
    assert (await asked(process.settings["WEB_LISTEN"], "/readyz"))[0] == 503
    assert (await scraped(listen))["shuping_telegram_reached"] == 0
    await api.up()
    await process.until_says("@shuping_test_bot is ready.")
    assert (await ready(listen))[0] == 200
    await api.down()
    async with asyncio.timeout(10):
        while (await scraped(listen))["shuping_telegram_reached"]:
            pass
    assert (await ready(listen))[0] == 200, "the page goes on"


@pytest.mark.slow
async def test_who_waits_for_its_turn_lives_and_is_not_asked(api: TelegramApi, install: Install, listen: str) -> None:
    first = await install("telegram").start()
    second = install("telegram", METRICS_LISTEN=listen)
    second.settings["DATABASE_URL"] = f"sqlite:///{first.file}"
    await second.spawn()
    await second.until_says("waiting to take over")
    assert await asked(listen, "/healthz") == (200, "")
    assert (await ready(listen))[0] == 503
    assert (await scraped(listen))["shuping_leading"] == 0
    await first.kill()
    await second.until_says("is ready")
    assert (await scraped(listen))["shuping_leading"] == 1


@pytest.mark.slow
async def test_an_address_that_is_taken_is_told_with_its_setting(install: Install) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        process = install("web", TELEGRAM_TOKEN="", METRICS_LISTEN=listen)
        await process.spawn()
        assert await process.ended() == 1
    (line,) = process.output.splitlines()
    assert line.startswith("shuping: ")
    assert listen in line
    assert "SHUPING_METRICS_LISTEN" in line


@pytest.mark.slow
async def test_a_postgresql_that_goes_away_and_comes_back(install: Install, listen: str) -> None:
    """Nobody is sent here meanwhile; the process lives, and takes up its work again by itself."""
    with Server(durable=True) as server:
        settings = {"TELEGRAM_TOKEN": "", "METRICS_LISTEN": listen, "DATABASE_URL": server.url(server.create())}
        process = await served(install("web", **settings))
        found = await scraped(listen)
        assert abs(found["shuping_clock_skew_seconds"]) < 5
        assert found["shuping_leading"] == found["shuping_ready"] == 1
        assert "shuping_telegram_reached" not in found
        server.kill()
        await until_ready(listen, 503)
        async with asyncio.timeout(30):
            while not failed(found := await scraped(listen)):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.2)
        assert found["shuping_ready"] == 0
        assert await asked(listen, "/healthz") == (200, "")
        server.start()
        await until_ready(listen, 200)
        assert await process.stop(within=20) == 0
        assert PASSWORD not in process.output


def failed(found: dict[str, float]) -> float:
    """How many calls of the database came to nothing."""
    return sum(value for name, value in found.items() if name.startswith("shuping_storage_errors_total"))


# the log


@pytest.mark.slow
async def test_a_log_for_programs_has_a_line_for_each_update_and_no_word_of_anybody(
    api: TelegramApi, install: Install, browser: Browser
) -> None:
    process = await served(install("serve", LOG_FORMAT="json"))
    await process.until_says("is ready")
    await begun(browser, process)
    ann = api.person("Ann")
    await begin_by_taps(ann, Walk(firm=FIRM))
    await api.quiet()
    assert await process.stop() == 0
    lines = [json.loads(line) for line in process.output.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    updates = [line for line in lines if line["logger"] == "shuping.update"]
    assert len(updates) == len(process.rows("SELECT id FROM updates"))
    assert {line["channel"] for line in updates} == {"web", "telegram"}
    assert {line["outcome"] for line in updates} == {"applied"}
    assert all(0 < line["ms"] < 10_000 for line in updates)
    of_ann = [line for line in updates if line["channel"] == "telegram" and line["dossier"]]
    assert [line["phase"] for line in of_ann][-1] == "questions"
    assert len({line["dossier"] for line in of_ann}) == 1
    assert re.fullmatch(r"[0-9a-f]{16}", of_ann[0]["dossier"])
    dossiers = [dossier for (dossier,) in process.rows("SELECT dossier FROM sessions")]
    secret = [FIRM, str(ann.id), "Ann", api.token, *dossiers, *(dossier[:8] for dossier in dossiers)]
    assert not [word for word in secret if word in process.output]


@pytest.mark.slow
async def test_a_sentence_for_the_operator_is_in_that_log_too(install: Install) -> None:
    process = install("telegram", TELEGRAM_TOKEN="", LOG_FORMAT="json")
    await process.spawn()
    assert await process.ended() == 2
    (line,) = process.output.splitlines()
    assert "BotFather" in json.loads(line)["message"]


# traces


@dataclass
class Collector:
    """Takes what is sent by OTLP."""

    port: int = field(default_factory=free_port)
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response()


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", collector.port).start()
    yield collector
    await runner.cleanup()


@pytest.mark.slow
async def test_an_update_is_traced_from_its_arrival_to_what_is_sent(
    api: TelegramApi, install: Install, collector: Collector
) -> None:
    told = {"TRACING": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}"}
    process = await install("telegram", **told).start()
    ann = api.person("Ann")
    await begin_by_taps(ann, Walk(firm=FIRM))
    ann.say("/mydata")
    await api.called("sendDocument")
    await api.quiet()
    assert await process.stop() == 0, "what was gathered is sent in the end"
    assert process.troubles == []
    spans = collector.spans
    assert {span.name for span in spans} == {"update", "apply", "send", "report"}
    parents = {span.span_id: span.name for span in spans}
    assert {parents.get(span.parent_span_id) for span in spans if span.name == "update"} == {None}
    assert "update" in {parents.get(span.parent_span_id) for span in spans if span.name == "apply"}
    assert "update" in {parents.get(span.parent_span_id) for span in spans if span.name == "send"}
    updates = [attributes(span) for span in spans if span.name == "update"]
    assert {"channel": "telegram", "outcome": "applied", "phase": "questions"} in updates
    (report,) = [attributes(span) for span in spans if span.name == "report"]
    assert report == {"format": "json", "outcome": "made"}
    sent = b"".join(request.SerializeToString() for request in collector.requests)
    assert b"shuping" in sent
    assert not [word for word in (FIRM, str(ann.id), api.token, "BC") if word.encode() in sent]


def attributes(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


@pytest.mark.slow
async def test_nobody_waits_for_who_takes_no_traces(api: TelegramApi, install: Install) -> None:
    told = {"TRACING": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    process = await install("telegram", **told).start()
    await begin_by_taps(api.person("Ann"), Walk())
    assert await process.stop(within=6) == 0


@pytest.mark.slow
async def test_traces_without_their_library_are_a_sentence(install: Install) -> None:
    process = install("web", TELEGRAM_TOKEN="", TRACING="otlp")
    (process.folder / "opentelemetry.py").write_text("", encoding="utf-8")  # hides the real one
    await process.spawn()
    assert await process.ended() == 2
    (line,) = process.output.splitlines()
    assert "pip install 'shuping[tracing]'" in line


# and nothing else


@pytest.mark.slow
def test_what_nobody_asked_for_is_not_even_imported() -> None:
    assert observation_of(Settings()) == Observation(UNOBSERVED)
    script = (
        "import sys, bot.serving.run, bot.serving.telegram, bot.serving.page\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'prometheus_client', 'opentelemetry'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
