"""Messages to very many, in a memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from storage.broadcasts import Broadcast, Confirm, Done, Draft, Drop, Order, Progress, Record, Stop, digest_of


class Broadcasts:
    """All of them, what is confirmed in the order of that; `after`: the window that the running one has come to."""

    def __init__(self) -> None:
        self._all: dict[str, Broadcast] = {}
        self.after = ""
        self.records: list[Record] = []

    def find(self, id_: str | None) -> Broadcast | None:
        """This one, or the one that was confirmed last."""
        if id_ is not None:
            return self._all.get(id_)
        return next((one for one in reversed(self._all.values()) if one.progress is not Progress.DRAFT), None)

    def running(self) -> Broadcast | None:
        """The one that was confirmed first of those that run."""
        return next((one for one in self._all.values() if one.progress is Progress.RUNNING), None)

    def order(self, window: str, order: Order, withdraw: Callable[[str], int]) -> None:
        """Carry out an order; `withdraw` takes what waits of a broadcast, and says how many that were."""
        match order:
            case Draft(id=id_, channel=channel, text=text, at=at):
                self._all = {one.id: one for one in self._all.values() if not _is_draft_of(one, window)}
                self._all[id_] = Broadcast(id_, window, channel, text, at)
            case Confirm(id=id_) if _is_draft_of(self._all.get(id_), window):
                self._confirm(self._all.pop(id_), order)
            case Drop(id=id_) if _is_draft_of(self._all.get(id_), window):
                del self._all[id_]
            case Stop(at=at):
                for one in [*self._all.values()]:
                    self._stop(one, window, at, withdraw)

    def _confirm(self, draft: Broadcast, order: Confirm) -> None:
        confirmed = replace(draft, progress=Progress.RUNNING, audience=order.audience, shown=order.shown)
        self._all[draft.id] = confirmed
        self._note(confirmed, order.at, draft.by, Done.CONFIRMED, order.shown)

    def _stop(self, broadcast: Broadcast, by: str, at: datetime, withdraw: Callable[[str], int]) -> None:
        """What is queued already may still wait."""
        if broadcast.progress not in (Progress.RUNNING, Progress.ENDED):
            return
        withdrawn = withdraw(broadcast.id)
        if broadcast.progress is Progress.ENDED and not withdrawn:
            return
        if broadcast == self.running():
            self.after = ""
        stopped = replace(broadcast, progress=Progress.STOPPED, queued=broadcast.queued - withdrawn)
        self._all[broadcast.id] = stopped
        self._note(stopped, at, by, Done.STOPPED, stopped.queued)

    def advance(self, broadcast: Broadcast, told: int, after: str | None, now: datetime) -> Broadcast:
        """So many more are told, up to this window; None: that were all."""
        queued = broadcast.queued + told
        self.after = after or ""
        advanced = replace(broadcast, queued=queued, progress=Progress.RUNNING if after else Progress.ENDED)
        self._all[broadcast.id] = advanced
        if after is None:
            self._note(advanced, now, "", Done.ENDED, queued)
        return advanced

    def _note(self, broadcast: Broadcast, at: datetime, by: str, done: Done, count: int) -> None:
        digest = digest_of(broadcast.text)
        self.records.append(Record(at, by, done, broadcast.id, digest, broadcast.audience, count))

    def sign(self, window: str, instead: str) -> None:
        """What was done there was done somewhere else; with "", nobody can tell where. A draft of nobody goes."""
        self.records = [replace(one, by=instead) if one.by == window else one for one in self.records]
        kept = (one for one in self._all.values() if instead or not _is_draft_of(one, window))
        self._all = {one.id: replace(one, by=instead) if one.by == window else one for one in kept}

    def tidy(self, before: datetime) -> None:
        """Forget what was drafted before a time and does not run; the records stay."""
        kept = (one for one in self._all.values() if one.progress is Progress.RUNNING or one.drafted >= before)
        self._all = {one.id: one for one in kept}


def _is_draft_of(broadcast: Broadcast | None, window: str) -> bool:
    return broadcast is not None and (broadcast.by, broadcast.progress) == (window, Progress.DRAFT)
