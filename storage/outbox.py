"""The transactional outbox: messages are written with the answers that they reply to, and sent after the commit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple


class Crowd(IntEnum):
    """So many texts, and so many files, may wait for one window; what a flood would add is not queued. A card is."""

    TEXTS = 64
    FILES = 16


class Urgency(IntEnum):
    """Who goes first when not all can be sent at once; the order in which people wait, not that of time."""

    ANSWER = 0
    GREETING = 1
    """To somebody who has not begun: a flood of strangers costs strangers."""
    ECHO = 2
    """To a window in which nobody has just done anything: a card that somebody changed elsewhere."""
    RETIREMENT = 3
    """The buttons of an old card are taken away."""
    REMINDER = 4
    FILE = 5
    BROADCAST = 6
    """What the operator tells very many; nobody waits for it."""

    @property
    def aside(self) -> bool:
        """It stands by itself: no message waits for it, nor does it wait for others."""
        return self >= Urgency.RETIREMENT


def _crowd(key: str | None, urgency: int) -> Crowd | None:
    """What a message is one of; None for those that are replaced by the next of their key, and what is ours to send."""
    if urgency == Urgency.FILE:
        return Crowd.FILES  # their key has the assessment, of which there may be a thousand
    return Crowd.TEXTS if key is None and urgency < Urgency.RETIREMENT else None


def channel_of(window: str) -> str:
    """The channel in a window's name ("telegram:42")."""
    return window.partition(":")[0]


def address_of(window: str) -> str:
    """The address in a window's name."""
    return window.partition(":")[2]


class Lane(NamedTuple):
    """What is sent one after the other: the answers of a window; and, beside them, what stands aside there."""

    window: str
    aside: bool


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent at a time: a reply as JSON (`bot.dialogue.replies`), rendered when it is sent.

    A key makes it replace an unsent one of the same window and key. `anew`: it is to appear below what was said last,
    not in the place of an earlier message. What replaces such a message is sent anew, too: the first one may have been
    sent already, and an edit further up would not be seen. `unless_sooner`: it is not needed if one with its key waits
    that falls due after this moment, but no later than it, and then looks at how things are; what was due by then may
    be on its way, and has looked.
    """

    reply: str
    due: datetime
    key: str | None = None
    anew: bool = False
    urgency: Urgency = Urgency.ANSWER
    unless_sooner: datetime | None = None

    @property
    def crowd(self) -> Crowd | None:
        """Of what only so many may wait."""
        return _crowd(self.key, self.urgency)


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox; numbers give the order within a window.

    `dossier`: the one that was in front when it was queued, None for who has not begun. `part`: how many parts of it
    have arrived.
    """

    number: int
    window: str
    dossier: str | None
    key: str | None
    reply: str
    due: datetime
    attempts: int = 0
    anew: bool = False
    urgency: Urgency = Urgency.ANSWER
    part: int = 0

    @property
    def lane(self) -> Lane:
        """Where it waits."""
        return Lane(self.window, self.urgency.aside)


# the rules, for all stores: they read rows, ask here, and write what they are told


class Waiting(NamedTuple):
    """What the rules look at in a message that waits for a window. `due`: seconds since 1970."""

    number: int
    key: str | None
    due: float
    attempts: int
    anew: bool
    urgency: int

    @property
    def aside(self) -> bool:
        """It stands by itself."""
        return self.urgency >= Urgency.RETIREMENT

    @property
    def crowd(self) -> Crowd | None:
        """Of what only so many may wait."""
        return _crowd(self.key, self.urgency)


class Added(NamedTuple):
    """A message as it comes into the outbox: held behind one that failed, it counts as failed itself."""

    outgoing: Outgoing
    due: float
    held: bool
    anew: bool


class Queueing(NamedTuple):
    """What becomes of a window's outbox: the numbers of those that leave it, and those that come."""

    removed: list[int]
    added: list[Added]


def queueing(waiting: Sequence[Waiting], outbox: Sequence[Outgoing]) -> Queueing:
    """Queue messages behind those that wait: a key replaces its like, and only so many texts and files fit."""
    outbox = [outgoing for outgoing in outbox if not _is_sooner(waiting, outgoing)]
    keys = {outgoing.key for outgoing in outbox if outgoing.key}
    replaced = [one for one in waiting if one.key in keys]
    anew = {one.key for one in replaced if one.anew}
    held = max((one.due for one in waiting if one.attempts and not one.aside), default=0.0)
    there = Counter(one.crowd for one in waiting if one.key not in keys)
    added = []
    for outgoing in outbox:
        crowd = outgoing.crowd
        if crowd and there[crowd] >= crowd:
            continue
        there[crowd] += 1
        asked = outgoing.due.timestamp()
        due = asked if outgoing.urgency.aside else max(asked, held)
        added.append(Added(outgoing, due, due > asked, outgoing.anew or outgoing.key in anew))
    return Queueing([one.number for one in replaced], added)


def echoing(waiting: Sequence[Waiting], echo: Outgoing, now: datetime) -> Queueing:
    """Queue an echo, one at a time: what of its key waits for later will look at how things are then.

    What is due by now may be on its way, and show what was before: it stays, and the echo comes after it.
    """
    like = [one for one in waiting if one.key and one.key == echo.key]
    if any(one.due > now.timestamp() for one in like):
        return Queueing([], [])
    late = [one.number for one in like if one.urgency == Urgency.ECHO]
    return Queueing(late, queueing([one for one in waiting if one not in like], [echo]).added)


def _is_sooner(waiting: Sequence[Waiting], outgoing: Outgoing) -> bool:
    """Something of its key makes a message needless."""
    if outgoing.unless_sooner is None:
        return False
    since, due = outgoing.unless_sooner.timestamp(), outgoing.due.timestamp()
    return any(one.key and one.key == outgoing.key and since < one.due <= due for one in waiting)


def postponed(waiting: Sequence[Waiting], number: int, until: float) -> list[Waiting]:
    """A message has to be sent again: it, and, unless it stands aside, those of its window that come after it."""
    failed = next((one for one in waiting if one.number == number), None)
    if failed is None:
        return []
    moved = [failed._replace(due=until, attempts=failed.attempts + 1)]
    if not failed.aside:
        after = (one for one in waiting if one.number > number and not one.aside and one.due < until)
        moved += [one._replace(due=until) for one in after]
    return moved


def silences(waiting: Sequence[Waiting], number: int, *, returned: bool) -> bool:
    """Whether a refusal silences the window: not if the person came back since, or has had a newer answer queued."""
    return not returned and not any(one.number > number and not one.aside for one in waiting)


class Head(NamedTuple):
    """Of messages of a window that are due: the greatest urgency, the earliest time, the lowest number."""

    window: str
    urgency: int
    due: float
    number: int

    @property
    def lane(self) -> Lane:
        """Where they wait."""
        return Lane(self.window, self.urgency >= Urgency.RETIREMENT)


def in_turn(due: Iterable[Head]) -> list[Head]:
    """One a lane, in the order in which lanes are served: the most urgent, of these who has waited longest."""
    lanes: dict[Lane, Head] = {}
    for head in due:
        window, urgency, since, number = lanes.get(head.lane, head)
        first = Head(window, min(urgency, head.urgency), min(since, head.due), min(number, head.number))
        lanes[head.lane] = first
    return sorted(lanes.values(), key=lambda head: head[1:])
