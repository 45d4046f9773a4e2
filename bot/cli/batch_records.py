"""From a record of a batch to the paper that it becomes."""

import pickle
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bot.cli.files import opened, read_filled
from bot.cli.firm import fact_told
from bot.cli.foreign import OTHER_WORKBOOKS
from bot.cli.records import read_records
from bot.reports.errors import ReportError, ReportTrouble
from bot.reports.filled import Filled
from bot.reports.naming import alike
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from flows.identity import LONGEST_FACT
from flows.session import Firm, FirmFact, FirmKind
from flows.text import tidy
from scoring.answers import Answers, check_answers, labels_of
from scoring.decoding import short
from scoring.editions import edition_of, load_rubric
from scoring.errors import AnswersError, Fault, FaultCode

KIND = "kind"
FACTS = (KIND, *(fact.value for fact in FirmFact))
"""What a record may say of its firm, beside the name and the answers."""
WORKBOOK = "workbook"
"""In place of answers: the workbook that holds them, in the folder of the records or below it."""
SINGLE = (".json", ".xlsx", ".xlsm")
"""Endings of files of one firm's answers."""
UNREADABLE = (*OTHER_WORKBOOKS, ".xlsb", ".csv")
"""Endings of what an adviser may have saved a form as by mistake: reading it says what to do."""
NOT_MEANT = (".", "~$")
"""How the names of hidden files begin, and of what Excel and WPS leave beside a file that is open."""


class BeforeError(Exception):
    """What a firm's answers before are refused for; its cause says what is wrong."""

    def __init__(self, cause: AnswersError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class FromFile(NamedTuple):
    """A record that has a file of its own: the file's name without its ending; the answers, or what is wrong.

    Of two files with one name neither is read: who can tell which holds?
    """

    name: str
    record: Any


@contextmanager
def entries_of(source: str) -> Iterator[Iterable[Any]]:
    """The records of a file, or of a folder of answer files and workbooks, by their names. Raises OSError."""
    if Path(source).is_dir():
        files = answer_files(source)
        shared = Counter(alike(path.stem) for path in files)
        yield (_from_file(path, alone=shared[alike(path.stem)] == 1) for path in files)
    else:
        with opened(source) as stream:
            yield map(_with_facts, read_records(stream, source).entries)


def counted_in(source: str) -> int:
    """How many records there are. Raises OSError."""
    if Path(source).is_dir():
        return len(answer_files(source))
    with entries_of(source) as entries:
        return sum(1 for _ in entries)


def answer_files(folder: str) -> list[Path]:
    """What is in a folder, as far as it is meant for answers; not what was saved anew as something readable."""
    files = [path for path in Path(folder).iterdir() if not path.name.startswith(NOT_MEANT) and path.is_file()]
    read = [path for path in files if path.suffix.lower() in SINGLE]
    known = {alike(path.stem) for path in read}
    return sorted([*read, *(path for path in files if _astray(path) and alike(path.stem) not in known)])


def _astray(path: Path) -> bool:
    return path.suffix.lower() in UNREADABLE


def _from_file(path: Path, *, alone: bool) -> FromFile:
    if not alone:
        return FromFile(path.name, ReportError(ReportTrouble.BATCH_TWINS))
    try:
        return FromFile(path.stem, _read(path, path.name))
    except (AnswersError, ReportError) as error:
        return FromFile(path.stem, error)


def _within(folder: Path, name: str) -> Path:
    """A file in a folder, or below it. Raises ReportError: records may come from anybody."""
    try:
        path = (folder / name).resolve()
        inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, RuntimeError, ValueError):
        inside = False
    if not inside:
        raise ReportError(ReportTrouble.BATCH_UNREAD, file=short(name))
    return path


def _with_facts(entry: Any) -> Any:
    """A workbook as a record: what it tells of the firm stands beside the answers."""
    return {**entry.answers, **entry.told} if isinstance(entry, Filled) and isinstance(entry.answers, dict) else entry


def _read(path: Path, name: str) -> Any:
    """The record in one of many files. Raises AnswersError; ReportError if it cannot be opened: others can."""
    try:
        return _with_facts(read_filled(str(path)))
    except OSError as error:
        raise ReportError(ReportTrouble.BATCH_UNREAD, file=short(name)) from error


def named(record: Any) -> Mapping[str, str]:
    """Whose a record is, as far as it says so, even if it is refused; a file's name stands for an id."""
    if isinstance(record, FromFile):
        return labels_of({"id": record.name}) | labels_of(record.record)
    return labels_of(record)


@dataclass(frozen=True, slots=True)
class Papers:
    """How records become papers: in which language, by which profile, with what before them, and when that was.

    `told`: what the command line says of every firm, for those whose record does not say it. `folder`: where the
    workbooks are that records name.
    """

    language: str
    profile: str | None
    address: str
    before: "Befores | None" = None
    before_on: date | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    folder: Path = Path()

    def papers(self, record: Any, on: date) -> tuple[Paper, Paper | None]:
        """What is handed in, and the assessment before it.

        Raises AnswersError, ReportError for a fact that cannot be right, BeforeError for what came before.
        """
        whose, record = named(record), self._filled_in(record.record if isinstance(record, FromFile) else record)
        answers = _checked(_answers_alone(record))
        before, on_before = self._before(whose), self.before_on
        earlier = Earlier(rubric=before.rubric, record=record_of(before), on=on_before) if before else None
        paper = partial(paper_of, language=self.language, firm=self._firm(answers, record), address=self.address)
        after = paper(answers, on, profile=self.profile, before=earlier)
        alike = before is not None and before.rubric == answers.rubric
        return after, paper(before, on_before or on, profile=self.profile if alike else None) if before else None

    def _firm(self, answers: Answers, record: Mapping[str, Any]) -> Firm:
        """By the record, and by the command line."""
        name = tidy(answers.labels.get("firm")) or None
        given = {fact: record[fact] for fact in FACTS if fact in record}
        faults = [Fault(fact, FaultCode.SHAPE, _no_text(value)) for fact, value in given.items() if not _is_text(value)]
        if not faults and given.get(KIND, "") not in ("", *FirmKind):
            options = {"given": given[KIND][:LONGEST_FACT], "expected": ", ".join(FirmKind)}
            faults.append(Fault(KIND, FaultCode.UNKNOWN_OPTION, options))
        if faults:
            raise AnswersError(faults)
        facts = {fact: value for fact, value in given.items() if fact != KIND}
        told = {fact: fact_told(FirmFact(fact), value, fact, self.language) for fact, value in facts.items()}
        return Firm.model_validate({"name": name, **self.told, **{k: v for k, v in {**given, **told}.items() if v}})

    def _filled_in(self, record: Any) -> Any:
        """With what the workbook holds that it names, as far as the record does not say otherwise.

        Raises AnswersError, ReportError if it is not there.
        """
        name = record.get(WORKBOOK) if isinstance(record, dict) else None
        if not isinstance(name, str):
            return record
        there = _read(_within(self.folder, name), name)
        rest = {key: value for key, value in record.items() if key != WORKBOOK}
        doubled = [Fault(key, FaultCode.DOUBLED) for key in there.keys() & rest.keys() - {"firm", "rubric", *FACTS}]
        if doubled:
            raise AnswersError(doubled)
        return {**there, **rest}

    def _before(self, labels: Mapping[str, str]) -> Answers | None:
        found = self.before.of(labels) if self.before else None
        try:
            return None if found is None else _checked(_answers_alone(self._filled_in(found)))
        except AnswersError as error:
            raise BeforeError(error) from None


def _answers_alone(record: Any) -> Any:
    """An answer file, without the facts of the firm, which `score` does not know."""
    if not isinstance(record, dict):
        return record
    return {name: value for name, value in record.items() if name not in FACTS}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _no_text(value: object) -> dict[str, str]:
    return {"kind": "text", "given": short(str(value))}


def _checked(record: Any) -> Answers:
    if isinstance(record, AnswersError | ReportError):
        raise record
    return check_answers(load_rubric(edition_of(record)), record)


class Befores:
    """The answers before, by whose they are: the id, or the firm's name where there is none. They wait on disk."""

    def __init__(self, kept: sqlite3.Connection) -> None:
        self._kept = kept

    def of(self, labels: Mapping[str, str]) -> Any:
        """The record of the same firm, by its id, else by its name; None if there is none."""
        for whose in _calls(labels):
            found = "UPDATE before SET wanted = 1 WHERE whose = ? RETURNING record"
            if row := self._kept.execute(found, (whose,)).fetchone():
                return pickle.loads(row[0])  # noqa: S301  # written below, with every number as it was
        return None

    def unwanted(self) -> list[str]:
        """Whose answers nobody asked for, in their order: a slip in an id leaves a firm without its comparison."""
        rows = self._kept.execute("SELECT whose FROM before WHERE wanted = 0 ORDER BY rowid")
        return [whose[1:] for (whose,) in rows]


@contextmanager
def befores_of(file: str) -> Iterator[Befores]:
    """Read all of a file. Raises AnswersError for what is no JSON, ReportError for who is nobody or twice, OSError."""
    with closing(sqlite3.connect("")) as kept:  # a file of its own, which goes with the connection
        kept.execute("CREATE TABLE before (whose TEXT PRIMARY KEY, record BLOB, wanted INTEGER DEFAULT 0)")
        with entries_of(file) as entries:
            for number, record in enumerate(entries, start=1):
                _keep(kept, number, record)
        yield Befores(kept)


def _keep(kept: sqlite3.Connection, number: int, record: Any) -> None:
    alone = record.record if isinstance(record, FromFile) else record
    if isinstance(alone, AnswersError | ReportError):
        raise alone
    whose = next(iter(_calls(named(record))), None)
    if whose is None:
        raise ReportError(ReportTrouble.BATCH_BEFORE, number=number)
    try:
        kept.execute("INSERT INTO before (whose, record) VALUES (?, ?)", (whose, pickle.dumps(alone)))
    except RecursionError:  # deeper than no answer file is, and not so deep that JSON refuses it
        raise AnswersError([Fault("", FaultCode.TOO_DEEP)]) from None
    except sqlite3.IntegrityError:
        raise ReportError(ReportTrouble.BATCH_TWICE, number=number, whose=whose[1:]) from None


def _calls(labels: Mapping[str, str]) -> list[str]:
    """How a firm is called, the surest first; an id and a name never meet."""
    return [f"{sign}{told}" for sign, name in (("#", "id"), ("@", "firm")) if (told := tidy(labels.get(name)))]
