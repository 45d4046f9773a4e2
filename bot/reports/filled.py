"""What is filled in on a form, told by itself: light to import for who may never see a workbook."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Filled(NamedTuple):
    """`answers` in the shape of an answer file; `facts` of the firm, beside its name, by the names of `Firm`.

    A fact is as it is kept; it is "" where nobody filled it in, and missing where the form has no row for it.
    """

    answers: Any
    facts: Mapping[str, str] = {}

    @property
    def told(self) -> dict[str, str]:
        """The facts that were filled in."""
        return {name: value for name, value in self.facts.items() if value}
