"""One input in two round trips: what was read is decided upon, and written if it still is as it was read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from pydantic_core import from_json, to_json

from flows.session import Assessment, Session
from storage.outbox import channel_of
from storage.postgres import broadcasts, deletion, outbox, state
from storage.postgres.changes import Others, Outboxes, kept, kept_elsewhere
from storage.postgres.outbox import LOCK, Marked, queued_of
from storage.postgres.state import NO_DOSSIER, Read, columns_of
from storage.store import (
    FORM,
    LONGEST_HISTORY,
    LONGEST_LOG,
    MOST_ECHOED,
    Applied,
    Arrival,
    Claim,
    Decide,
    Decision,
    Due,
    Forgetting,
    Link,
    LogEntry,
    State,
)
from storage.window import Window

APPLY = "SELECT shuping.apply(%s)"
SELDOM = 50
"""So many revisions pass between two looks at whether the log has become too long."""


class MovedError(Exception):
    """Something has changed between reading and writing; nothing was written."""


class StoredError(Exception):
    """A dossier that seemed to be a new one is stored already; nothing was written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What `Store.apply` is asked to do. `arrived`: messages of the window that need not wait any more."""

    window: str
    decide: Decide
    arrival: Arrival | None
    link: str | None
    claim: Claim | None
    recent: int
    arrived: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What is written upon. `before`: what was decided upon; `present`: what is in front now, and what it is before it.

    `waiting`: what waits for the window; `arrived`: what need not wait there any more. `bereft`: other windows whose
    dossier is gone; `showing`: those in which it is to be seen; both with what waits there.
    """

    before: State
    present: State
    waiting: Sequence[Marked]
    arrived: Sequence[int]
    recent: Sequence[LogEntry]
    bereft: Others = ()
    showing: Others = ()


async def apply(connection: AsyncConnection, asked: Asked, place: str) -> Applied | None:
    """Read, decide and write; None if the update was seen before. Raises MovedError if it has to be done again."""
    read = await state.read(connection, asked.window, asked.link, asked.arrival, asked.recent, place)
    if read.seen:
        return None
    decision = asked.decide(read.state)
    if _turns(read.state, decision):
        return await _in_steps(connection, asked, read, decision, place)
    present = _begun(read.state, decision)
    recent = read.recent if present is read.state else ()
    others = decision.echo is not None and (read.state.shared or decision.echo.here)
    showing = await _showing(connection, asked, decision, read.state, present) if others else ()
    known = Known(read.state, present, *_waiting(read, asked), recent, showing=showing)
    try:
        return await _carry_out(connection, asked, decision, known, place, read)
    except StoredError:
        return await _in_steps(connection, asked, read, decision, place)


async def apply_locked(connection: AsyncConnection, asked: Asked, place: str) -> Applied | None:
    """The same where many change the same at once: who has the locks before reading is sure to write."""
    read = await state.read(connection, asked.window, asked.link, asked.arrival, 0, place)
    dossiers = {read.asked, read.state.link and read.state.link.dossier}
    async with connection.transaction():
        await connection.execute(LOCK, ([asked.window, *filter(None, dossiers)],))
        return await apply(connection, asked, place)


def _turns(before: State, decision: Decision) -> bool:
    """Whether something is forgotten or ordered, or comes to the front and may be stored already: seldom enough."""
    if decision.forgotten or decision.order:
        return True
    if decision.dossier is None or decision.dossier == before.dossier:
        return False
    followed = before.link is not None and before.link.dossier == decision.dossier
    return decision.session is None or decision.dossier in before.dossiers or followed


def _begun(before: State, decision: Decision) -> State:
    """What is in front when a new dossier has come there."""
    if decision.dossier is None or decision.dossier == before.dossier:
        return before
    return State(before.window or Window(), decision.dossier, None, (*before.dossiers, decision.dossier))


async def _in_steps(
    connection: AsyncConnection, asked: Asked, read: Read, decision: Decision, place: str
) -> Applied | None:
    """The same in a transaction of several statements, in which everything is locked first."""
    window, before = asked.window, read.state
    linked = before.link.dossier if before.link else None
    names = [window, *filter(None, {read.asked, decision.dossier, linked})]
    async with connection.transaction():
        if decision.forgotten is Forgetting.DOSSIER and before.dossier:
            await deletion.lock_with_windows(connection, before.dossier, *names)
        else:
            await connection.execute(LOCK, (names,))
        again = await state.read(connection, window, asked.link, asked.arrival, 0, place)
        if again.seen or again.mark != read.mark:
            raise MovedError
        bereft = await _bereft(connection, window, before, decision)
        present = await _turned(connection, window, before, decision, place)
        now = await state.read(connection, window, None, None, asked.recent, place)
        gone = await outbox.waiting_in(connection, bereft)
        showing = await _showing(connection, asked, decision, before, present)
        known = Known(before, present, *_waiting(now, asked), now.recent, gone, showing)
        applied = await _carry_out(connection, asked, decision, known, place)
        if decision.order:
            await broadcasts.order(connection, window, decision.order)
        return applied


def _waiting(read: Read, asked: Asked) -> tuple[Sequence[Marked], Sequence[int]]:
    """What still waits for the window, and the numbers of what has arrived there."""
    unsent = [marked for marked in read.waiting if marked[0].number not in asked.arrived]
    return unsent, [one.number for one, _ in read.waiting if one.number in asked.arrived]


async def _turned(connection: AsyncConnection, window: str, before: State, decision: Decision, place: str) -> State:
    """What is in front once something was forgotten, or another dossier came there."""
    present = before
    if decision.forgotten:
        await deletion.forget_front(connection, window, before.dossier, decision.forgotten)
        present = await state.load(connection, window, place)
    if decision.dossier is not None and decision.dossier != present.dossier:
        followed = before.link if before.link and before.link.dossier == decision.dossier else None
        await deletion.show(connection, window, decision.dossier, followed.hash if followed else None)
        present = await state.load(connection, window, place)
    return present


async def _bereft(connection: AsyncConnection, window: str, before: State, decision: Decision) -> Sequence[str]:
    """Who is to be told that somebody else has deleted what they had sight of."""
    if decision.forgotten is not Forgetting.DOSSIER or decision.echo is None or before.dossier is None:
        return ()
    return await outbox.hearing(connection, window, before.dossier, decision.echo)


async def _showing(
    connection: AsyncConnection, asked: Asked, decision: Decision, before: State, present: State
) -> Others:
    """Who is to be told that the session has changed; of the window itself what waits is looked up later."""
    if decision.echo is None or decision.session is None:
        return ()
    owner = decision.owner(before)
    showing = await outbox.showing(connection, asked.window, owner, decision.echo)
    if _hears(asked.window, decision, present, owner):
        showing = sorted([*showing, (asked.window, [])])[:MOST_ECHOED]
    return showing


def _hears(window: str, decision: Decision, present: State, owner: str) -> bool:
    """Whether the window itself is to be told, and will show the dossier once all is written."""
    echo, reach = decision.echo, decision.window or present.window or Window()
    told = echo is not None and echo.here and channel_of(window) in echo.channels and not reach.blocked
    return told and present.dossier == owner and reach.card is not None


async def _carry_out(
    connection: AsyncConnection,
    asked: Asked,
    decision: Decision,
    known: Known,
    place: str,
    read: Read | None = None,
) -> Applied | None:
    """Write it, if things still are as they were `read`. Raises MovedError if they are not, and StoredError."""
    outboxes, echoed = _changes(asked.window, decision, known)
    plan = _plan(asked, decision, known, outboxes)
    if read is not None:
        plan |= {"mark": read.mark, "asked": read.asked, "link": asked.link}
    row = await (await connection.execute(APPLY, (to_json(plan).decode(),))).fetchone()
    outcome = from_json(row[0]) if row and row[0] else None
    if outcome is None or "seen" in outcome:
        raise MovedError
    if "stored" in outcome:
        raise StoredError
    after = replace(
        known.present,
        window=decision.window or known.present.window,
        session=decision.session or known.present.session,
        link=None,
    )
    due = await _due(connection, asked.window, outcome.get("first"), after, place)
    logged = decision.log if decision.session else ()
    recent = (*known.recent, *logged)[-asked.recent :] if asked.recent else ()
    return Applied(decision, after, due, echoed, recent)


async def _due(
    connection: AsyncConnection, window: str, first: dict[str, Any] | None, after: State, place: str
) -> Due | None:
    """The first message of the window, with what is stored of the dossier that it is about."""
    if first is None:
        return None
    due = datetime.fromisoformat(first["due"])
    texts = (first["window_name"], first["dossier"], first["key"], first["reply"], due)
    queued = queued_of(first["number"], *texts, *(first[name] for name in ("attempts", "anew", "urgency", "part")))
    if queued.dossier == after.dossier:
        return Due(queued, after)
    return Due(queued, await state.load(connection, window, place, queued.dossier or NO_DOSSIER))


# what becomes of the outbox


def _changes(window: str, decision: Decision, known: Known) -> tuple[Outboxes, bool]:
    """Of the window's own outbox, and of others'; whether anything was echoed."""
    front, outboxes, echo = known.present.dossier, Outboxes(), decision.echo
    outboxes.know(window, kept(decision, known.waiting))
    for other, waiting in (*known.bereft, *known.showing):
        outboxes.know(other, kept_elsewhere(decision, waiting, front))
    outboxes.put(window, front, decision.outbox)
    if echo is None:
        return outboxes, False
    for other, _ in known.bereft:
        outboxes.put(other, None, (echo.outgoing,))
    told = [outboxes.echo(other, decision.owner(known.before), echo) for other, _ in known.showing]
    return outboxes, bool(known.bereft) or any(told)


# what is written, in the form of `shuping.apply`


def _plan(asked: Asked, decision: Decision, known: Known, outboxes: Outboxes) -> dict[str, Any]:
    """What there is nothing of is left out."""
    front = known.present.dossier
    parts: dict[str, Any] = {
        "arrival": asked.arrival
        and {"channel": asked.arrival.channel, "id": asked.arrival.update, "at": asked.arrival.at},
        "claim": asked.claim
        and asked.arrival
        and {"holder": asked.claim.holder, "until": asked.claim.until, "now": asked.arrival.at},
        "show": front if front != known.before.dossier and known.present.session is None else None,
        "front": front,
        "reach": _reach(decision, known.present),
        "used": _used(decision, known.before),
        "links": [_link(link) for link in decision.links],
        "silenced": decision.silenced,
        "cancelled": decision.cancelled,
        "removed": [*known.arrived, *outboxes.removed],
        "added": outboxes.added,
    }
    plan = {name: part for name, part in parts.items() if part}
    locks = {asked.window, known.before.dossier, front} - {None}
    return {"window": asked.window, "form": FORM, "locks": [*locks], **plan, **_of_session(decision, known)}


def _reach(decision: Decision, present: State) -> str | None:
    """How to reach somebody, if that has changed."""
    if decision.window is None or decision.window == present.window:
        return None
    return decision.window.model_dump_json(exclude_defaults=True)


def _used(decision: Decision, before: State) -> tuple[str, str] | None:
    """A link is followed: one that opens once takes all of its kind with it."""
    link = before.link
    return (link.dossier, link.purpose) if link and link.once and link.dossier == decision.dossier else None


def _link(link: Link) -> dict[str, Any]:
    return {
        "hash": link.hash,
        "dossier": link.dossier,
        "until": link.until,
        "purpose": link.purpose,
        "once": link.once,
    }


def _of_session(decision: Decision, known: Known) -> dict[str, Any]:
    """The session, if it has changed, with its log and what is finished."""
    session = decision.session
    if session is None:
        return {}
    owner, before, present = decision.owner(known.before), known.before, known.present
    unseen = owner != before.dossier or (present is not before and present.session != before.session)
    old = None if unseen else before.session
    plan: dict[str, Any] = {"owner": owner}
    if session != old:
        plan["session"] = _saved(owner, old, session)
    if decision.log:
        plan["log"] = [_line(entry) for entry in decision.log]
    if decision.finished:
        plan |= {"finished": [_finished(one) for one in decision.finished], "longest_history": LONGEST_HISTORY}
    if session.revision % SELDOM == 0:
        plan["longest_log"] = LONGEST_LOG
    return plan


def _saved(dossier: str, old: Session | None, session: Session) -> dict[str, Any]:
    return {
        "old_id": old and old.id,
        "old_revision": old and old.revision,
        **columns_of(dossier, session),
    }


def _line(entry: LogEntry) -> dict[str, Any]:
    return {
        "session": entry.session,
        "kind": entry.kind,
        "item": entry.item,
        "before": entry.before,
        "after": entry.after,
        "at": entry.at,
        "by": entry.by,
    }


def _finished(assessment: Assessment) -> dict[str, Any]:
    return {"id": assessment.id, "finished_at": assessment.finished_at, "data": assessment.model_dump_json()}
