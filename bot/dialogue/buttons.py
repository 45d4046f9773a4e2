"""What a button does, as text: at most 64 bytes, and complete, so that an old button still says what it answered.

On a card: `<session>|<revision>|<card>|<code><arguments>`; the first three name the card on which the button was shown.
Below a text: "!" and one of our own choices, which are no input of the conversation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from bot.screens.wishes import Detail, Leaf, Wish
from flows.inputs import (
    Agree,
    Aim,
    AimAt,
    Amend,
    Anew,
    Answer,
    AnyInput,
    Back,
    Browse,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    ClearAim,
    Climb,
    Commit,
    Confirm,
    Discard,
    Done,
    EditFirm,
    EnterFigures,
    Help,
    Identify,
    Jump,
    Keep,
    KeepRest,
    KeepTarget,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Provisional,
    Quick,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    Suppose,
    TakeLevel,
    TakeReading,
    Tick,
    Want,
    Wanted,
)
from flows.session import AimPage, CardRef, EnergySide, FirmFact, FirmKind, Session
from scoring.rubric import Rubric

LIMIT = 64
SESSION_CHARACTERS = 8
OTHERS = "+"
SEPARATOR = "|"

Given = TypeVar("Given", bound=AnyInput)


class Choice(StrEnum):
    """Buttons that are no input of the conversation."""

    DELETE = "delete"
    LEAVE = "leave"
    KEEP = "keep"
    TOMORROW = "tomorrow"
    NEXT_WEEK = "next_week"
    NEVER = "never"
    REMIND = "remind"
    RECHECK_LATER = "recheck_later"
    COMPARE_LAST = "compare_last"
    HELP = "help"
    LATER = "later"


CHOICE_MARK = "!"
RESUME, RECHECK = "resume", "recheck"
LANGUAGE, FIRM, BROADCAST = "language:", "firm:", "broadcast:"
"""What is chosen follows: a language, at any time; the beginning of a dossier's id; what becomes of a draft."""
NEW_FIRM = "new"
DOSSIER_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Code:
    """How one kind of input is written and read; both are given the rubric, to number items by."""

    kind: Callable[..., AnyInput]
    write: Callable[[Rubric, Any], str]
    read: Callable[[Rubric, str], AnyInput]


def _bare(kind: Callable[[], AnyInput]) -> Code:
    return Code(kind, lambda _, __: "", lambda _, __: kind())


def _plain(kind: Callable[..., Given], write: Callable[[Given], object], read: Callable[[str], Given]) -> Code:
    """An input that numbers no item, and so needs no rubric."""
    return Code(kind, lambda _, given: str(write(given)), lambda _, text: read(text))


def _bits(rubric: Rubric, items: Iterable[str]) -> str:
    """Items as a bit set in hexadecimal: any number of them in eight characters."""
    return f"{sum(1 << rubric.position[item] for item in items):x}"


def _items(rubric: Rubric, bits: str) -> tuple[str, ...]:
    return tuple(item for item, position in rubric.position.items() if int(bits, 16) >> position & 1)


def _several(kind: Callable[..., Given]) -> Code:
    """An input about any number of items."""
    return Code(kind, lambda rubric, given: _bits(rubric, given.items), lambda rubric, text: kind(_items(rubric, text)))


def _write_pick(rubric: Rubric, given: Pick) -> str:
    return f"{int(given.on)}{_bits(rubric, given.items)}"


def _read_pick(rubric: Rubric, text: str) -> Pick:
    return Pick(_items(rubric, text[1:]), on=text[0] == "1")


def _write_want(rubric: Rubric, given: Want) -> str:
    return f"{rubric.position[given.item]}.{given.wanted}"


def _read_want(rubric: Rubric, text: str) -> Want:
    item, wanted = _item_and_rest(rubric, text)
    return Want(item, Wanted(wanted))


def _write_answer(rubric: Rubric, given: Suppose | Amend) -> str:
    answer = given.answer
    said = "".join(answer) if isinstance(answer, tuple) else "" if answer is None else str(answer)
    return f"{rubric.position[given.item]}.{said}"


def _answering(kind: Callable[..., Given]) -> Code:
    """An input that says of an item: letters, a level, or nothing."""

    def read(rubric: Rubric, text: str) -> Given:
        item, answer = _item_and_rest(rubric, text)
        return kind(item, (int(answer) if answer.isdecimal() else tuple(answer)) if answer else None)

    return Code(kind, _write_answer, read)


def _item_and_rest(rubric: Rubric, text: str) -> tuple[str, str]:
    """An item, by its position, and what is said of it."""
    position, _, rest = text.partition(".")
    if not position.isdecimal():  # "-1" would be the last item
        raise ValueError(position)
    return rubric.items[int(position)], rest


CODES: dict[str, Code] = {
    "b": _bare(Back),
    "j": _plain(Jump, lambda given: given.item, Jump),
    "o": _plain(Overview, lambda given: given.page, Overview),
    "i": _plain(Browse, lambda given: given.page, Browse),
    "k": _bare(Keep),
    "E": _bare(KeepRest),
    "l": _bare(Park),
    "h": _bare(Help),
    "z": _bare(Pause),
    "r": _bare(Resume),
    "q": _bare(Quick),
    "L": _plain(ChooseLanguage, lambda given: given.language, ChooseLanguage),
    "K": _plain(ChooseKind, lambda given: given.kind, lambda text: ChooseKind(FirmKind(text))),
    "s": _bare(Skip),
    "f": _bare(EditFirm),
    "I": _plain(Identify, lambda given: given.fact or "", lambda text: Identify(fact=FirmFact(text) if text else None)),
    "a": _plain(Answer, lambda given: "".join(given.letters), lambda text: Answer(tuple(text))),
    "t": _plain(Tick, lambda given: f"{given.letter}{int(given.on)}", lambda text: Tick(text[0], on=text[1] == "1")),
    "d": _bare(Done),
    "n": _bare(EnterFigures),
    "y": _bare(Confirm),
    "V": _plain(TakeReading, lambda given: given.position, lambda text: TakeReading(int(text))),
    "e": _bare(OpenEnergy),
    "F": _plain(ChooseFuel, lambda given: given.fuel, ChooseFuel),
    "S": _plain(ChooseSide, lambda given: given.side, lambda text: ChooseSide(EnergySide(text))),
    "m": _plain(Rung, lambda given: int(given.met), lambda text: Rung(met=text == "1")),
    "p": _bare(PickLevel),
    "C": _bare(Climb),
    "T": _plain(TakeLevel, lambda given: given.level, lambda text: TakeLevel(int(text))),
    "u": _bare(Submit),
    "v": _bare(Provisional),
    "c": _bare(Commit),
    "R": _bare(Recheck),
    "N": _bare(Anew),
    "A": _plain(Aim, lambda given: given.page, lambda text: Aim(AimPage(text))),
    "G": _plain(AimAt, lambda given: given.grade, lambda text: AimAt(int(text))),
    "g": _bare(KeepTarget),
    "x": _bare(ClearAim),
    "P": Code(Pick, _write_pick, _read_pick),
    "W": Code(Want, _write_want, _read_want),
    "U": _answering(Suppose),
    "B": _several(Agree),
    "X": _several(Discard),
    "M": _answering(Amend),
}
DETAIL = "D"
"""A code of its own: a look at more of something, which is no input: `D<detail>`, `D<detail>.<page>.<about>`."""
LAST_PAGE = 99
CODE_OF = {code.kind: letter for letter, code in CODES.items()}


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: the card it belonged to, with the beginning of its session's id, and the wish."""

    ref: CardRef
    wish: Wish


def full(ref: CardRef, session: Session) -> CardRef:
    """The card of a button with the whole id of its session, if that is this one."""
    return replace(ref, session=session.id) if ref.session == session.id[:SESSION_CHARACTERS] else ref


def encode(wish: Wish, ref: CardRef, rubric: Rubric) -> str:
    """The data of a button on a card."""
    head = SEPARATOR.join((ref.session[:SESSION_CHARACTERS], str(ref.revision), ref.card))
    return f"{head}{SEPARATOR}{_written(wish, rubric)}"


def _written(wish: Wish, rubric: Rubric) -> str:
    if isinstance(wish, Detail):
        return f"{DETAIL}{wish.value}"
    if isinstance(wish, Leaf):
        about = str(rubric.position.get(wish.about, wish.about))
        return f"{DETAIL}{wish.wanted.value}.{wish.page}" + (f".{about}" if about else "")
    letter = CODE_OF[type(wish)]
    return letter + CODES[letter].write(rubric, wish)


def data_of(choice: str) -> str:
    """The data of a button below a text."""
    return f"{CHOICE_MARK}{choice}"


def on_this(choice: str, session: Session) -> str:
    """A choice that is of the card as it stands: tapped late, or twice, it would be of another item."""
    return f"{choice}:{session.id[:SESSION_CHARACTERS]}.{session.revision}"


def about(choice: str, dossier: str) -> str:
    """A choice that is of one dossier among several."""
    return f"{choice}:{dossier[:DOSSIER_CHARACTERS]}"


def consent(choice: Choice, session: Session, *, shared: bool = False) -> str:
    """The data of the button that deletes; it names what it was asked about, and whether others were named."""
    return data_of(f"{choice}:{session.id[:SESSION_CHARACTERS]}{OTHERS if shared else ''}")


def knows_of_others(name: str) -> bool:
    """Whether the question to which a choice agrees said that others have sight of the dossier."""
    return name.endswith(OTHERS)


def is_consent(name: str, session: Session | None) -> bool:
    """Whether a choice agrees to deleting this; once all is deleted, an old "yes" can do no more harm."""
    name = name.removesuffix(OTHERS)
    return session is None or data_of(name) in (consent(Choice.DELETE, session), consent(Choice.LEAVE, session))


def decode(data: str, rubric: Rubric) -> Press | None:
    """The button behind its data; None for data that this program never wrote."""
    if len(data) > LIMIT:
        return None
    try:
        session, revision, card, written = data.split(SEPARATOR, 3)
        return Press(CardRef(session, card, int(revision)), _read(written[0], written[1:], rubric))
    except (ValueError, IndexError, KeyError):
        return None


def _read(letter: str, text: str, rubric: Rubric) -> Wish:
    if letter == DETAIL:
        return _read_detail(text, rubric)
    return CODES[letter].read(rubric, text)


def _read_detail(text: str, rubric: Rubric) -> Detail | Leaf:
    name, *rest = text.split(".", 2)
    wanted = Detail(name)
    if not rest:
        return wanted
    page, about = int(rest[0]), rest[1] if len(rest) > 1 else ""
    if not 0 <= page <= LAST_PAGE:
        raise ValueError(text)
    of_item = wanted in (Detail.HELP, Detail.OFFICIAL) and about.isdecimal()
    return Leaf(wanted, page, rubric.items[int(about)] if of_item else about)
