"""Everything that is stored of somebody, as JSON; the same from every channel."""

from collections.abc import Sequence
from typing import Any

from flows.session import Assessment
from storage.outbox import Queued
from storage.store import LogEntry, State


def stored_data(
    chat: str, state: State, history: Sequence[Assessment], log: Sequence[LogEntry], waiting: Sequence[Queued]
) -> dict[str, Any]:
    """How to reach them, the assessment under way, finished ones, the log, and messages still to be sent."""
    return {
        "chat": chat,
        "contact": state.contact and state.contact.model_dump(mode="json"),
        "session": state.session and state.session.model_dump(mode="json"),
        "assessments": [assessment.model_dump(mode="json") for assessment in history],
        "log": [_line(entry) for entry in log],
        "outbox": [{"due": queued.due.isoformat(), "key": queued.key, "payload": queued.payload} for queued in waiting],
    }


def _line(entry: LogEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "session": entry.session,
        "kind": entry.kind,
        "item": entry.item,
        "before": entry.before,
        "after": entry.after,
    }
