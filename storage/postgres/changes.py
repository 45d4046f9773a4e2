"""What a decision makes of the outbox: one change after the other, upon what was read; all is written at once."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from storage.outbox import Added, Outgoing, Queueing, Waiting, echoing, queueing
from storage.postgres.outbox import Marked, row_of
from storage.store import Decision, Echo

Others = Sequence[tuple[str, list[Marked]]]
"""Windows with what waits there."""


class Outboxes:
    """What waits in some windows, and how that changes. `removed`: the numbers of those that leave.

    What has come meanwhile has a number below zero until it is written; it may leave again, and then was never there.
    """

    def __init__(self) -> None:
        self.removed: list[int] = []
        self._waiting: dict[str, list[Waiting]] = {}
        self._added: dict[int, tuple[str, str | None, Added]] = {}
        self._numbers = count(-1, -1)

    @property
    def added(self) -> list[dict[str, Any]]:
        """What comes, in its order, for `shuping.queue`."""
        return [row_of(*one) for one in self._added.values()]

    def know(self, window: str, waiting: Sequence[Waiting]) -> None:
        """What waited there before anything changed."""
        self._waiting.setdefault(window, list(waiting))

    def put(self, window: str, dossier: str | None, outbox: Sequence[Outgoing]) -> None:
        """Messages come."""
        self._carry_out(window, dossier, queueing(self._waiting[window], outbox))

    def echo(self, window: str, dossier: str, echo: Echo) -> bool:
        """Whether an echo came, which may not be needed."""
        changes = echoing(self._waiting[window], echo.outgoing, echo.now)
        self._carry_out(window, dossier, changes)
        return bool(changes.added)

    def _carry_out(self, window: str, dossier: str | None, changes: Queueing) -> None:
        self.removed += [number for number in changes.removed if self._added.pop(number, None) is None]
        waiting = [one for one in self._waiting[window] if one.number not in changes.removed]
        for added in changes.added:
            number, outgoing = next(self._numbers), added.outgoing
            self._added[number] = window, dossier, added
            urgency = int(outgoing.urgency)
            waiting.append(Waiting(number, outgoing.key, added.due, int(added.held), added.anew, urgency))
        self._waiting[window] = waiting


def kept(decision: Decision, waiting: Sequence[Marked]) -> list[Waiting]:
    """What stays in the window in which it was decided."""
    return [] if decision.silenced else [one for one, _ in waiting if one.key not in decision.cancelled]


def kept_elsewhere(decision: Decision, waiting: Sequence[Marked], front: str | None) -> list[Waiting]:
    """What stays in another window, where only what is about the dossier in front is cancelled."""
    return [one for one, dossier in waiting if front is None or dossier != front or one.key not in decision.cancelled]
