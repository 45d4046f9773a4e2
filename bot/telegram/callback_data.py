"""Wishes as callback data: at most 64 bytes, and complete, so that an old button still says what it answered.

`<session>|<revision>|<card>|<code><arguments>`: the first three name the card on which the button was shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.screens.wishes import Detail, Intent, Wish
from bot.telegram.acts import CHOICE_MARK, Choice
from flows.inputs import (
    Aim,
    AimAt,
    Anew,
    Answer,
    AnyInput,
    Back,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    ClearAim,
    Commit,
    Confirm,
    Done,
    EditFirm,
    EnterFigures,
    Help,
    Jump,
    Keep,
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
    Tick,
    Want,
    Wanted,
)
from flows.session import AimPage, EnergySide, FirmKind, Session
from scoring.rubric import Rubric

LIMIT = 64
SESSION_CHARACTERS = 8
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Code:
    """How the arguments of one kind of input are written and read; both are given the rubric, to number items by."""

    kind: Callable[..., AnyInput]
    write: Callable[..., str]
    read: Callable[[Rubric, str], tuple[Any, ...]]


def _bare(kind: Callable[..., AnyInput]) -> Code:
    return Code(kind, lambda _: "", lambda _, __: ())


def _plain(kind: Callable[..., AnyInput], of: Callable[[str], Any] = str) -> Code:
    """One argument that is its own text; `of` makes it from that."""
    return Code(kind, lambda _, value="": str(value), lambda _, text: (of(text),))


def _of_item(kind: Callable[..., AnyInput], write: Callable[[Any], str], read: Callable[[str], Any]) -> Code:
    """An item, by its position, and one more argument."""
    return Code(kind, lambda rubric, item, value: f"{rubric.position[item]}.{write(value)}", partial(_item_and, read))


def _item_and(read: Callable[[str], Any], rubric: Rubric, text: str) -> tuple[str, Any]:
    position, _, rest = text.partition(".")
    if not position.isdecimal():  # "-1" would be the last item
        raise ValueError(position)
    return rubric.items[int(position)], read(rest)


def _picked(rubric: Rubric, items: tuple[str, ...], on: bool) -> str:  # as in the input
    """Items as a bit set in hexadecimal: any number of them in eight characters."""
    return f"{int(on)}{sum(1 << rubric.position[item] for item in items):x}"


def _picks(rubric: Rubric, text: str) -> tuple[tuple[str, ...], bool]:
    bits = int(text[1:], 16)
    return tuple(item for item, position in rubric.position.items() if bits >> position & 1), text[0] == "1"


def _answer(answer: tuple[str, ...] | int | None) -> str:
    return "" if answer is None else str(answer) if isinstance(answer, int) else "".join(answer)


def _answered(text: str) -> tuple[str, ...] | int | None:
    return (int(text) if text.isdecimal() else tuple(text)) if text else None


CODES: dict[str, Code] = {
    "b": _bare(Back),
    "j": _plain(Jump),
    "o": _plain(Overview),
    "k": _bare(Keep),
    "l": _bare(Park),
    "h": _bare(Help),
    "z": _bare(Pause),
    "r": _bare(Resume),
    "q": _bare(Quick),
    "L": _plain(ChooseLanguage),
    "K": _plain(ChooseKind, FirmKind),
    "s": _bare(Skip),
    "f": _bare(EditFirm),
    "a": Code(Answer, lambda _, letters: "".join(letters), lambda _, text: (tuple(text),)),
    "t": Code(Tick, lambda _, letter, on: f"{letter}{int(on)}", lambda _, text: (text[0], text[1] == "1")),
    "d": _bare(Done),
    "n": _bare(EnterFigures),
    "y": _bare(Confirm),
    "e": _bare(OpenEnergy),
    "F": _plain(ChooseFuel),
    "S": _plain(ChooseSide, EnergySide),
    "m": Code(Rung, lambda _, met: str(int(met)), lambda _, text: (text == "1",)),
    "p": _bare(PickLevel),
    "T": _plain(TakeLevel, int),
    "u": _bare(Submit),
    "v": _bare(Provisional),
    "c": _bare(Commit),
    "R": _bare(Recheck),
    "N": _bare(Anew),
    "A": _plain(Aim, AimPage),
    "G": _plain(AimAt, int),
    "g": _bare(KeepTarget),
    "x": _bare(ClearAim),
    "P": Code(Pick, _picked, _picks),
    "W": _of_item(Want, str, Wanted),
    "U": _of_item(Suppose, _answer, _answered),
}
DETAIL = "D"
"""A code of its own: a look at more of a result, which is no input."""
CODE_OF = {code.kind: letter for letter, code in CODES.items()}


@dataclass(frozen=True, slots=True)
class Tap:
    """A button that was pressed: the card it belonged to, and the wish."""

    session: str
    revision: int
    card: str
    wish: Wish

    def at(self, session: Session) -> AnyInput | None:
        """The input for a session; None if the wish is only for a look."""
        if not isinstance(self.wish, Intent):
            return None
        same = session.id.startswith(self.session)
        return self.wish.kind(session.id if same else self.session, self.card, self.revision, *self.wish.arguments)


def encode(wish: Wish, session: Session, rubric: Rubric) -> str:
    """The callback data of a button on the session's present card."""
    head = SEPARATOR.join((session.id[:SESSION_CHARACTERS], str(session.revision), session.card))
    return f"{head}{SEPARATOR}{_written(wish, rubric)}"


def _written(wish: Wish, rubric: Rubric) -> str:
    if isinstance(wish, Detail):
        return f"{DETAIL}{wish.value}"
    letter = CODE_OF[wish.kind]
    return letter + CODES[letter].write(rubric, *wish.arguments)


def consent(session: Session) -> str:
    """The callback data of the button that deletes everything."""
    return f"{CHOICE_MARK}{Choice.DELETE}:{session.id[:SESSION_CHARACTERS]}"


def decode(data: str, rubric: Rubric) -> Tap | None:
    """The tap behind callback data; None for data that this program never wrote."""
    if len(data) > LIMIT:
        return None
    try:
        session, revision, card, written = data.split(SEPARATOR, 3)
        return Tap(session, int(revision), card, _read(written[0], written[1:], rubric))
    except (ValueError, IndexError, KeyError):
        return None


def _read(letter: str, text: str, rubric: Rubric) -> Wish:
    if letter == DETAIL:
        return Detail(text)
    code = CODES[letter]
    return Intent(code.kind, code.read(rubric, text))
