"""What is stored about a person, as they may ask for it."""

from collections.abc import Sequence
from typing import Any

from flows.session import Assessment
from storage.outbox import Queued
from storage.store import LogEntry, State


def stored_data(
    chat: str, state: State, history: Sequence[Assessment], log: Sequence[LogEntry], waiting: Sequence[Queued]
) -> dict[str, Any]:
    """Everything stored about a person, as JSON."""
    return {
        "chat": chat,
        "contact": state.contact.model_dump(mode="json") if state.contact else None,
        "session": state.session.model_dump(mode="json") if state.session else None,
        "assessments": [assessment.model_dump(mode="json") for assessment in history],
        "log": [
            {
                "at": entry.at.isoformat(),
                "by": entry.by,
                "session": entry.session,
                "kind": entry.kind,
                "item": entry.item,
                "before": entry.before,
                "after": entry.after,
            }
            for entry in log
        ],
        "outbox": [{"due": queued.due.isoformat(), "key": queued.key, "payload": queued.payload} for queued in waiting],
    }
