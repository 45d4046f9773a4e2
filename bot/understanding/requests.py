"""What somebody asks for in passing: nothing of it is an answer."""

from dataclasses import dataclass

from bot.understanding.numbers import quantities
from bot.understanding.phrases import changed_event, looked_up, ruled


@dataclass(frozen=True, slots=True)
class HowFar:
    """How much is left?"""


@dataclass(frozen=True, slots=True)
class Tomorrow:
    """Enough for today; remind me tomorrow."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What does this word mean?"""

    term: str


@dataclass(frozen=True, slots=True)
class Toward:
    """How do I get to this grade? None: it was not said which."""

    grade: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Does what I have come to it?"""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something has changed in the firm: an event of the re-check."""

    event: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Understood, but not to be done here; `where`: the name of the line that says where it works."""

    where: str


Request = HowFar | Tomorrow | LookUp | Toward | Verdict | Happened | Elsewhere


def requested(text: str) -> Request | None:
    """The request in a line, if there is one."""
    match ruled(text):
        case "aim":
            return Toward(_grade(text))
        case "verdict":
            return Verdict()
        case "progress":
            return HowFar()
        case "tomorrow":
            return Tomorrow()
        case _:
            pass
    if (event := changed_event(text)) is not None:
        return Happened(event)
    term = looked_up(text)
    return LookUp(term) if term else None


def _grade(text: str) -> int | None:
    numbers = [int(one.value) for one in quantities(text) if one.value == int(one.value)]
    return numbers[0] if len(numbers) == 1 else None
