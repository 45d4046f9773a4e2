"""What a screen is made of, and the small texts that many of them share."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.screens.wishes import Detail, Leaf, Wish
from bot.words.wording import Wording
from flows.inputs import (
    Back,
    Done,
    Help,
    Keep,
    Overview,
    Park,
    Pause,
    Provisional,
    Quick,
    Resume,
)
from flows.progress import Progress


@dataclass(frozen=True, slots=True)
class Choice:
    """A line that can be chosen by its key: a letter, or a number."""

    key: str
    text: str
    wish: Wish
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done here; `name` finds its label and its words in the catalogues."""

    name: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Screen:
    """A card in words. `hint` says what to type; the first action is what an empty line does, if `default`."""

    title: str
    header: str = ""
    body: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    actions: tuple[Action, ...] = ()
    default: Wish | None = None


PAUSE = Action("pause", Pause())
BACK = Action("back", Back())
HELP = Action("help", Help())
OVERVIEW = Action("overview", Overview())
PARK = Action("park", Park())
KEEP = Action("keep", Keep())
DONE = Action("done", Done())
RESUME = Action("resume", Resume())
QUICK = Action("quick", Quick())
PROVISIONAL = Action("provisional", Provisional())


def moves(item: str, progress: Progress) -> tuple[Action, ...]:
    """What can be done at any item."""
    return (official(item), *early_end(progress), BACK, PARK, HELP, OVERVIEW, PAUSE)


def official(item: str) -> Action:
    """What the standard says, word for word."""
    return Action("official", Leaf(Detail.OFFICIAL, about=item))


def early_end(progress: Progress) -> tuple[Action, ...]:
    """The result at once, when nothing that is open can change the grade."""
    return () if progress.settled is None else (PROVISIONAL,)


def letter(position: int) -> str:
    """The letter of the option at a position, from 0."""
    return chr(ord("A") + position)


def progress_line(progress: Progress, words: Wording) -> str:
    """How much is answered, how long still, what waits, and whether the grade is settled."""
    answered = words.text("progress.answered", answered=progress.answered, total=progress.total)
    return _joined(answered, progress, words)


def _joined(first: str, progress: Progress, words: Wording) -> str:
    parts = [
        first,
        words.text.count("progress.minutes", progress.minutes) if progress.minutes else "",
        words.text("progress.parked", parked=progress.parked) if progress.parked else "",
        words.text("progress.settled") if progress.settled is not None else "",
    ]
    return words.text("progress.separator").join(part for part in parts if part)


def header_line(progress: Progress, place: Sequence[str], words: Wording) -> str:
    """Where in the walk, how long still, and the place in the standard."""
    position = words.text("progress.position", position=progress.position, total=progress.total)
    return words.text("progress.separator").join(
        [_joined(position, progress, words), words.text("place.separator").join(place)]
    )
