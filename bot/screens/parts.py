"""What a screen is made of, and the small texts that many of them share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.screens.wishes import Detail, Leaf, Wish
from bot.words.paging import LINES, height
from bot.words.wording import Wording
from flows.inputs import (
    Back,
    Browse,
    Done,
    Help,
    Keep,
    KeepRest,
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
class Row:
    """An item and all that it can be set to, where there is room for all items at once; `group` is the heading above.

    `state` says how it stands; `several`: choices are ticked one by one. A choice has short words as its `label`.
    """

    item: str
    group: str
    label: str
    state: str
    choices: tuple[Choice, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A card in words. `hint` says what to type; the first action is what an empty line does, if `default`.

    `bare`: buttons say all that there is to say of the choices. `typed` are choices of further pages: nobody who types
    has to turn to them. `rows` take the place of lists on a page, which has room for all items.
    """

    title: str
    header: str = ""
    body: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    actions: tuple[Action, ...] = ()
    default: Wish | None = None
    bare: bool = False
    typed: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()


PAUSE = Action("pause", Pause())
BACK = Action("back", Back())
HELP = Action("help", Help())
OVERVIEW = Action("overview", Overview())
PARK = Action("park", Park())
KEEP = Action("keep", Keep())
SAME = Action("same", Keep())
KEEP_REST = Action("keep_rest", KeepRest())
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


def present(answer: str, progress: Progress, words: Wording) -> str:
    """The answer on record, and how to leave it as it is."""
    return words.hint("present.again" if progress.again else "present", answer=answer)


def unchanged(progress: Progress, *, answered: bool) -> tuple[Action, ...]:
    """To leave an answer as it is; in a re-check, all that are still to be asked, too."""
    if not answered:
        return ()
    if not progress.again:
        return (KEEP,)
    return (SAME, KEEP_REST) if progress.rest > 1 else (SAME,)


def list_names(lists: Mapping[str, Sequence[str]], words: Wording) -> dict[str, str]:
    """What lists of items are called: by the group of their scenarios, or their page; numbered if that is several."""
    names = {page: _list_name(page, items, words) for page, items in lists.items()}
    several = {name for name, count in Counter(names.values()).items() if count > 1}
    numbers: Counter[str] = Counter()
    for page, name in names.items():
        numbers[name] += 1
        if name in several:
            names[page] = words.text("list.part", name=name, number=numbers[name])
    return names


def _list_name(page: str, items: Sequence[str], words: Wording) -> str:
    groups = {words.rubric.scenario[item].group for item in items if item in words.rubric.scenario}
    return groups.pop() if len(groups) == 1 else words.page_name(page.partition(".")[0])


def next_list(pages: Sequence[str], page: str) -> tuple[Action, ...]:
    """The list after this one, in a circle."""
    following = pages[(pages.index(page) + 1) % len(pages)] if page in pages else ""
    return (Action("next_list", Browse(following)),) if following and following != page else ()


FIXED = ("back", "park", "skip", "help", "overview")
"""The names of what stands in the last row of buttons, on every card in this order; one skips where one cannot park."""


def fitting(screen: Screen, item: str, words: Wording) -> Screen:
    """The screen of an item with options or levels in plain words; in short ones where a phone would not hold those.

    On the first item whose words these are is said, too, if there is room.
    """
    if not words.medium.is_small or lines(screen) <= LINES:
        return screen
    if screen.body and lines(bare := replace(screen, body=screen.body[1:])) <= LINES:
        return bare
    choices = tuple(replace(choice, text=words.short(item, choice.key)) for choice in screen.choices)
    return replace(screen, body=(), choices=choices)


def lines(screen: Screen) -> int:
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
    """Where in the walk (in a re-check, how many are still asked), how long still, and how much waits."""
    if progress.again:
        parts = [words.text.count("progress.again", max(progress.rest, 1))]
    elif progress.turn is None:
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
