"""The conversation: a trigger of the phase table, a whole step, and what a hundred thousand steps leave behind."""

import gc
import sys
from collections.abc import Iterator
from functools import partial
from statistics import fmean

from bench.samples import RUBRIC
from bench.table import Row, at_most, at_most_of
from bench.timing import Work, fastest
from bench.walk import Moment, full_walk, play, play_on, quick_walk, winding_walk
from flows.phases import moved
from flows.session import Phase, Session

ROUNDS = 300
PULLS = 20
LIMIT = 100e-6
WARM, MANY = 2_000, 100_000


def rows() -> Iterator[Row]:
    walk, quick, winding = full_walk(), quick_walk(), winding_walk()
    triggers = _triggers(next(session for session, _ in walk if session.asking))
    moments = {f"{place}": moment for place, moment in enumerate(walk + quick + winding)}
    each = fastest({**triggers, **{place: [partial(play, *moment)] for place, moment in moments.items()}}, ROUNDS)
    for name in triggers:
        yield at_most(f"a phase trigger, {name}", each[name] / PULLS, 15e-6)
    mean = fmean(each[f"{place}"] for place in range(len(walk)))
    yield at_most(f"a step, mean of {len(walk)} from hello to result", mean, LIMIT)
    quick_mean = fmean(each[f"{place}"] for place in range(len(walk), len(walk + quick)))
    yield at_most(f"a step in the quick order, mean of {len(quick)}", quick_mean, LIMIT)
    slowest = max(moments, key=each.__getitem__)
    yield at_most(f"the slowest kind of step ({_named(moments[slowest])})", each[slowest], LIMIT)
    yield _memory()


def _triggers(session: Session) -> dict[str, list[Work]]:
    review = session.but(phase=Phase.REVIEW)
    return {
        "taken": [partial(_pulled, "ask_question", session)],
        "refused by its guard": [partial(_pulled, "submit", review)],
        "refused by the table": [partial(_pulled, "submit", session)],
    }


def _pulled(trigger: str, session: Session) -> None:
    for _ in range(PULLS):
        moved(trigger, RUBRIC, session)


def _named(moment: Moment) -> str:
    session, given = moment
    return f"{type(given).__name__} at {session.card}"


def _memory() -> Row:
    """Blocks are counted after a collection, which empties Python's store of used tuples too."""
    play_on(WARM)
    before = _blocks()
    play_on(MANY)
    after = _blocks()
    what = f"memory blocks after {MANY:,} steps"
    return at_most_of(what, f"{after:,}", f"before {before:,}", after / before, 1.001)


def _blocks() -> int:
    gc.collect()
    return sys.getallocatedblocks()
