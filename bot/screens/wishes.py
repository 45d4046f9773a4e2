"""What a person wants: an input for the conversation, or a look at something."""

from dataclasses import dataclass
from enum import StrEnum

from flows.inputs import AnyInput


class Detail(StrEnum):
    """More about a result, shown on request; nothing in the session changes."""

    GAP = "gap"
    PLAN = "plan"
    REQUIREMENTS = "requirements"
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
Wish = AnyInput | Detail
"""What a choice or a button stands for."""
Meant = Wish | Comparison
"""What a typed line may stand for."""
