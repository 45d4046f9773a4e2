"""Everything that is stored of somebody, as JSON; the same from every channel."""

import json
from asyncio import to_thread
from typing import Any

from pydantic_core import to_json

from storage.issued import Issued
from storage.outbox import Queued, Urgency, address_of
from storage.store import LogEntry, State, Store


async def stored_data(store: Store, window: str) -> dict[str, Any]:
    """How to reach them, every dossier that they have sight of, and messages still to be sent; files are none.

    Who else answered is not theirs to know: `by` is "" in the log where it was not they. What was mailed to an address
    that is unconfirmed is for who reads that mail, and for nobody who finds this file.

    Raises StorageError.
    """
    state = await store.state(window)
    dossiers = [await _dossier(store, window, dossier) for dossier in state.dossiers]
    return await _reached(store, window, state) | {"dossiers": dossiers}


async def stored_file(store: Store, window: str, largest: int) -> bytes | None:
    """The same as a file; None if it were larger. One dossier at a time is in memory. Raises StorageError."""
    state = await store.state(window)
    head = to_json(await _reached(store, window, state), indent=1).removesuffix(b"\n}")
    pieces, size = [], len(head)
    for dossier in state.dossiers:
        stored = await _dossier(store, window, dossier)
        pieces.append(await to_thread(to_json, stored, indent=1))  # beside the loop, since it may be long
        size += len(pieces[-1])
        if size > largest:
            return None
    return head + b',\n "dossiers": [' + b",\n".join(pieces) + b"]\n}"


async def _reached(store: Store, window: str, state: State) -> dict[str, Any]:
    """How, and with what."""
    waiting = [queued for queued in await store.waiting(window) if queued.urgency is not Urgency.FILE]
    return {
        "window": window,
        "contact": state.window and state.window.model_dump(mode="json", exclude={"unconfirmed": {"hash"}}),
        "outbox": [_message(queued) for queued in waiting],
    }


async def _dossier(store: Store, window: str, dossier: str) -> dict[str, Any]:
    """The assessment under way, finished ones, the log, and which papers were handed out."""
    session = (await store.state(window, dossier)).session
    return {
        "session": session and session.model_dump(mode="json"),
        "assessments": [assessment.model_dump(mode="json") for assessment in await store.history(dossier)],
        "log": [_line(entry, address_of(window)) for entry in await store.log(dossier)],
        "papers": [_paper(issued) for issued in await store.papers(dossier)],
    }


def _message(queued: Queued) -> dict[str, Any]:
    """A message as it waits; one that is damaged is told as it stands."""
    try:
        reply = json.loads(queued.reply)
    except ValueError:
        reply = queued.reply
    return {"due": queued.due.isoformat(), "key": queued.key, "reply": reply}


def _paper(issued: Issued) -> dict[str, Any]:
    """What the register says of a paper."""
    return {
        "code": issued.code,
        "at": issued.at.isoformat(),
        "session": issued.session,
        "face": json.loads(issued.face),
    }


def _line(entry: LogEntry, own: str) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "by": own if entry.by == own else "",
        "session": entry.session,
        "kind": entry.kind,
        "item": entry.item,
        "before": entry.before,
        "after": entry.after,
    }
