"""From where on the outbox is looked through: what was deleted stays in its indexes while anybody may still see it.

Somebody who keeps a snapshot open (a long report, a backup) keeps vacuum away from all that is deleted meanwhile, and
hundreds of thousands of messages that were sent long ago would be walked over in every look. So each look remembers how
far there was nothing: of each urgency, the time at which the first message that still waits falls due. What comes later
falls due later: whoever writes a message takes a time of their clock, and commits soon after. `LATE` is for both, and
for clocks that differ. Should that not be enough, a whole look now and then finds what a look has passed over; until
then it is sent by who wrote it, who needs no look.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

URGENCIES = 16
LATE = timedelta(minutes=1)
"""What becomes visible falls due so long before, at most, by the clocks of the database and of this host."""
WHOLE_LOOK_SECONDS = 60.0
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Since = list[datetime]
"""One of each urgency: what waits falls due no earlier."""


class Horizon:
    """What one process knows of an outbox that others change, too."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._now = LONG_AGO
        self.forget()

    def forget(self) -> None:
        """Anything may wait, from any time on."""
        self.since: Since = [LONG_AGO] * URGENCIES
        self._whole = self._clock()

    def look(self, now: datetime) -> Since:
        """From where on to look for what is due by now."""
        if now < self._now or self._clock() - self._whole >= WHOLE_LOOK_SECONDS:
            self.forget()
        self._now = now
        return self.since

    def looked(self, since: Since, firsts: Sequence[datetime | None], at: datetime) -> None:
        """Since then, of each urgency, this was the first that waited; seen by a snapshot of `at` or later."""
        if since is not self.since:  # forgotten meanwhile, and not without reason
            return
        sure = min(at, self._now) - LATE
        self.since[:] = [
            max(mark, sure if first is None else min(first, sure)) for mark, first in zip(since, firsts, strict=True)
        ]
