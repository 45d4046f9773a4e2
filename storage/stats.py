"""How many, and how far: numbers about all who use this, for gauges, `shuping stats` and `/stats`; nobody is named.

Counted is what can be read; damaged rows are left out.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flows.session import Phase
from storage.outbox import Urgency

ASKING = (Phase.QUESTIONS, Phase.SCENARIOS)
"""Phases in which somebody stands at an item."""


@dataclass(frozen=True, slots=True)
class Stats:
    """What was stored `at` a time. Nothing that is 0 has an entry.

    `dossiers`: firms, each with one session; `phases`: their sessions by phase (a name that a newer version has written
    may be none of ours). `unfinished`: sessions without a result that are past the greeting; of these, `funnel`: by the
    item that they stand at, `answered`: by how many items have an answer. `grades`: dossiers by the grade of their
    newest finished assessment.
    `windows`: by channel; of these `blocked` take no messages, and `silent` ones want no reminders.
    `outbox`: messages that wait, by urgency; of these, `due`: could be sent by now, and `oldest`: since when the first
    of them could. `aside`: messages that nobody could make sense of.
    """

    at: datetime
    dossiers: int = 0
    unfinished: int = 0
    phases: Mapping[str, int] = field(default_factory=dict)
    funnel: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[int, int] = field(default_factory=dict)
    grades: Mapping[int, int] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    blocked: Mapping[str, int] = field(default_factory=dict)
    silent: Mapping[str, int] = field(default_factory=dict)
    outbox: Mapping[Urgency, int] = field(default_factory=dict)
    due: Mapping[Urgency, int] = field(default_factory=dict)
    oldest: Mapping[Urgency, datetime] = field(default_factory=dict)
    aside: int = 0

    @property
    def oldest_due(self) -> datetime | None:
        """Since when the first message that is due and unsent could be sent."""
        return min(self.oldest.values(), default=None)

    @property
    def finished(self) -> int:
        """Dossiers with a finished assessment."""
        return sum(self.grades.values())


class Sessions(NamedTuple):
    """So many sessions that are alike; `item` is the one last shown, `open`: there is no result."""

    phase: str
    item: str | None
    open: bool
    answered: int
    number: int


class Windows(NamedTuple):
    """A channel's; of these, how many take no messages, and how many want no reminders."""

    channel: str
    number: int
    blocked: int
    silent: int


class Depth(NamedTuple):
    """Messages of an urgency that wait; of these, how many are due, and since when the first of them is."""

    urgency: Urgency
    number: int
    due: int
    oldest: datetime | None


def summed(
    at: datetime,
    sessions: Iterable[Sessions],
    grades: Mapping[int, int],
    windows: Iterable[Windows],
    outbox: Iterable[Depth],
    aside: int,
) -> Stats:
    """The definition, from what a store has counted: rows that are alike may come in any number of parts."""
    dossiers = unfinished = 0
    phases: Counter[str] = Counter()
    funnel: Counter[str] = Counter()
    answered: Counter[int] = Counter()
    for alike in sessions:
        dossiers += alike.number
        phases[alike.phase] += alike.number
        if not alike.open or alike.phase == Phase.WELCOME:
            continue
        unfinished += alike.number
        answered[alike.answered] += alike.number
        if alike.phase in ASKING and alike.item:
            funnel[alike.item] += alike.number
    windows, outbox = list(windows), [of for of in outbox if of.number]
    return Stats(
        at=at,
        dossiers=dossiers,
        unfinished=unfinished,
        phases=phases,
        funnel=funnel,
        answered=answered,
        grades=grades,
        windows={of.channel: of.number for of in windows},
        blocked={of.channel: of.blocked for of in windows if of.blocked},
        silent={of.channel: of.silent for of in windows if of.silent},
        outbox={of.urgency: of.number for of in outbox},
        due={of.urgency: of.due for of in outbox if of.due},
        oldest={of.urgency: of.oldest for of in outbox if of.oldest},
        aside=aside,
    )
