"""The register of papers that were handed out: by the code on a paper, what stands on its face."""

from dataclasses import dataclass
from datetime import datetime

from pydantic_core import from_json

LONGEST_CODE, LARGEST_FACE = 40, 4096
"""Characters of a code, and bytes of a face: a paper says no more of itself on its first page."""
MOST_ISSUED = 1_000
"""So many papers are kept of a dossier, the newest."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper: its code, its face as JSON, when it was handed out first, and of which session of the dossier it is.

    The same paper has the same code, in whatever dossier it was made. Raises ValueError for what is no code and no
    face, or larger than these are.
    """

    code: str
    face: str
    at: datetime
    session: str

    def __post_init__(self) -> None:
        if not 0 < len(self.code) <= LONGEST_CODE or not (self.code.isascii() and self.code.isprintable()):
            raise ValueError("a paper has a code that can be typed")
        if len(self.face.encode()) > LARGEST_FACE:
            raise ValueError("a face is small")
        from_json(self.face, allow_inf_nan=False)
