"""`shuping score` and `shuping compare`: answers in, results out."""

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic_core import to_json

from bot.cli.files import opened, read_file
from bot.cli.records import read_records
from bot.reports.filled import Filled
from bot.words.doubts import doubts
from bot.words.faults import fault_text
from bot.words.results import comparison, gap, headline_of, plan, proof
from bot.words.sections import Section
from bot.words.wording import wording
from flows.text import inert, inert_json
from locales import catalogue
from scoring.answers import Answers, check_answers, labels_of
from scoring.compare import Snapshot, compare, snapshot
from scoring.editions import edition_of
from scoring.errors import AnswersError
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import Sheet, load_sheet

SELDOM = 100_000
"""New objects between two collections of garbage."""


def score(file: str, profile: str | None, form: str, language: str) -> int:
    """Score a file or standard input. Status 0, or 1 if a record of a batch was refused.

    Raises AnswersError for a single bad record, OSError for a file that cannot be read.
    """
    scorer = Scorer(profile, form, language)
    with opened(file) as source:
        records = read_records(source, file)
        if not records.batch:
            single = scorer.one(next(records.entries))
            sys.stdout.write(single.text)
            sys.stderr.writelines(f"{inert(sentence)}\n" for sentence in single.doubts)
            return 0
        return scorer.batch(records.entries)


class Single(NamedTuple):
    """What is said of a record by itself: its result, and, a sentence each, what may be a slip in its answers."""

    text: str
    doubts: Sequence[str]


class Scorer:
    """Scores records, each by the edition that it names, and writes them in one form."""

    def __init__(self, profile: str | None, form: str, language: str) -> None:
        self._profile = profile
        self._form = form
        self._language = language

    def one(self, record: Any) -> Single:
        """A single result, indented for people. Raises AnswersError."""
        sheet, answers = self._checked(record)
        text = self._text(sheet, answers) if self._form == "text" else _indented(_told(sheet, answers))
        return Single(text, doubts(answers, self._language))

    def batch(self, records: Iterator[Any]) -> int:
        """A result a line, in order; a bad record is an error in its place."""
        status = 0
        out = sys.stdout.buffer
        gc.set_threshold(SELDOM)  # only refused records leave circles, and looking for them costs a tenth of the time
        for number, record in enumerate(records, start=1):
            try:
                out.write(self._line(record))
            except AnswersError as error:
                status = 1
                out.write(self._error(error, number, labels_of(record)))
        out.flush()
        return status

    def _checked(self, record: Any) -> tuple[Sheet, Answers]:
        if isinstance(record, AnswersError):
            raise record
        record = record.answers if isinstance(record, Filled) else record
        sheet = load_sheet(edition_of(record), self._profile)
        return sheet, check_answers(sheet.rubric, record)

    def _line(self, record: Any) -> bytes:
        sheet, answers = self._checked(record)
        if self._form == "text":
            return self._text(sheet, answers).encode() + b"\n"
        told = to_json(_told(sheet, answers))
        return (inert_json(told.decode()).encode() if answers.labels else told) + b"\n"

    def _error(self, error: AnswersError, number: int, labels: Mapping[str, str]) -> bytes:
        sentences = [fault_text(fault, catalogue(self._language)) for fault in error.faults]
        if self._form == "text":
            named = inert(", ".join((str(number), *labels.values())))
            return f"{named}: {'; '.join(sentences)}\n\n".encode()
        faults = [
            {"field": fault.place, "code": fault.code.value, "message": sentence}
            for fault, sentence in zip(error.faults, sentences, strict=True)
        ]
        told = to_json({**labels, "error": {"record": number, "message": "; ".join(sentences), "faults": faults}})
        return inert_json(told.decode()).encode() + b"\n"

    def _text(self, sheet: Sheet, answers: Answers) -> str:
        result, words = assess(sheet, answers), wording(self._language, answers.rubric)
        first = headline_of(result, words)
        if answers.labels:
            named = inert(", ".join(answers.labels.values()))
            first = replace(first, title=words.text("result.of", firm=named, headline=first.title))
        parts = [first, gap(result, words), plan(result.next, words)]
        return "\n".join(map(written, (*parts, *proof(result, words))))


def _told(sheet: Sheet, answers: Answers) -> dict[str, Any]:
    """The result, after the labels of the answers."""
    return {**answers.labels, **result_json(sheet, assess(sheet, answers))}


def _indented(told: dict[str, Any]) -> str:
    return inert_json(to_json(told, indent=2).decode()) + "\n"


def written(section: Section) -> str:
    """A section as plain text."""
    return "\n".join([section.title, *(f"  {line}" for line in section.lines), ""])


def compare_files(before: str, after: str, form: str, language: str) -> int:
    """Print what changed between two files, answers or results. Raises AnswersError, OSError."""
    change = compare(_side(before), _side(after))
    if form == "text":
        sys.stdout.write(written(comparison(change, wording(language, change["rubric"]))))
    else:
        sys.stdout.write(to_json(change, indent=2).decode() + "\n")
    return 0


def _side(file: str) -> tuple[Sheet, Snapshot]:
    data = read_file(file)
    sheet = load_sheet(edition_of(data))
    return sheet, snapshot(sheet, data)
