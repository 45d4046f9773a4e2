"""What a person wants, before it is tied to a card: an input's kind and arguments, or a look at something."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flows.inputs import AnyInput
from flows.session import Session


@dataclass(frozen=True, slots=True)
class Intent:
    """An input without the card that it answers."""

    kind: Callable[..., AnyInput]
    arguments: tuple[Any, ...] = ()

    def at(self, session: Session) -> AnyInput:
        """The input, answering the session's present card."""
        return self.kind(session.id, session.card, session.revision, *self.arguments)


class Detail(StrEnum):
    """More about a result, shown on request; nothing in the session changes."""

    GAP = "gap"
    PLAN = "plan"
    PROOF = "proof"
    MARGIN = "margin"
    POLICY = "policy"
    HISTORY = "history"
    COMMANDS = "commands"
    PNG = "png"
    PDF = "pdf"
    XLSX = "xlsx"


FILES = (Detail.PNG, Detail.PDF, Detail.XLSX)
"""Details that are a file: the picture, the report, the workbook."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two past assessments side by side, by their numbers in the history; without numbers, the last two."""

    numbers: tuple[int, ...] = ()


Look = Detail | Comparison
"""What changes nothing in the session."""
Wish = Intent | Detail
"""What a choice or a button stands for."""
Meant = Wish | Comparison
"""What a typed line may stand for."""
