"""A stranger's workbook, weighed before it is read: what it unpacks to, and how far its cells are apart.

Whoever reads cells makes a table as large as the two that are farthest apart. So each sheet is looked through first,
and only what was looked through is handed on, in an archive of our own.
"""

from collections.abc import Iterator, Mapping
from io import BytesIO
from re import ASCII
from re import compile as pattern
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse
from zipfile import ZIP_STORED, ZipFile

from bot.reports.unpacking import UnpackError, members
from scoring.errors import AnswersError, Fault, FaultCode

LARGEST, UNPACKED = 10 << 20, 16 << 20
"""Bytes of a file, and of all XML in it; ours have 200 kB."""
ROWS, COLUMNS = 5_000, 256
"""How far down and to the right a cell may stand; ours end before row 200 and column 20."""
SHEETS, BOOK, RELATIONS = "xl/worksheets/", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
PLACE = pattern(r"([A-Z]{1,3})([0-9]{1,7})", ASCII)
DECLARED = (b"<!DOCTYPE", b"<!ENTITY", b"\0")
"""What no workbook has: that which makes a little XML very long, also where each character has two bytes."""


def weighed(content: bytes) -> tuple[bytes, dict[str, frozenset[str]]]:
    """The parts of a workbook that are read, in an archive of our own; and of each sheet, by its name, the cells whose
    value nobody knows: errors, and formulas that were never worked out.

    Raises AnswersError if it is no workbook, or too large.
    """
    if len(content) > LARGEST:
        raise not_a_workbook()
    try:
        parts = {name: part for name, part in members(content).items() if name.endswith((".xml", ".rels"))}
        if sum(map(len, parts.values())) > UNPACKED or any(
            mark in part for mark in DECLARED for part in parts.values()
        ):
            raise not_a_workbook()
        unknown = {part: frozenset(_unknown(parts[part])) for part in parts if part.startswith(SHEETS)}
        sheets = {name: unknown[part] for name, part in _sheets(parts) if part in unknown}
    except (UnpackError, ParseError, KeyError, StopIteration, ValueError) as error:
        raise not_a_workbook() from error
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_STORED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return kept.getvalue(), sheets


def not_a_workbook() -> AnswersError:
    """The error for whatever cannot be read."""
    return AnswersError([Fault("", FaultCode.NOT_A_WORKBOOK)])


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The names of all sheets with their parts, which only relations tell."""
    targets = {one.get("Id"): one.get("Target", "") for one in fromstring(parts[RELATIONS])}  # noqa: S314  # DECLARED
    for element in fromstring(parts[BOOK]).iter():  # noqa: S314  # DECLARED
        if element.tag.rpartition("}")[2] == "sheet":
            relation = next(value for name, value in element.items() if name.rpartition("}")[2] == "id")
            target = targets[relation]
            yield element.get("name", ""), target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"


def _unknown(sheet: bytes) -> Iterator[str]:
    """Looks at every cell: where it stands, and whether its value is known."""
    for _, element in iterparse(BytesIO(sheet)):  # noqa: S314  # DECLARED
        name = element.tag.rpartition("}")[2]
        if name == "row" and int(element.get("r", "1")) > ROWS:
            raise ValueError(element.tag)
        if name == "c":
            place = _near(element)
            if element.get("t") == "e" or _never_worked_out(element):
                yield place
            element.clear()


def _near(cell: Element) -> str:
    place = cell.get("r", "")
    found = PLACE.fullmatch(place)
    if found is None or int(found[2]) > ROWS or column_of(found[1]) > COLUMNS:
        raise ValueError(place)
    return place


def column_of(letters: str) -> int:
    """The number of a column, from 1: "A" is 1, "AA" is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _never_worked_out(cell: Element) -> bool:
    names = {child.tag.rpartition("}")[2]: child for child in cell}
    return "f" in names and not (names["v"].text if "v" in names else None) and cell.get("t") != "str"
