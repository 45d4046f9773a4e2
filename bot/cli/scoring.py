"""`shuping score` and `shuping compare`: answers in, results out."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import to_json

from bot.cli.records import read_records
from bot.words.results import Section, comparison, gap, headline_of, plan, proof
from bot.words.wording import Wording, wording
from flows.text import inert_json
from scoring.answers import Answers, check_answers
from scoring.compare import compare, snapshot
from scoring.decoding import RECORD, read_json
from scoring.errors import AnswersError
from scoring.result import assess
from scoring.result_json import result_json
from scoring.sheet import Sheet, load_sheet

STDIN = "-"
SELDOM = 100_000
"""New objects between two collections of garbage."""


def score(file: str, profile: str, form: str, language: str) -> int:
    """Score a file or standard input. Status 0, or 1 if a record of a batch was refused.

    Raises AnswersError for a single bad record, OSError for a file that cannot be read.
    """
    scorer = Scorer(load_sheet(profile), wording(language), form)
    with _opened(file) as source:
        records = read_records(source, lines=file.endswith((".jsonl", ".ndjson")))
        if not records.batch:
            sys.stdout.write(scorer.one(next(records.entries)))
            return 0
        return scorer.batch(records.entries)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == STDIN:
        yield sys.stdin.buffer
    else:
        with Path(file).open("rb") as source:
            yield source


class Scorer:
    """Scores records under one profile and writes them in one form."""

    def __init__(self, sheet: Sheet, words: Wording, form: str) -> None:
        self._sheet = sheet
        self._words = words
        self._form = form

    def one(self, record: Any) -> str:
        """A single result, indented for people. Raises AnswersError."""
        answers = self._checked(record)
        if self._form == "text":
            return self._text(answers)
        return to_json(result_json(self._sheet, assess(self._sheet, answers)), indent=2).decode() + "\n"

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
                out.write(self._error(error, number))
        out.flush()
        return status

    def _checked(self, record: Any) -> Answers:
        if isinstance(record, AnswersError):
            raise record
        return check_answers(self._sheet.rubric, record)

    def _line(self, record: Any) -> bytes:
        answers = self._checked(record)
        if self._form == "text":
            return self._text(answers).encode() + b"\n"
        return to_json(result_json(self._sheet, assess(self._sheet, answers))) + b"\n"

    def _error(self, error: AnswersError, number: int) -> bytes:
        sentences = [self._words.fault(fault) for fault in error.faults]
        if self._form == "text":
            return f"{number}: {'; '.join(sentences)}\n\n".encode()
        faults = [
            {"field": fault.place, "code": fault.code.value, "message": sentence}
            for fault, sentence in zip(error.faults, sentences, strict=True)
        ]
        told = to_json({"error": {"record": number, "message": "; ".join(sentences), "faults": faults}})
        return inert_json(told.decode()).encode() + b"\n"

    def _text(self, answers: Answers) -> str:
        result = assess(self._sheet, answers)
        parts = [headline_of(result, self._words), gap(result, self._words), plan(result.next, self._words)]
        return "\n".join(map(written, (*parts, *proof(result, self._words))))


def written(section: Section) -> str:
    """A section as plain text."""
    return "\n".join([section.title, *(f"  {line}" for line in section.lines), ""])


def compare_files(before: str, after: str, form: str, language: str) -> int:
    """Print what changed between two files, answers or results. Raises AnswersError, OSError."""
    sheet = load_sheet()
    change = compare(sheet, *(_side(sheet, file) for file in (before, after)))
    if form == "text":
        sys.stdout.write(written(comparison(change, wording(language))))
    else:
        sys.stdout.write(to_json(change, indent=2).decode() + "\n")
    return 0


def _side(sheet: Sheet, file: str) -> Any:
    with _opened(file) as source:
        return snapshot(sheet, read_json(source.read(RECORD + 1)))
