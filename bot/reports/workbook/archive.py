"""A stranger's workbook, weighed before it is read: what it unpacks to, and how far its cells are apart.

Whoever reads cells makes a table as large as the two that are farthest apart. So each sheet is looked through first,
and only what was looked through is handed on, in an archive of our own.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse
from zipfile import ZIP_STORED, ZipFile

from bot.reports.unpacking import UnpackError, members
from scoring.errors import AnswersError, Fault, FaultCode

LARGEST, UNPACKED = 10 << 20, 16 << 20
"""Bytes of a file, and of all XML in it; ours have 200 kB."""
SIGNS = 1_000_000
"""Of "<" and "=" in all XML: so many elements and attributes at most, each of which takes a hundred bytes; ours have
18,000."""
ROWS, COLUMNS, AREA = 5_000, 256, 2_000_000
"""How far down and to the right a cell may stand; ours end before row 200 and column 20. And how many cells there may
be in all sheets together."""
TEXT = 8 << 20
"""Characters of all cells together. A text that many cells share is in the file once, and read for each of them."""
MOST_SHEETS = 100
SHEETS, BOOK, RELATIONS = "xl/worksheets/", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STRINGS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
DECLARED = (b"<!DOCTYPE", b"<!ENTITY", b"\0")
"""What no workbook has: that which makes a little XML very long, also where each character has two bytes."""


class Weighed(NamedTuple):
    """What may be read: an archive of our own, whose sheets are called "0", "1", ...; and of each, in this order, its
    name, and the cells whose value nobody knows: errors, and formulas that were never worked out.
    """

    archive: bytes
    names: tuple[str, ...]
    unknown: tuple[frozenset[str], ...]


class _Sheet(NamedTuple):
    """`area`: the cells of the table that it becomes; `length`: the characters of the shared texts in it."""

    content: bytes
    unknown: frozenset[str]
    area: int
    length: int


def weighed(content: bytes) -> Weighed:
    """The sheets of a workbook, looked through. Raises AnswersError if it is no workbook, or too large.

    Whoever reads them sees these parts alone, under names of ours: what the file calls them, and whether two names
    differ by capitals only, is no matter.
    """
    if len(content) > LARGEST:
        raise not_a_workbook()
    try:
        parts = {name: part for name, part in members(content).items() if name.endswith((".xml", ".rels"))}
        _weigh(parts.values())
        lengths = [*_lengths(parts[STRINGS])] if STRINGS in parts else []
        looked = {part: _looked_at(parts[part], lengths) for part in parts if part.startswith(SHEETS)}
        named = [(name, looked[part]) for name, part in _sheets(parts) if part in looked]
    except (UnpackError, ParseError, LookupError, ValueError) as error:
        raise not_a_workbook() from error
    sheets = [sheet for _, sheet in named]
    if (
        not 0 < len(sheets) <= MOST_SHEETS
        or sum(one.area for one in sheets) > AREA
        or sum(one.length for one in sheets) > TEXT
    ):
        raise not_a_workbook()
    archive = _packed(
        [one.content for one in sheets], {name: parts[name] for name in (STRINGS, STYLES) if name in parts}
    )
    return Weighed(archive, tuple(name for name, _ in named), tuple(one.unknown for one in sheets))


def not_a_workbook() -> AnswersError:
    """The error for whatever cannot be read."""
    return AnswersError([Fault("", FaultCode.NOT_A_WORKBOOK)])


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The names of all sheets with their parts, which only relations tell."""
    targets = {one.get("Id"): one.get("Target", "") for one in fromstring(parts[RELATIONS])}  # noqa: S314  # DECLARED
    for element in fromstring(parts[BOOK]).iter():  # noqa: S314  # DECLARED
        if element.tag.rpartition("}")[2] == "sheet":
            relation = next((value for name, value in element.items() if name.rpartition("}")[2] == "id"), None)
            target = targets[relation]
            yield element.get("name", ""), target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"


def _weigh(parts: Collection[bytes]) -> None:
    """Before any of it is parsed. Raises ValueError."""
    if sum(map(len, parts)) > UNPACKED or sum(part.count(b"<") + part.count(b"=") for part in parts) > SIGNS:
        raise ValueError("too much")
    if any(mark in part for mark in DECLARED for part in parts):
        raise ValueError("a declaration")


def _lengths(strings: bytes) -> Iterator[int]:
    """How long each of the texts is that cells share. Raises ValueError for one in another: who knows their numbers?"""
    inside = False
    for event, element in iterparse(BytesIO(strings), ("start", "end")):  # noqa: S314  # DECLARED
        if element.tag.rpartition("}")[2] == "si":
            if inside is (event == "start"):
                raise ValueError(element.tag)
            inside = event == "start"
            if not inside:
                yield sum(map(len, element.itertext()))
                element.clear()


def _looked_at(content: bytes, lengths: Sequence[int]) -> _Sheet:
    """Looks at every cell: where it stands, how long its text is, and whether its value is known."""
    unknown, down, right, length = set(), 0, 0, 0
    for _, element in iterparse(BytesIO(content)):  # noqa: S314  # DECLARED
        name = element.tag.rpartition("}")[2]
        if name == "row" and int(element.get("r", "1")) > ROWS:
            raise ValueError(element.tag)
        if name == "c":
            place, row, column = _near(element)
            down, right = max(down, row), max(right, column)
            if element.get("t") == "s":
                length += sum(lengths[int(value.text or "")] for value in element if _is(value, "v"))
            if element.get("t") == "e" or _never_worked_out(element):
                unknown.add(place)
            element.clear()
    return _Sheet(content, frozenset(unknown), down * right, length)


def _is(element: Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _near(cell: Element) -> tuple[str, int, int]:
    """Where it stands: as it says, its row, its column."""
    place = cell.get("r", "")
    found = PLACE.fullmatch(place)
    if found is None or int(found[2]) > ROWS or column_of(found[1]) > COLUMNS:
        raise ValueError(place)
    return place, int(found[2]), column_of(found[1])


def column_of(letters: str) -> int:
    """The number of a column, from 1: "A" is 1, "AA" is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _never_worked_out(cell: Element) -> bool:
    names = {child.tag.rpartition("}")[2]: child for child in cell}
    return "f" in names and not (names["v"].text if "v" in names else None) and cell.get("t") != "str"


# an archive of our own

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _packed(sheets: Sequence[bytes], shared: Mapping[str, bytes]) -> bytes:
    """A workbook of these sheets, called by their numbers, and of what they share."""
    paths = [f"worksheets/{number}.xml" for number in range(len(sheets))]
    listed = "".join(f'<sheet name="{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(len(sheets)))
    related = [(f"r{number}", "worksheet", path) for number, path in enumerate(paths)]
    related += [(name, name, f"{name}.xml") for name in ("sharedStrings", "styles") if f"xl/{name}.xml" in shared]
    parts = {
        "_rels/.rels": _relations([("book", "officeDocument", BOOK)]),
        BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'.encode(),
        RELATIONS: _relations(related),
        **{f"xl/{path}": sheet for path, sheet in zip(paths, sheets, strict=True)},
        **shared,
    }
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_STORED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return kept.getvalue()


def _relations(related: Iterable[tuple[str, str, str]]) -> bytes:
    told = (f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{path}"/>' for name, kind, path in related)
    return f'<Relationships xmlns="{PACKAGE}">{"".join(told)}</Relationships>'.encode()
