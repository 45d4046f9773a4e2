"""Spans by OpenTelemetry, sent by OTLP over HTTP to where the standard variables `OTEL_…` say.

Its libraries come with the extra `tracing` and are imported with this module. A span holds names of closed sets and
times; no error is recorded with its text, which could quote what somebody wrote.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from os import environ
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.environment_variables import OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, get_current_span
from typing_extensions import override

from bot.observing.observer import Came, Made, Observer, Span

NAME = "shuping"
DEFAULT = "http://localhost:4318"
LAST_SECONDS = 2.0
"""So long may what was gathered take to be sent in the end."""


def endpoint() -> str:
    """Where spans are sent."""
    own, all_ = environ.get(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT), environ.get(OTEL_EXPORTER_OTLP_ENDPOINT)
    return own or f"{(all_ or DEFAULT).rstrip('/')}/v1/traces"


class Tracing(Observer):
    """Makes spans of what is done."""

    def __init__(self) -> None:
        stated = OTELResourceDetector().detect()
        self._provider = TracerProvider(
            shutdown_on_exit=False, resource=Resource.create({SERVICE_NAME: NAME}).merge(stated)
        )
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(NAME)

    def close(self) -> None:
        """Send what was gathered; takes up to some seconds."""
        sending = Thread(target=self._provider.shutdown, daemon=True)  # it would wait for who does not answer
        sending.start()
        sending.join(LAST_SECONDS)

    @override
    def span(self, name: Span, **attributes: str) -> AbstractContextManager[None]:
        return self._stretch(name, attributes)

    @contextmanager
    def _stretch(self, name: Span, attributes: dict[str, str]) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name.value, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    @override
    def updated(self, channel: str, came: Came, seconds: float, dossier: str | None, phase: str | None) -> None:
        get_current_span().set_attributes({"outcome": came.value, **({"phase": phase} if phase else {})})

    @override
    def reported(self, wanted: str, made: Made, seconds: float) -> None:
        get_current_span().set_attribute("outcome", made.value)
