"""Numbers about all who use this, in words: everything for whoever runs it, at the machine; on a phone, what tells
nothing of anybody.

There a number under five is not said, nor is it to be found by subtraction: where one is kept back, the next larger one
of its table is, too.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import TypeVar

from bot.words.sections import Section
from bot.words.wording import Wording
from flows.session import Phase
from storage.broadcasts import Audience, Broadcast, Progress
from storage.outbox import Urgency
from storage.stats import Stats

K = TypeVar("K")

LEAST = 5
"""So many have to be alike before their number is said."""
FEW, KEPT_BACK = f"<{LEAST}", "—"
LISTED = 8
"""So many items are named on a phone, those where most stand."""
STEP = 10
"""So many answers make a line in the table of how far people are."""


def figure(number: int) -> str:
    """ "12,345"."""
    return f"{number:,}"


def small(number: int) -> str:
    """A number by itself, unless it is too small to be said."""
    return figure(number) if number >= LEAST else FEW


def covered(counts: Mapping[K, int], *, more: bool = False) -> dict[K, str]:
    """A table of which the sum may be known, with nothing in it that can tell of somebody.

    With the numbers that are too small the next larger one is kept back; or in any case, if `more`: the sum of this
    table would give away another one. That nobody is somewhere need not be kept back.
    """
    said = [key for key, number in counts.items() if number >= LEAST]
    hides = more or any(0 < number < LEAST for number in counts.values())
    kept_back = min(said, key=counts.__getitem__) if said and hides else None
    return {key: KEPT_BACK if key == kept_back else small(number) for key, number in counts.items()}


def total_of(counts: Mapping[K, int]) -> str:
    """The sum of a table that is `covered`; of a few small numbers it would tell too much."""
    total = sum(counts.values())
    if total >= LEAST and all(number < LEAST for number in counts.values()):
        return f"<{LEAST * len(counts)}"
    return small(total)


# on a phone


def overview(stats: Stats, words: Wording) -> Iterator[Section]:
    """What is worth knowing on the way: how many firms, where they stand, grades, reminders, who cannot be reached."""
    states = covered(_states(stats))
    yield Section(words.text("stats.title"), tuple(_firms(total_of(_states(stats)), states, words)))
    if funnel := tuple(_top(stats, words, known=states["unfinished"] == figure(stats.unfinished))):
        yield Section(words.text("stats.funnel"), funnel)
    if stats.grades:
        grades = covered(_grades(stats, words), more=states["finished"] == KEPT_BACK)
        yield Section(words.text("stats.grades"), tuple(_lines(grades, words)))
    waiting, due = (of.get(Urgency.REMINDER, 0) for of in (stats.outbox, stats.due))
    reminders = words.text("stats.waiting", number=small(waiting), due=small(due))
    yield Section(words.text("stats.reminders"), (reminders,))
    reached = {name: _reached(stats, name, words) for name in sorted(stats.windows)}
    yield Section(words.text("stats.windows"), tuple(_lines(reached, words)))
    yield Section("", (words.text("stats.covered", least=LEAST),))


def _states(stats: Stats) -> dict[str, int]:
    """All firms, each in one of these."""
    greeted = stats.phases.get(Phase.WELCOME, 0)
    finished = stats.dossiers - stats.unfinished - greeted
    return {"finished": finished, "unfinished": stats.unfinished, "greeted": greeted}


def _firms(total: str, states: Mapping[str, str], words: Wording) -> Iterator[str]:
    yield words.text("stats.firms", number=total)
    for state, number in states.items():
        yield words.text("stats.line", name=words.text(f"stats.{state}"), number=number)


def _top(stats: Stats, words: Wording, *, known: bool) -> Iterator[str]:
    """Where most stand, in the order in which they are asked; and how many are elsewhere, where that may be said."""
    often = sorted((item for item in stats.funnel if stats.funnel[item] >= LEAST), key=lambda item: -stats.funnel[item])
    named = often[:LISTED]
    others = stats.unfinished - sum(stats.funnel[item] for item in named)
    if named and others < LEAST:
        others += stats.funnel[named.pop()]
    for item, name in _items(stats, words):
        if item in named:
            yield words.text("stats.line", name=name, number=figure(stats.funnel[item]))
    if known and named:
        yield words.text("stats.line", name=words.text("stats.elsewhere"), number=figure(others))


def _reached(stats: Stats, channel: str, words: Wording) -> str:
    blocked = stats.blocked.get(channel, 0)
    told = covered({"open": stats.windows[channel] - blocked, "blocked": blocked})
    return words.text("stats.reached", open=told["open"], blocked=told["blocked"])


# at the machine


def everything(stats: Stats, words: Wording) -> Iterator[Section]:
    """All that is counted, as it is."""
    states = {state: figure(number) for state, number in _states(stats).items()}
    yield Section(words.text("stats.at", at=_moment(stats.at)), tuple(_firms(figure(stats.dossiers), states, words)))
    phases = {_phase(phase, words): figure(stats.phases[phase]) for phase in _in_order(stats.phases)}
    funnel = {name: figure(stats.funnel[item]) for item, name in _items(stats, words)}
    grades = {name: figure(number) for name, number in _grades(stats, words).items()}
    outbox = {
        words.text(f"stats.urgency.{urgency.name.lower()}"): _depth(stats, urgency, words)
        for urgency in sorted(stats.outbox)
    }
    windows = {name: _windows(stats, name, words) for name in sorted(stats.windows)}
    for title, table in (
        (words.text("stats.phases"), phases),
        (words.text("stats.funnel"), funnel),
        (words.text("stats.answered"), _answered(stats, words)),
        (words.text("stats.grades"), grades),
        (words.text("stats.windows"), windows),
        (words.text("stats.outbox"), outbox),
    ):
        if table:
            yield Section(title, tuple(_lines(table, words)))
    if stats.aside:
        yield Section("", (words.text("stats.aside", number=figure(stats.aside)),))


def _in_order(phases: Mapping[str, int]) -> list[str]:
    """Ours first; a newer version may know others."""
    ours = [phase.value for phase in Phase if phase in phases]
    return [*ours, *sorted(set(phases) - set(ours))]


def _phase(phase: str, words: Wording) -> str:
    return words.text(f"stats.phase.{phase}") if phase in [*Phase] else phase


def _answered(stats: Stats, words: Wording) -> dict[str, str]:
    """By tens, those who have not answered anything apart."""
    counts: dict[str, int] = {}
    for answered in sorted(stats.answered):
        first = (answered - 1) // STEP * STEP + 1
        name = words.text("stats.answered.some", first=first, last=first + STEP - 1)
        name = name if answered else words.text("stats.answered.none")
        counts[name] = counts.get(name, 0) + stats.answered[answered]
    return {name: figure(number) for name, number in counts.items()}


def _windows(stats: Stats, channel: str, words: Wording) -> str:
    blocked, silent = (figure(of.get(channel, 0)) for of in (stats.blocked, stats.silent))
    return words.text("stats.of_channel", number=figure(stats.windows[channel]), blocked=blocked, silent=silent)


def _depth(stats: Stats, urgency: Urgency, words: Wording) -> str:
    waiting, due = figure(stats.outbox[urgency]), stats.due.get(urgency, 0)
    if not due:
        return waiting
    return words.text("stats.depth", number=waiting, due=figure(due), since=_moment(stats.oldest[urgency]))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


# broadcasts


def send_label(audience: Audience, number: int, words: Wording) -> str:
    """Of the button that sends a draft, with how many will get it."""
    named = words.text(f"broadcast.audience.{audience}")
    return words.text("button.broadcast.send", audience=named, number=_number(number, audience))


def progress_of_broadcast(broadcast: Broadcast, words: Wording) -> str:
    """How one stands that was confirmed."""
    audience = words.text(f"broadcast.audience.{broadcast.audience}")
    queued, waiting = (_number(number, broadcast.audience) for number in (broadcast.queued, broadcast.waiting))
    match broadcast.progress:
        case Progress.RUNNING:
            return words.text("broadcast.running", audience=audience, queued=queued, waiting=waiting)
        case Progress.STOPPED:
            return words.text("broadcast.stopped", queued=queued)
        case _:
            return words.text("broadcast.ended", audience=audience, queued=queued, waiting=waiting)


def _number(number: int, audience: Audience) -> str:
    """How many there are of a part of all is as little said as elsewhere."""
    return figure(number) if audience is Audience.ALL else small(number)


# both


def _items(stats: Stats, words: Wording) -> Iterator[tuple[str, str]]:
    """Items at which anybody stands, with their names, as they are asked; those of other editions by their ids."""
    ours = words.rubric.items
    others = sorted(set(stats.funnel) - set(ours))
    return chain(
        ((item, words.item_name(item)) for item in ours if item in stats.funnel), ((other, other) for other in others)
    )


def _grades(stats: Stats, words: Wording) -> dict[str, int]:
    """By name, the highest first; grades of other editions by their numbers."""
    ours = [grade.grade for grade in words.rubric.grades]
    every = sorted({0, *ours, *stats.grades}, reverse=True)
    return {
        words.grade(grade) if grade in (0, *ours) else words.text("history.grade", number=grade): stats.grades.get(
            grade, 0
        )
        for grade in every
    }


def _lines(table: Mapping[str, str], words: Wording) -> Iterator[str]:
    for name, number in table.items():
        yield words.text("stats.line", name=name, number=number)
