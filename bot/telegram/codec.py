"""Wishes as callback data: at most 64 bytes, and complete, so that an old button still says what it answered.

`<session>|<revision>|<card>|<code><arguments>`: the first three name the card on which the button was shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.intents import Detail, Intent, Wish
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
    """How the arguments of one kind of input are written and read."""

    kind: Callable[..., AnyInput]
    write: Callable[..., str]
    read: Callable[[str], tuple[Any, ...]]


def _bare(kind: Callable[..., AnyInput]) -> Code:
    return Code(kind, lambda: "", lambda _: ())


def _text(kind: Callable[..., AnyInput]) -> Code:
    return Code(kind, str, lambda text: (text,))


def _flag(kind: Callable[..., AnyInput]) -> Code:
    return Code(kind, lambda on: "1" if on else "0", lambda text: (text == "1",))


def _items(text: str, rubric: Rubric) -> tuple[str, ...]:
    """Items as a bit set in hexadecimal: any number of them in eight characters."""
    bits = int(text, 16)
    return tuple(item for position, item in enumerate(rubric.items) if bits >> position & 1)


CODES: dict[str, Code] = {
    "b": _bare(Back),
    "j": _text(Jump),
    "o": _text(Overview),
    "k": _bare(Keep),
    "l": _bare(Park),
    "h": _bare(Help),
    "z": _bare(Pause),
    "r": _bare(Resume),
    "q": _bare(Quick),
    "L": _text(ChooseLanguage),
    "K": Code(ChooseKind, str, lambda text: (FirmKind(text),)),
    "s": _bare(Skip),
    "f": _bare(EditFirm),
    "a": Code(Answer, "".join, lambda text: (tuple(text),)),
    "t": Code(Tick, lambda letter, on: f"{letter}{int(on)}", lambda text: (text[0], text[1] == "1")),
    "d": _bare(Done),
    "n": _bare(EnterFigures),
    "y": _bare(Confirm),
    "e": _bare(OpenEnergy),
    "F": _text(ChooseFuel),
    "S": Code(ChooseSide, str, lambda text: (EnergySide(text),)),
    "m": _flag(Rung),
    "p": _bare(PickLevel),
    "T": Code(TakeLevel, str, lambda text: (int(text),)),
    "u": _bare(Submit),
    "v": _bare(Provisional),
    "c": _bare(Commit),
    "R": _bare(Recheck),
    "N": _bare(Anew),
    "A": Code(Aim, str, lambda text: (AimPage(text),)),
    "G": Code(AimAt, str, lambda text: (int(text),)),
    "g": _bare(KeepTarget),
    "x": _bare(ClearAim),
}
DETAIL, PICK, WANT, SUPPOSE = "D", "P", "W", "U"
"""Codes of their own: a look at more of a result, and those that name items by their numbers."""
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
    if wish.kind is Pick:
        items, on = wish.arguments
        bits = sum(1 << rubric.items.index(item) for item in items)
        return f"{PICK}{int(on)}{bits:x}"
    if wish.kind is Want:
        item, wanted = wish.arguments
        return f"{WANT}{rubric.position[item]}.{wanted}"
    if wish.kind is Suppose:
        item, answer = wish.arguments
        return f"{SUPPOSE}{rubric.position[item]}.{'' if answer is None else _answer(answer)}"
    letter = CODE_OF[wish.kind]
    return letter + CODES[letter].write(*wish.arguments)


def _answer(answer: tuple[str, ...] | int) -> str:
    return str(answer) if isinstance(answer, int) else "".join(answer)


def _item_and(text: str, rubric: Rubric) -> tuple[str, str]:
    position, _, rest = text.partition(".")
    return rubric.items[int(position)], rest


def _supposed(text: str) -> tuple[str, ...] | int | None:
    return (int(text) if text.isdecimal() else tuple(text)) if text else None


def consent(session: Session) -> str:
    """The callback data of the button that deletes everything."""
    return f"{CHOICE_MARK}{Choice.DELETE}:{session.id[:SESSION_CHARACTERS]}"


def decode(data: str, rubric: Rubric) -> Tap | None:
    """The tap behind callback data; None for data that this program never wrote."""
    try:
        session, revision, card, written = data.split(SEPARATOR, 3)
        return Tap(session, int(revision), card, _read(written[0], written[1:], rubric))
    except (ValueError, IndexError, KeyError):
        return None


def _read(letter: str, text: str, rubric: Rubric) -> Wish:
    if letter == DETAIL:
        return Detail(text)
    if letter == PICK:
        return Intent(Pick, (_items(text[1:], rubric), text[0] == "1"))
    if letter == WANT:
        item, wanted = _item_and(text, rubric)
        return Intent(Want, (item, Wanted(wanted)))
    if letter == SUPPOSE:
        item, answer = _item_and(text, rubric)
        return Intent(Suppose, (item, _supposed(answer)))
    code = CODES[letter]
    return Intent(code.kind, code.read(text))
