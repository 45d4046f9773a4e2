"""A record that came in a stranger's file: it becomes a paper only if this program could have made one of it.

Whatever it says is looked at before anything is worked out with it, so that neither time nor memory depends on who
wrote it.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from bot.reports.paper import Paper
from flows.identity import fault, kept
from flows.recording import answers_of
from flows.session import EnergySide, EnergyUse, FirmFact, Record
from flows.text import inert
from locales import LANGUAGES
from scoring.answers import LARGEST_FIGURE, check_answers, check_figures
from scoring.decoding import FARTHEST, read_json
from scoring.editions import BUNDLED, known, load_rubric
from scoring.energy import energy_total
from scoring.errors import AnswersError
from scoring.rubric import Question, Rubric

FORM = 1
RELEASED = re.compile(r"[0-9]+(\.[0-9]+){1,3}((a|b|rc|\.post|\.dev)[0-9]+){0,3}", re.ASCII)
"""A version, which stands on every page; not what somebody would like to stand there."""
SITE = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?", re.ASCII)
"""The address of a page, as the settings take it; it stands on the paper, too."""


class Unread(StrEnum):
    """Why a record is none that a paper can be made of again."""

    DAMAGED = "damaged"
    NEWER = "newer"
    EDITION = "edition"
    NONE = "none"


class RecordError(Exception):
    """A record that cannot be read; `program` and `edition` as it names them, "" if it does not."""

    def __init__(self, why: Unread, program: str = "", edition: str = "") -> None:
        super().__init__(why.value)
        self.why, self.program, self.edition = why, program, edition


def read_record(canonical: bytes) -> Paper:
    """The paper that these bytes are the canonical form of. Raises RecordError."""
    data = object_in(canonical)
    program, edition = _told(data, "program"), _told(data, "rubric")
    newer = data.get("form", FORM) != FORM or _is_newer(program)
    try:
        paper = Paper.model_validate_json(canonical)
        _check(paper)
        whole = paper.canonical() == canonical
    except (ValidationError, AnswersError, LookupError, ValueError):
        whole = False
    if whole:
        return paper
    if newer:
        raise RecordError(Unread.NEWER, program, edition)
    own = edition in known() and edition not in BUNDLED  # another one may have the same name elsewhere
    raise RecordError(Unread.EDITION if own else Unread.DAMAGED, program, edition)


def object_in(content: bytes) -> dict[str, Any]:
    """What a stranger's JSON says, if it is an object. Raises RecordError."""
    try:
        data = read_json(content)
    except AnswersError:
        data = None
    if not isinstance(data, dict):
        raise RecordError(Unread.DAMAGED)
    return data


def _told(data: Mapping[str, Any], name: str) -> str:
    """A word of a stranger's, short and safe to show."""
    told = data.get(name)
    return inert(told[:60]) if isinstance(told, str) else ""


def _is_newer(program: str) -> bool:
    return _numbers(program) > _numbers(version("shuping"))


def _numbers(program: str) -> tuple[int, ...]:
    """ "1.10.2" as numbers; what follows is no matter."""
    parts = program.split(".")[:3]
    return tuple(int(part) if part.isascii() and part.isdecimal() and len(part) < 9 else 0 for part in parts)


def _check(paper: Paper) -> None:
    """Raises AnswersError, LookupError, ValueError, and RecordError for an edition that is not here."""
    for edition in (paper.rubric, *([paper.before.rubric] if paper.before else [])):
        if edition not in known():
            raise RecordError(Unread.EDITION, inert(paper.program), inert(edition))
    rubric = load_rubric(paper.rubric)
    rubric.profile(paper.profile)
    if paper.language not in LANGUAGES:
        raise LookupError("a language that is not here")
    if not (paper.program == version("shuping") or RELEASED.fullmatch(paper.program)):
        raise ValueError("no version")
    if paper.address and not SITE.fullmatch(paper.address):
        raise ValueError("no address")
    if paper.committed and not (paper.submitted and paper.committed == paper.on):
        raise ValueError("committed to on another day")
    if not all(_is_kept(fact, paper.firm.fact(fact)) for fact in FirmFact):
        raise ValueError("a fact that was never taken so")
    _check_record(rubric, paper.record)
    if paper.before:
        _check_record(load_rubric(paper.before.rubric), paper.before.record)


def _is_kept(fact: FirmFact, told: str | None) -> bool:
    """A fact has the form in which facts are kept; a credit code is one that can be."""
    return told is None or (kept(fact, told) == told and fault(fact, told) is None)


def _check_record(rubric: Rubric, record: Record) -> None:
    """Raises AnswersError, LookupError or ValueError for what nobody can have answered."""
    letters = {item: _written(rubric.question.get(item), chosen) for item, chosen in record.choices.items()}
    checked = check_answers(rubric, {"rubric": rubric.id, "answers": letters, "scenarios": record.levels})
    if checked.choices != record.choices or checked.levels != record.levels:
        raise ValueError("not in the form in which answers are kept")
    check_figures(rubric, record.figures)
    answers_of(rubric, record)
    for name, use in record.energy.items():
        if not rubric.calculates(name):
            raise LookupError("a figure that is not worked out of fuels")
        _check_energy(rubric, use)


def _written(question: Question | None, letters: tuple[str, ...]) -> str | list[str]:
    """As in an answer file, whose check says what is wrong with it."""
    return question.kind.written(letters) if question else [*letters]


def _check_energy(rubric: Rubric, use: EnergyUse) -> None:
    amounts = [*_amounts(use)]
    if not all(amount.is_finite() and abs(amount.adjusted()) <= FARTHEST for amount in amounts):
        raise ValueError("an amount beyond all sense")
    if any(amount > LARGEST_FIGURE for amount in amounts):
        raise ValueError("an amount that is too large")
    energy_total(rubric, *(use.side(side) for side in EnergySide))


def _amounts(use: EnergyUse) -> Iterator[Decimal]:
    for side in EnergySide:
        yield from use.side(side).values()
