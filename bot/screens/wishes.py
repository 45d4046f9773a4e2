"""What a person wants: an input for the conversation, or a look at something."""

from dataclasses import dataclass
from enum import StrEnum

from flows.inputs import AnyInput


class Detail(StrEnum):
    """More about something, shown on request; nothing in the session changes. `CARD` is the card itself again."""

    GAP = "gap"
    PLAN = "plan"
    REQUIREMENTS = "requirements"
    PROOF = "proof"
    MARGIN = "margin"
    POLICY = "policy"
    HISTORY = "history"
    COMMANDS = "commands"
    HELP = "help"
    OFFICIAL = "official"
    COMPARED = "compared"
    FIRMS = "firms"
    FUELS = "fuels"
    PAST = "past"
    PRIVACY = "privacy"
    CARD = "card"
    PNG = "png"
    PDF = "pdf"
    XLSX = "xlsx"
    ZIP = "zip"


FILES = (Detail.PNG, Detail.PDF, Detail.XLSX, Detail.ZIP)
"""Details that are a file: the picture, the report, the workbook, and, of what is final only, the acceptance pack."""
NAMELESS = (Detail.HELP, Detail.COMPARED, Detail.FIRMS, Detail.PAST, Detail.CARD)
"""Details that nobody asks for by a name of theirs: inputs, commands and buttons lead there."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a detail, from 0. `about`: the item that it is of, or the numbers of a comparison ("1-3"), or
    what is looked for in names; of a past assessment and its files, its number or the beginning of its id."""

    wanted: Detail
    page: int = 0
    about: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two past assessments side by side, by their numbers in the history; without numbers, the last two."""

    numbers: tuple[int, ...] = ()


Look = Detail | Leaf | Comparison
"""What changes nothing in the session."""
Wish = AnyInput | Detail | Leaf
"""What a choice or a button stands for."""
Meant = Wish | Comparison
"""What a typed line may stand for."""
