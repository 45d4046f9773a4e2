"""Who is told what happens in a process. Nothing of what people say or are called is told, so none of it can be seen.

Whoever does the work calls an `Observer`, and knows neither metrics nor logs nor traces. The one that is there by
default does nothing, in well under a microsecond a call.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from time import perf_counter
from types import TracebackType
from typing import Self

from typing_extensions import override

from storage.errors import DamagedRowError, StorageError
from storage.store import Applied

DAMAGED = "damaged"
"""The trouble of one window's or dossier's rows; the database is sound."""


class Came(StrEnum):
    """What came of an update."""

    APPLIED = "applied"
    REPEATED = "repeated"
    """It had come before, and nothing was done."""
    LIMITED = "limited"
    """Too many assessments were begun from there."""
    UNSAVED = "unsaved"
    """The database did not take it; it comes again."""
    DAMAGED = "damaged"
    """What is stored of the window cannot be read; the update is passed over."""
    BROKEN = "broken"
    """A fault of ours; the update is passed over."""


class Made(StrEnum):
    """What came of a file that somebody wanted."""

    MADE = "made"
    NOTHING = "nothing"
    """All was deleted meanwhile, or there is no such assessment."""
    CROWDED = "crowded"
    """Too many were waiting."""
    TOO_LARGE = "too_large"
    FAILED = "failed"


class Reminded(StrEnum):
    """What became of a reminder that fell due."""

    SENT = "sent"
    LATER = "later"
    """It waits for the hours of reminders, or for a channel that does not take it now."""
    VOID = "void"
    """Nobody needs it any more."""
    REFUSED = "refused"
    GONE = "gone"


class Span(StrEnum):
    """A stretch of work in a trace."""

    UPDATE = "update"
    APPLY = "apply"
    SEND = "send"
    REPORT = "report"


class Observer:
    """Is told what happens, and does nothing with it; those that do override what concerns them.

    Times are in seconds. What is told is of closed sets but for `dossier`, which is an id, and whoever writes that down
    hashes it.
    """

    def span(self, name: Span, **attributes: str) -> AbstractContextManager[None]:  # noqa: ARG002  # for those who trace
        """A stretch of work, as long as the context lasts."""
        return NO_SPAN

    def updated(self, channel: str, came: Came, seconds: float, dossier: str | None, phase: str | None) -> None:
        """An update of a channel was seen to; the dossier in front of its window, and the phase of that, after it."""

    def sent(self, channel: str, urgency: str, outcome: str, seconds: float) -> None:
        """A message, or a part of one, was taken to a channel, which said what came of it."""

    def reminded(self, outcome: Reminded) -> None:
        """A reminder fell due."""

    def reported(self, wanted: str, made: Made, seconds: float) -> None:
        """A file was made, or could not be."""

    def claim_lost(self) -> None:
        """A message was not sent, since another worker may have its lane by now."""

    def storage_failed(self, trouble: str) -> None:
        """A call of the store came to nothing."""

    # contexts, for those who do the work

    def update(self, channel: str) -> "Update":
        """While an update is seen to; who does so says what it came to."""
        return Update(self, channel)

    def report(self, wanted: str) -> "Report":
        """While a file is made."""
        return Report(self, wanted)


NO_SPAN = nullcontext()
UNOBSERVED = Observer()
"""For whoever needs no observer: tests, and commands that end."""


class Update:
    """One update under observation. Without a word it was applied; an error says for itself what came of it."""

    __slots__ = ("_began", "_channel", "_observer", "_span", "came", "dossier", "phase")

    def __init__(self, observer: Observer, channel: str) -> None:
        self._observer, self._channel, self.came = observer, channel, Came.APPLIED
        self.dossier: str | None = None
        self.phase: str | None = None

    def __enter__(self) -> Self:
        self._span = self._observer.span(Span.UPDATE, channel=self._channel)
        self._span.__enter__()
        self._began = perf_counter()
        return self

    def came_to(self, applied: Applied | None) -> None:
        """What the store made of it; None: it had been there before."""
        if applied is None:
            self.came = Came.REPEATED
            return
        self.dossier = applied.state.dossier
        self.phase = applied.state.session.phase.value if applied.state.session else None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._began
        if error is None or isinstance(error, Exception):  # a cancelled one is not over: it comes again
            came = self.came if error is None else _came(error)
            self._observer.updated(self._channel, came, seconds, self.dossier, self.phase)
        self._span.__exit__(kind, error, trace)


def _came(error: BaseException) -> Came:
    if isinstance(error, DamagedRowError):
        return Came.DAMAGED
    return Came.UNSAVED if isinstance(error, StorageError) else Came.BROKEN


class Report:
    """One file under observation; it was made, unless somebody says otherwise."""

    __slots__ = ("_began", "_observer", "_span", "_wanted", "made")

    def __init__(self, observer: Observer, wanted: str) -> None:
        self._observer, self._wanted, self.made = observer, wanted, Made.MADE

    def __enter__(self) -> Self:
        self._span = self._observer.span(Span.REPORT, format=self._wanted)
        self._span.__enter__()
        self._began = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # what the database does not give is asked for again
            self._observer.reported(self._wanted, self.made, perf_counter() - self._began)
        self._span.__exit__(kind, error, trace)


class Several(Observer):
    """All of them are told, in their order; one at most makes spans."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    @override
    def span(self, name: Span, **attributes: str) -> AbstractContextManager[None]:
        spans = (one.span(name, **attributes) for one in self._observers)
        return next((span for span in spans if span is not NO_SPAN), NO_SPAN)

    @override
    def updated(self, channel: str, came: Came, seconds: float, dossier: str | None, phase: str | None) -> None:
        for one in self._observers:
            one.updated(channel, came, seconds, dossier, phase)

    @override
    def sent(self, channel: str, urgency: str, outcome: str, seconds: float) -> None:
        for one in self._observers:
            one.sent(channel, urgency, outcome, seconds)

    @override
    def reminded(self, outcome: Reminded) -> None:
        for one in self._observers:
            one.reminded(outcome)

    @override
    def reported(self, wanted: str, made: Made, seconds: float) -> None:
        for one in self._observers:
            one.reported(wanted, made, seconds)

    @override
    def claim_lost(self) -> None:
        for one in self._observers:
            one.claim_lost()

    @override
    def storage_failed(self, trouble: str) -> None:
        for one in self._observers:
            one.storage_failed(trouble)
