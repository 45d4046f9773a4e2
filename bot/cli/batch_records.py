"""From a record of a batch to the paper that it becomes."""

import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.cli.files import opened
from bot.cli.records import Records, read_records
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from flows.session import Firm
from flows.text import tidy
from scoring.answers import Answers, check_answers, labels_of
from scoring.editions import edition_of, load_rubric
from scoring.errors import AnswersError

LINES = (".jsonl", ".ndjson")
"""Endings of files that hold a record a line."""


class BeforeError(Exception):
    """What a firm's answers before are refused for; its cause says what is wrong."""

    def __init__(self, cause: AnswersError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def records_of(file: str, source: Any) -> Records:
    """The records of a file that is open."""
    return read_records(source, lines=file.endswith(LINES))


def counted_in(file: str) -> int:
    """How many records a file has. Raises OSError."""
    with opened(file) as source:
        return sum(1 for _ in records_of(file, source).entries)


def named(record: Any) -> Mapping[str, str]:
    """Whose a record is, as far as it says so, even if it is refused."""
    return labels_of(record)


@dataclass(frozen=True, slots=True)
class Papers:
    """How records become papers: in which language, by which profile, on which day, with what before them."""

    language: str
    profile: str | None
    address: str
    before: "Befores | None"

    def paper(self, record: Any, on: date) -> Paper:
        """Raises AnswersError, and BeforeError for what came before."""
        answers = _checked(record)
        return paper_of(
            answers,
            on,
            self.language,
            firm=Firm(name=tidy(answers.labels.get("firm")) or None),
            profile=self.profile,
            before=self._earlier(answers.labels),
            address=self.address,
        )

    def _earlier(self, labels: Mapping[str, str]) -> Earlier | None:
        found = self.before.of(labels) if self.before else None
        if found is None:
            return None
        try:
            answers = _checked(found)
        except AnswersError as error:
            raise BeforeError(error) from None
        return Earlier(rubric=answers.rubric, record=record_of(answers))


def _checked(record: Any) -> Answers:
    if isinstance(record, AnswersError):
        raise record
    return check_answers(load_rubric(edition_of(record)), record)


class Befores:
    """The answers before, by whose they are: the id, or the firm's name where there is none. They wait on disk."""

    def __init__(self, kept: sqlite3.Connection) -> None:
        self._kept = kept

    def of(self, labels: Mapping[str, str]) -> Any:
        """The record of the same firm; None if there is none."""
        row = self._kept.execute("SELECT record FROM before WHERE whose = ?", (_whose(labels),)).fetchone()
        return pickle.loads(row[0]) if row else None  # noqa: S301  # written below, with every number as it was


@contextmanager
def befores_of(file: str) -> Iterator[Befores]:
    """Read all of a file. Raises AnswersError for what is no JSON, ReportError for who is nobody or twice, OSError."""
    with closing(sqlite3.connect("")) as kept:  # a file of its own, which goes with the connection
        kept.execute("CREATE TABLE before (whose TEXT PRIMARY KEY, record BLOB)")
        with opened(file) as source:
            for number, record in enumerate(records_of(file, source).entries, start=1):
                if isinstance(record, AnswersError):
                    raise record
                _keep(kept, number, record)
        yield Befores(kept)


def _keep(kept: sqlite3.Connection, number: int, record: Any) -> None:
    whose = _whose(labels_of(record))
    if whose is None:
        raise ReportError(ReportTrouble.BATCH_BEFORE, number=number)
    try:
        kept.execute("INSERT INTO before VALUES (?, ?)", (whose, pickle.dumps(record)))
    except sqlite3.IntegrityError:
        raise ReportError(ReportTrouble.BATCH_TWICE, number=number, whose=whose[1:]) from None


def _whose(labels: Mapping[str, str]) -> str | None:
    """An id and a name never meet."""
    if told := tidy(labels.get("id")):
        return f"#{told}"
    name = tidy(labels.get("firm"))
    return f"@{name}" if name else None
