"""Answers read back from a workbook: by the marks in its hidden cells, whatever language it is in and whoever saved it.

Nothing is guessed: what cannot be taken as it stands is a fault that names its cell ("填报表!J23").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from bot.reports.filled import Filled
from bot.reports.workbook import marks
from bot.reports.workbook.archive import not_a_workbook, weighed
from flows.events import Refusal
from flows.identity import fault, kept
from flows.session import FirmFact, FirmKind
from flows.text import tidy
from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue
from scoring.answers import check_answers
from scoring.decoding import read_json, short
from scoring.editions import edition_of, load_rubric
from scoring.errors import AnswersError, Fault, FaultCode
from scoring.rubric import Rubric

KIND = "kind"
"""The one fact of a firm beside `FirmFact`."""
REFUSED = {
    Refusal.CODE_LENGTH: FaultCode.CODE_LENGTH,
    Refusal.CODE_SIGN: FaultCode.CODE_SIGN,
    Refusal.CODE_CHECK: FaultCode.CODE_CHECK,
    Refusal.FACT_LONG: FaultCode.FACT_LONG,
}
NUMBER = re.compile(r"(0|[1-9][0-9]{0,9})(\.[0-9]{0,5}[1-9])?", re.ASCII)
"""A number in a cell that holds text, as spreadsheets write one; pasted tables are full of them."""


def read_workbook(content: bytes) -> Filled:
    """What is filled in, with answers that are checked. Raises AnswersError naming the cells."""
    cells = _cells(content)
    rubric = _rubric(cells)
    reader = _Reader(rubric, cells)
    found = reader.filled()
    try:
        check_answers(rubric, found.answers)
    except AnswersError as error:
        raise AnswersError([reader.placed(fault) for fault in error.faults]) from None
    return found


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in a row of a form: in the columns that are read. `place` is the cell to fill in."""

    place: str
    value: Any
    exact: str = ""


@dataclass(slots=True)
class _Unknown:
    """Stands for a value that nobody knows."""

    text: str = field(default="?")


def _cells(content: bytes) -> dict[str, _Cell]:
    """Everything in the forms of a workbook, by its key."""
    book = weighed(content)
    found: dict[str, _Cell] = {}
    sheets = zip(book.names, book.unknown, _sheets(book.archive), strict=True)
    forms = [(name, unknown, rows) for name, unknown, rows in sheets if rows and rows[0][:1] == [marks.FORM]]
    if not forms:
        raise AnswersError([Fault("", FaultCode.NO_FORM)])
    for name, unknown, rows in forms:
        _take(name, rows, unknown, found)
    return found


def _sheets(archive: bytes) -> list[list[list[Any]]]:
    """The values of all sheets, row by row."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_filelike(BytesIO(archive)) as book:
            return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as error:
        raise not_a_workbook() from error


def _take(sheet: str, rows: list[list[Any]], unknown: frozenset[str], found: dict[str, _Cell]) -> None:
    """The rows of a form that have a key. A key that is there already would be listened to twice: it is refused."""
    columns = {str(mark): column for column, mark in enumerate(rows[0]) if mark != ""}
    doubled = []
    for number, row in enumerate(rows[1:], start=1):
        if not row or row[0] == "":
            continue
        key = str(row[0])
        filled_in = key.partition(".")[0] in (marks.QUESTION, marks.FIGURE, marks.SCENARIO)
        column = columns.get(marks.VALUE if filled_in else marks.TEXT, -1)
        if not 0 <= column < len(row):
            raise AnswersError([Fault("", FaultCode.NO_FORM)])
        place = xl_rowcol_to_cell(number, column)
        value = _Unknown() if place in unknown else row[column]
        exact = row[columns[marks.EXACT]] if marks.EXACT in columns else ""
        if key in found:
            doubled.append(Fault(f"{sheet}!{place}", FaultCode.DOUBLED))
        told = value.strip(marks.BLANKS) if isinstance(value, str) else value
        found[key] = _Cell(f"{sheet}!{place}", told, str(exact))
    if doubled:
        raise AnswersError(doubled)


def _rubric(cells: dict[str, _Cell]) -> Rubric:
    """The edition that the form is of. Raises AnswersError if it is not here."""
    named = cells.get(marks.RUBRIC)
    if named is None:
        raise AnswersError([Fault("", FaultCode.NO_FORM)])
    return load_rubric(edition_of({"rubric": named.value}))


class _Reader:
    """Reads the cells of a form of an edition."""

    def __init__(self, rubric: Rubric, cells: dict[str, _Cell]) -> None:
        self._rubric, self._cells = rubric, cells
        self._faults: list[Fault] = []
        self._missing: dict[str, None] = {}
        """Items and figures with a row that is not there any more: what it held, nobody knows."""
        self._known = {marks.RUBRIC, marks.LANGUAGE, marks.PAPER}
        self._places: dict[str, str] = {}
        """Where a field of the answers stands."""

    def filled(self) -> Filled:
        """All of it. Raises AnswersError naming every cell that cannot be taken."""
        facts = dict(self._facts())
        sections = {
            "answers": dict(self._answers()),
            "figures": dict(self._figures()),
            "scenarios": dict(self._levels()),
        }
        self._faults += [
            Fault(cell.place, FaultCode.UNKNOWN_FIELD) for key, cell in self._cells.items() if key not in self._known
        ]
        if self._missing:
            self._faults.append(Fault("", FaultCode.ROWS_MISSING, {"missing": short(", ".join(self._missing))}))
        if self._faults:
            raise AnswersError(self._downward())
        name = facts.pop(FirmFact.NAME, "")
        return Filled({"rubric": self._rubric.id, **({"firm": name} if name else {}), **sections}, facts)

    def _downward(self) -> list[Fault]:
        """As who corrects them comes upon them: down the first sheet, then down the next."""
        order = {cell.place: number for number, cell in enumerate(self._cells.values())}
        return sorted(self._faults, key=lambda fault: order.get(fault.place, len(order)))

    def placed(self, fault: Fault) -> Fault:
        """A fault of a field, at its cell."""
        details = {key: self._places.get(value, value) for key, value in fault.details.items()}
        return replace(fault, place=self._places.get(fault.place, fault.place), details=details)

    def _cell(self, key: str) -> _Cell | None:
        """The cell of a key, if somebody filled it in."""
        self._known.add(key)
        cell = self._cells.get(key)
        if cell is None:
            self._missing[key.split(".")[1]] = None
        return None if cell is None or cell.value == "" else cell

    # the firm

    def _facts(self) -> Iterator[tuple[str, str]]:
        """The facts that the form has a row for, as they are kept; "" for one that nobody filled in."""
        for name in (KIND, *FirmFact):
            key = f"{marks.FIRM}.{name}"
            self._known.add(key)
            if cell := self._cells.get(key):
                told = self._told(cell, is_code=name == FirmFact.CREDIT_CODE)
                yield str(name), self._kind(cell, told) if name == KIND else self._fact(FirmFact(name), cell, told)

    def _told(self, cell: _Cell, *, is_code: bool) -> str:
        """What was typed; a number is one that lost its form, and, if it is long, digits."""
        if isinstance(cell.value, str):
            return cell.value
        if not _is_number(cell.value):
            details = {"kind": "text", "given": _shown(cell.value)}
            self._faults.append(Fault(cell.place, FaultCode.SHAPE, details))
        elif is_code:
            self._faults.append(Fault(cell.place, FaultCode.CODE_AS_NUMBER, {"given": _shown(cell.value)}))
        else:
            return _shown(cell.value)
        return ""

    def _fact(self, fact: FirmFact, cell: _Cell, told: str) -> str:
        if fact is FirmFact.NAME:  # its length is that of a label of the answers
            self._places["firm"] = cell.place
            return tidy(told)
        if wrong := fault(fact, told):
            self._faults.append(Fault(cell.place, REFUSED[wrong]))
        return kept(fact, told) or ""

    def _kind(self, cell: _Cell, told: str) -> str:
        """A kind of firm, in the language of the form."""
        named = self._cells[marks.LANGUAGE].value if marks.LANGUAGE in self._cells else ""
        text = catalogue(named if named in LANGUAGES else DEFAULT_LANGUAGE)
        names = {text(f"kind.{kind.value}"): kind for kind in FirmKind}
        kinds = {name.casefold(): kind for name, kind in (*names.items(), *((kind.value, kind) for kind in FirmKind))}
        kind = kinds.get(tidy(told).casefold())
        if tidy(told) and kind is None:
            details = {"given": short(told), "expected": ", ".join(names)}
            self._faults.append(Fault(cell.place, FaultCode.UNKNOWN_OPTION, details))
        return kind.value if kind else ""

    # answers

    def _answers(self) -> Iterator[tuple[str, str | list[str]]]:
        for question in self._rubric.questions:
            ticks = {letter: self._cell(f"{marks.QUESTION}.{question.id}.{letter}") for letter in question.letters}
            chosen = {letter: cell for letter, cell in ticks.items() if cell and self._ticked(cell, letter)}
            if not chosen:
                continue
            letters, first = tuple(chosen), next(iter(chosen.values()))
            self._places[f"answers.{question.id}"] = first.place
            if len(letters) > 1 and not question.kind.ticks:
                self._faults.append(Fault(first.place, FaultCode.SEVERAL_CHOSEN, {"letters": ", ".join(letters)}))
            yield question.id, question.kind.written(letters)

    def _ticked(self, cell: _Cell, letter: str) -> bool:
        if isinstance(cell.value, bool):
            return cell.value
        told = _shown(cell.value).casefold()
        ticked = told in {tick.casefold() for tick in marks.ticks_of(letter)}
        if not ticked and told != marks.UNTICKED:
            self._faults.append(Fault(cell.place, FaultCode.UNKNOWN_TICK, {"given": _shown(cell.value)}))
        return ticked

    # figures

    def _figures(self) -> Iterator[tuple[str, Any]]:
        for figure in self._rubric.figures:
            if figure.kind == "series":
                yield from self._series(figure.id)
            elif cell := self._cell(f"{marks.FIGURE}.{figure.id}"):
                self._places[f"figures.{figure.id}"] = cell.place
                yield figure.id, self._number(cell)

    def _series(self, figure: str) -> Iterator[tuple[str, list[Any]]]:
        """The years from the first one that is given; none may be missing after it."""
        keys = [marks.year_key(figure, year) for year in range(1, marks.YEARS + 1)]
        cells = [self._cell(key) for key in keys]
        given = next((place for place, cell in enumerate(cells) if cell), marks.YEARS)
        for key, cell in zip(keys[given:], cells[given:], strict=True):
            if cell is None and key in self._cells:
                self._faults.append(Fault(self._cells[key].place, FaultCode.YEAR_MISSING))
        numbers = [cell for cell in cells if cell]
        if numbers:
            self._places[f"figures.{figure}"] = numbers[-1].place
            self._places |= {f"figures.{figure}.{place}": cell.place for place, cell in enumerate(numbers)}
            yield figure, [self._number(cell) for cell in numbers]

    def _number(self, cell: _Cell) -> Any:
        """A number as it was written, if the cell still holds it; else what the cell holds."""
        if isinstance(cell.value, str) and NUMBER.fullmatch(cell.value):
            return read_json(cell.value)
        if not _is_number(cell.value):
            self._faults.append(Fault(cell.place, FaultCode.NOT_A_NUMBER, {"given": _shown(cell.value)}))
            return 0
        kept = marks.as_kept(cell.value)
        exact = _exact(cell.exact)
        if exact is not None and marks.as_kept(float(exact)) == kept:
            return exact
        return int(kept) if "." not in kept else Decimal(kept)

    # scenarios

    def _levels(self) -> Iterator[tuple[str, int]]:
        for scenario in self._rubric.scenarios:
            cell = self._cell(f"{marks.SCENARIO}.{scenario.id}")
            if cell is None:
                continue
            top = len(scenario.levels)
            level = _shown(cell.value)
            if level in map(str, range(top + 1)):
                self._places[f"scenarios.{scenario.id}"] = cell.place
                yield scenario.id, int(level)
            else:
                details = {"given": level, "expected": f"0–{top}"}
                self._faults.append(Fault(cell.place, FaultCode.UNKNOWN_LEVEL, details))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exact(text: str) -> int | Decimal | None:
    """A number that was written out in full; None if nobody did, or it is none."""
    try:
        number = read_json(text) if text else None
    except AnswersError:
        return None
    return number if isinstance(number, int | Decimal) and not isinstance(number, bool) else None


def _shown(value: Any) -> str:
    if _is_number(value):
        return short(marks.as_kept(value))
    return short(value.text if isinstance(value, _Unknown) else str(value))
