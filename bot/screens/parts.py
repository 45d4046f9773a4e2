"""What a screen is made of, and the small texts that many of them share."""

from dataclasses import dataclass, replace

from bot.screens.wishes import Detail, Leaf, Wish
from bot.words.paging import LINES, height
from bot.words.wording import Medium, Wording
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
    """A line that can be chosen by its key: a letter, or a number; `label` are short words for a button."""

    key: str
    text: str
    wish: Wish
    marked: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done here; `name` finds its label and its words in the catalogues."""

    name: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Screen:
    """A card in words. `hint` says what to type; the first action is what an empty line does, if `default`.

    `bare`: buttons say all that there is to say of the choices.
    """

    title: str
    header: str = ""
    body: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    actions: tuple[Action, ...] = ()
    default: Wish | None = None
    bare: bool = False


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


FIXED = ("back", "park", "skip", "help", "overview")
"""The names of what stands in the last row of buttons, on every card in this order; one skips where one cannot park."""


def fitting(screen: Screen, item: str, words: Wording) -> Screen:
    """The screen of an item with options or levels in plain words; in short ones where a phone would not hold those.

    On the first item whose words these are is said, too, if there is room.
    """
    if words.medium is Medium.TYPING or _lines(screen) <= LINES:
        return screen
    if screen.body and _lines(bare := replace(screen, body=screen.body[1:])) <= LINES:
        return bare
    choices = tuple(replace(choice, text=words.short(item, choice.key)) for choice in screen.choices)
    return replace(screen, body=(), choices=choices)


def _lines(screen: Screen) -> int:
    """As many as it takes on a phone, with one between choices and what is above them."""
    told = [f"{choice.key} ✓ {choice.text}" for choice in screen.choices]
    return sum(map(height, (screen.title, *screen.body, *told, screen.hint))) + 2


def label(item: str, key: str, words: Wording) -> str:
    """Short words for a button, if there are any."""
    short = words.short(item, key)
    return "" if short == key else short


def asked(item: str, words: Wording) -> str:
    """An item as one would ask it, below its name."""
    question = words.ask(item)
    name = words.item_label(item)
    return (
        question
        if question.startswith(name.removesuffix("*"))
        else words.text("item.asked", item=name, question=question)
    )


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


def header_line(progress: Progress, words: Wording) -> str:
    """Where in the walk, how long still, and how much waits."""
    if progress.turn is None:
        parts = [words.text("progress.position", position=progress.position, total=progress.total)]
    else:
        parts = [words.text("progress.turn", turn=progress.turn)]
    if progress.settled is not None:
        parts.append(words.text("progress.settled"))
    elif progress.turn is None and progress.minutes:
        parts.append(words.text("progress.left", minutes=progress.minutes))
    parts += [words.text("progress.parked", parked=progress.parked)] if progress.parked else []
    return words.text("progress.separator").join(parts)


def first_words(progress: Progress, words: Wording) -> tuple[str, ...]:
    """Said once, on the first item: whose the plain words are."""
    first = not progress.answered and not progress.parked
    return (words.text("plain.ours"),) if first and words.has_plain else ()
