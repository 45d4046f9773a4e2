"""The seam at which an operator may plug in an interpreter of their own."""

from typing import Protocol

from flows.inputs import Proposal
from scoring.rubric import Rubric


class Interpreter(Protocol):
    """Understands a description; pure, and never above what the words say."""

    def interpret(self, text: str, rubric: Rubric) -> tuple[Proposal, ...]:
        """What the text says of the rubric's items, at most one proposal an item, in the rubric's order.

        The rubric is in the edition's own language, whichever the person speaks: its units are those of the figures.
        """
        ...
