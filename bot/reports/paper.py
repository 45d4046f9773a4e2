"""What a paper is made of: everything on it follows from this value, and from nothing else.

So the same value gives the same paper, byte by byte; it travels inside the file, and whoever has the file can have the
paper made again.
"""

import json
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import Annotated, Literal

from pydantic import StringConstraints

from flows.recording import answers_of
from flows.session import Firm, Record, Value
from scoring.answers import Answers
from scoring.editions import load_rubric
from scoring.sheet import load_sheet

Short = Annotated[str, StringConstraints(max_length=200)]


def canonical_json(value: object) -> bytes:
    """The one form of a value in which it is digested and signed. Raises TypeError, ValueError, RecursionError."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Earlier(Value):
    """The assessment before this one, perhaps by another edition; `on` is None if nobody knows when that was."""

    rubric: Short
    record: Record
    on: date | None = None

    @cached_property
    def answers(self) -> Answers:
        """In the form that is scored."""
        return answers_of(load_rubric(self.rubric), self.record)


class Paper(Value):
    """Who was assessed, when, by what, and what was answered; in which language it is told.

    `submitted`: nothing more is to come, so that the result is final if all is answered. `committed`: when the firm
    committed itself to the truth of its answers. `program`: the version that made it. `address`: the page where it can
    be checked, "" without one.
    """

    form: Literal[1] = 1
    program: Short
    language: Short
    rubric: Short
    profile: Short
    on: date
    firm: Firm = Firm()
    record: Record = Record()
    submitted: bool = True
    committed: date | None = None
    before: Earlier | None = None
    address: Short = ""

    @cached_property
    def answers(self) -> Answers:
        """In the form that is scored."""
        return answers_of(load_rubric(self.rubric), self.record)

    def follows(self, other: "Paper | None") -> bool:
        """The other one is the assessment that this paper says came before it; None: it says of none."""
        told = self.before
        if told is None or other is None:
            return told is None and other is None
        same_day = told.on is None or told.on == other.on
        return same_day and (told.rubric, told.record) == (other.rubric, other.record)

    def canonical(self) -> bytes:
        """The bytes that are digested and signed: the same for the same answers, in whatever order they were given.

        What says nothing is left out, so that fields to come change none.
        """
        return canonical_json(self.model_dump(mode="json", exclude_defaults=True))


def paper_of(
    answers: Answers,
    on: date,
    language: str,
    *,
    firm: Firm = Firm(),  # noqa: B008  # frozen
    profile: str | None = None,
    before: Earlier | None = None,
    address: str = "",
) -> Paper:
    """The paper of checked answers that were handed in as a whole."""
    return Paper(
        program=version("shuping"),
        language=language,
        rubric=answers.rubric,
        profile=load_sheet(answers.rubric, profile).profile,
        on=on,
        firm=firm,
        record=record_of(answers),
        before=before,
        address=address,
    )


def record_of(answers: Answers) -> Record:
    """Checked answers as they are stored."""
    return Record(choices={**answers.choices}, levels={**answers.levels}, figures={**answers.figures})
