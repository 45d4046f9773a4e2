"""One input: read, decided upon, and written, in one transaction. The hot path."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.outbox import Lane, Queued
from storage.sqlite import broadcasts, outbox, state
from storage.sqlite.deletion import forget_front
from storage.store import Applied, Arrival, Claim, Decide, Decision, Due, Forgetting, State

SEEN = "INSERT OR IGNORE INTO updates (channel, id, seen) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What `Store.apply` is asked to do."""

    window: str
    decide: Decide
    arrival: Arrival | None
    link: str | None
    claim: Claim | None
    recent: int


def transact(connection: sqlite3.Connection, asked: Asked, place: str) -> Applied | None:
    """Load, decide and save; None if the update was seen before."""
    window, arrival = asked.window, asked.arrival
    if arrival is not None and not _is_new(connection, arrival):
        return None
    before = state.load(connection, window, place, link=asked.link)
    decision = asked.decide(before)
    bereft = _bereft(connection, window, before, decision)
    after, first = _write(connection, window, before, decision, place)
    echoed = _echo(connection, window, before, decision, bereft)
    due = None
    if asked.claim is not None and arrival is not None:
        known = Due(first, after) if first and not echoed else None
        due = outbox.take(connection, Lane(window, aside=False), asked.claim, arrival.at, place, known)
    recent = state.log(connection, after.dossier, place, asked.recent) if asked.recent and after.dossier else []
    return Applied(decision, after, due, echoed, tuple(recent))


def _is_new(connection: sqlite3.Connection, arrival: Arrival) -> bool:
    return connection.execute(SEEN, (arrival.channel, arrival.update, arrival.at.timestamp())).rowcount == 1


def _write(
    connection: sqlite3.Connection, window: str, before: State, decision: Decision, place: str
) -> tuple[State, Queued | None]:
    """The state after it, which is read again only if something else is in front now; what `outbox.decide` gives."""
    present = _turned(connection, window, before, decision, place)
    if decision.session is not None:
        owner = decision.owner(before)
        unseen = owner != before.dossier or (present is not before and present.session != before.session)
        state.save(connection, owner, None if unseen else before.session, decision.session, place)
        state.append(connection, owner, decision)
    if decision.window is not None and decision.window != present.window:
        state.reach(connection, window, present.dossier, decision.window)
    if decision.links:
        state.offer(connection, window, decision.links)
    if decision.order is not None:
        broadcasts.order(connection, window, decision.order)
    first = outbox.decide(connection, window, present.dossier, decision)
    after = replace(
        present, window=decision.window or present.window, session=decision.session or present.session, link=None
    )
    return after, first


def _turned(connection: sqlite3.Connection, window: str, before: State, decision: Decision, place: str) -> State:
    """What is in front once something was forgotten, or another dossier came there."""
    present = before
    if decision.forgotten:
        forget_front(connection, window, before.dossier, decision.forgotten)
        present = state.load(connection, window, place)
    if decision.dossier is not None and decision.dossier != present.dossier:
        followed = before.link and before.link.dossier == decision.dossier
        state.show(connection, window, decision.dossier, before.link.hash if before.link and followed else None)
        present = state.load(connection, window, place)
    if before.link and before.link.dossier == decision.dossier:
        state.use(connection, before.link)
    return present


def _bereft(connection: sqlite3.Connection, window: str, before: State, decision: Decision) -> list[str]:
    """Who is to be told that somebody else has deleted what they had sight of."""
    if decision.forgotten is not Forgetting.DOSSIER or decision.echo is None or before.dossier is None:
        return []
    return outbox.hearing(connection, window, before.dossier, decision.echo)


def _echo(
    connection: sqlite3.Connection, window: str, before: State, decision: Decision, bereft: Sequence[str]
) -> bool:
    """Whether anybody is to be told of anything."""
    if decision.echo is None:
        return False
    for other in bereft:
        outbox.put(connection, other, None, (decision.echo.outgoing,))
    if decision.session is None:
        return bool(bereft)
    return outbox.echo(connection, window, decision.owner(before), decision.echo) or bool(bereft)
