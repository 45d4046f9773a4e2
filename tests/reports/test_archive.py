"""PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1): what a validator says, and what it does not look at.

The validator is pdf_oxide, which is not ours, and shares no code with typst. It looks at the marks of the standard in
XMP, at fonts that are not inside, at the roots of tags and language, at the title, encryption, scripts and
attachments; the seeded faults below are what it was seen to refuse. It does not look at the output intent, at what
glyphs stand for, at limits, at the tags of single tables, headings and drawings, or at what stands on a page outside
of them: those rules are tried here one by one, each with its clause. veraPDF, which knows all of them, is neither on
PyPI nor on npm nor in Debian.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from pdf_oxide import PdfDocument
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from bot.reports.compose import compose
from bot.reports.document import document
from bot.reports.pack import Pack
from bot.reports.render import Piece, render
from bot.reports.signing import Issuer
from tests.reports.firms import BY_FIGURES, HOSTILE, LONG, RARE, UNKNOWN, of_grade, paper
from tests.reports.keys import OPERATOR

LONGEST_STRING, LONGEST_NAME, DEEPEST = 32_767, 127, 28
"""ISO 19005-2, 6.1.13: bytes of a string, of a name; how deep `q` may be nested."""
STANDARD = {
    *("Document", "Part", "Sect", "Div", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private", "BlockQuote"),
    *("P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD"),
    *("THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "Code", "Link", "Annot", "Figure", "Formula"),
}
"""Structure types of ISO 32000-1, 14.8.4."""
XMP = {
    "part": "{http://www.aiim.org/pdfa/ns/id/}part",
    "conformance": "{http://www.aiim.org/pdfa/ns/id/}conformance",
    "accessible": "{http://www.aiim.org/pdfua/ns/id/}part",
}
ISSUER = Issuer("https://shuping.example", OPERATOR)
PAPERS = {
    "grade 3 and before": paper(of_grade(3), before=of_grade(1)),
    "figures in English": paper(BY_FIGURES, "en", firm=LONG, before=of_grade(4)),
    "rare and traditional": paper(of_grade(2), "zh-Hant", firm=RARE + UNKNOWN),
    "hostile and nothing": paper(of_grade(0), firm=HOSTILE),
}
PACKS = {
    "": Pack(PAPERS["grade 3 and before"], paper(of_grade(1)), ISSUER),
    " in English, nothing before": Pack(paper(of_grade(4), "en"), None, ISSUER),
}
PIECES = {
    f"{drawn.kind}{which}": drawn
    for which, pack in PACKS.items()
    for drawn in pack.drawn()
    if drawn.kind in {Piece.COMPARISON, Piece.FORM, Piece.RECORD}
}
EVERY = pytest.mark.parametrize("name", [*PAPERS, *PIECES])


@lru_cache
def made(name: str) -> bytes:
    if name in PAPERS:
        return document(compose(PAPERS[name], ISSUER.seal(PAPERS[name])))
    return render(PIECES[name].kind, PIECES[name].content)


@lru_cache
def read(name: str) -> PdfReader:
    return PdfReader(BytesIO(made(name)), strict=True)


def catalog(name: str) -> Any:
    return read(name).trailer["/Root"]


def objects(name: str) -> Iterator[Any]:
    """Every object of the file, once."""
    reader = read(name)
    waiting: list[Any] = [reader.trailer]
    seen = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        yield found
        if isinstance(found, DictionaryObject):
            waiting += [found.raw_get(key) for key in found]
            yield from map(NameObject, found)
        elif isinstance(found, ArrayObject):
            waiting += list(found)


def dictionaries(name: str, **entries: str) -> list[Any]:
    """Those with these entries."""
    return [
        found
        for found in objects(name)
        if isinstance(found, DictionaryObject)
        and all(found.get(f"/{key}") == f"/{value}" for key, value in entries.items())
    ]


# what a validator says


def refused(content: bytes) -> list[str]:
    """What the validator has against a file as PDF/A-2a or as PDF/UA-1: nothing, if it takes it."""
    opened = PdfDocument.from_bytes(content)
    verdicts = opened.validate_pdf_a("2a"), opened.validate_pdf_ua()
    for verdict in verdicts:
        assert verdict["valid"] is not bool(verdict["errors"])
    return [error for verdict in verdicts for error in verdict["errors"]]


@EVERY
def test_a_validator_takes_it(name: str) -> None:
    assert refused(made(name)) == []


def sheet_with(fault: Callable[[PdfWriter], object]) -> bytes:
    """The smallest of the papers, saved by another program that did something to it."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(made("record"))))
    fault(writer)
    saved = BytesIO()
    writer.write(saved)
    return saved.getvalue()


def without(entry: str) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.root_object.pop(NameObject(entry))


def without_marks_of_the_standard(writer: PdfWriter) -> None:
    stream: Any = writer.root_object["/Metadata"]
    stream.set_data(stream.get_data().replace(b"pdfaid:", b"other:"))


def without_one_font(writer: PdfWriter) -> None:
    descriptor = next(each for each in every_dictionary(writer) if each.get("/Type") == "/FontDescriptor")
    del descriptor[next(key for key in descriptor if key.startswith("/FontFile"))]


def not_marked(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/MarkInfo")] = DictionaryObject({NameObject("/Marked"): BooleanObject(value=False)})


def with_a_script(writer: PdfWriter) -> None:
    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def every_dictionary(writer: PdfWriter) -> Iterator[DictionaryObject]:
    return (each for each in writer._objects if isinstance(each, DictionaryObject))


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        pytest.param(without("/Metadata"), "XMP-001", id="no XMP"),
        pytest.param(without_marks_of_the_standard, "XMP-002", id="XMP without part and level"),
        pytest.param(without_one_font, "FONT-001", id="a font that is not inside"),
        pytest.param(not_marked, "STRUCT-001", id="not marked"),
        pytest.param(without("/StructTreeRoot"), "STRUCT-001", id="no tree of tags"),
        pytest.param(without("/Lang"), "STRUCT-003", id="no language"),
        pytest.param(without("/StructTreeRoot"), "UA-DOC-001", id="no tree of tags, for readers that speak"),
        pytest.param(without("/Lang"), "UA-DOC-002", id="no language, for readers that speak"),
        pytest.param(without("/ViewerPreferences"), "UA-DOC-004", id="the name of the file instead of the title"),
        pytest.param(with_a_script, "CONTENT-002", id="a script"),
        pytest.param(lambda writer: writer.encrypt("", "owner"), "CONTENT-005", id="encrypted"),
        pytest.param(lambda writer: writer.add_attachment("a.txt", b"a"), "FILE-001", id="an attachment"),
    ],
)
def test_the_validator_refuses_what_is_wrong(fault: Callable[[PdfWriter], object], complaint: str) -> None:
    assert complaint in "".join(refused(sheet_with(fault)))


def test_the_validator_takes_a_sheet_that_is_only_saved_anew() -> None:
    """So what it refuses above is the fault, and not the other program."""
    assert refused(sheet_with(lambda _writer: None)) == []


# what it does not look at


@EVERY
def test_the_file_is_whole_and_open(name: str) -> None:
    """6.1.2 (header), 6.1.3 (trailer): a comment of bytes beyond ASCII, an identity, no encryption, no more."""
    content = made(name)
    assert re.match(rb"%PDF-1\.[4-7]\n%[\x80-\xff]{4,}", content)
    assert content.rstrip().endswith(b"%%EOF")
    assert content.count(b"%%EOF") == 1
    trailer: Any = read(name).trailer
    assert len(trailer["/ID"]) == 2
    assert "/Encrypt" not in trailer


@EVERY
def test_it_says_what_it_is(name: str) -> None:
    """6.6.2, 6.6.4: XMP in the clear, which says part and level, and the same as the dictionary of information.

    ISO 14289-1, 5: and that it is the first part of PDF/UA, too.
    """
    stream = catalog(name)["/Metadata"]
    assert "/Filter" not in stream
    assert (stream["/Type"], stream["/Subtype"]) == ("/Metadata", "/XML")
    xmp = ElementTree.fromstring(stream.get_data())  # noqa: S314  # our own
    assert {key: xmp.findtext(f".//{tag}") for key, tag in XMP.items()} == {
        "part": "2",
        "conformance": "A",
        "accessible": "1",
    }
    info: Any = read(name).metadata
    told = "".join(xmp.itertext())
    for key in ("/Title", "/Author", "/Creator", "/Keywords"):
        assert key not in info or str(info[key]) in told, key


@EVERY
def test_colours_mean_the_same_everywhere(name: str) -> None:
    """6.2.3: one output intent, with a profile in it."""
    (intent,) = catalog(name)["/OutputIntents"]
    intent = intent.get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].get_object()
    assert profile.get_data()[36:40] == b"acsp"
    assert profile["/N"] in {1, 3, 4}


@EVERY
def test_every_font_is_inside(name: str) -> None:
    """6.2.11.4: embedded, as a subset that is named so; 6.2.11.7: with the characters that its glyphs stand for."""
    descriptors = dictionaries(name, Type="FontDescriptor")
    assert descriptors
    for descriptor in descriptors:
        assert re.match(r"/[A-Z]{6}\+", descriptor["/FontName"])
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()
    fonts = dictionaries(name, Type="Font")
    pages: Any = read(name).pages
    for font in fonts:
        assert "/FontDescriptor" in font or font["/Subtype"] == "/Type0"
        assert font["/Subtype"] != "/Type0" or "/ToUnicode" in font
    used = {id(font.get_object()) for page in pages for font in page["/Resources"]["/Font"].values()}
    assert used <= {*map(id, fonts)}


@EVERY
def test_every_glyph_means_characters(name: str) -> None:
    """6.2.11.7.2: none stands for nothing, and none for a code that Unicode forbids."""
    text = "".join(page.extract_text() for page in read(name).pages)
    assert text
    assert not {"\x00", "\ufeff", "\ufffe", "\ufffd"} & {*text}


@EVERY
def test_nothing_moves_or_leads_outside(name: str) -> None:
    """6.1.7.1, 6.5, 6.9: no scripts, actions, forms, sounds, attachments or streams in other files."""
    for found in dictionaries(name):
        assert not {"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/AF", "/EF", "/OPI", "/PS"} & found.keys()
        assert found.get("/S") not in {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData"}
        assert found.get("/Interpolate", False) in (False, None)
        if isinstance(found, StreamObject):
            assert not {"/F", "/FFilter", "/FDecodeParms"} & found.keys()
            assert "/LZWDecode" not in str(found.get("/Filter"))
    assert "/AcroForm" not in catalog(name)
    for annotation in dictionaries(name, Type="Annot"):
        assert annotation["/Subtype"] == "/Link"
        assert annotation["/F"] & 0b100, "6.3.2: it is printed"


@EVERY
def test_numbers_of_things_stay_below_their_limits(name: str) -> None:
    """6.1.13."""
    for found in objects(name):
        if isinstance(found, TextStringObject | ByteStringObject):
            raw = found.original_bytes
            assert len(raw) <= LONGEST_STRING
        elif isinstance(found, NameObject):
            assert len(found.encode()) <= LONGEST_NAME
    for page in read(name).pages:
        depth = 0
        for _, operator in ContentStream(page.get_contents(), read(name)).operations:
            depth += {b"q": 1, b"Q": -1}.get(operator, 0)
            assert 0 <= depth <= DEEPEST


@EVERY
def test_it_can_be_read_aloud(name: str) -> None:
    """6.7: marked, in a language, in a tree of types that every reader knows; drawings are told in words."""
    root = catalog(name)
    assert root["/MarkInfo"]["/Marked"] is True or str(root["/MarkInfo"]["/Marked"]) == "True"
    assert re.fullmatch(r"(zh|en)(-[A-Za-z]+)*", root["/Lang"])
    roles = root["/StructTreeRoot"].get("/RoleMap", {})
    elements = [found for found in dictionaries(name) if "/P" in found and "/S" in found and "/K" in found]
    for element in elements:
        kind = element["/S"]
        assert str(roles.get(kind, kind)).removeprefix("/") in STANDARD, kind
        assert kind != "/Figure" or str(element.get("/Alt", "")).strip()
        assert kind != "/TR" or {str(cell.get_object()["/S"]) for cell in element["/K"]} <= {"/TH", "/TD"}
    assert {"/P", "/TR"} & {str(element["/S"]) for element in elements}


@EVERY
def test_everything_on_a_page_is_in_the_tree_or_is_no_content(name: str) -> None:
    """6.7.3: text and drawings stand between marks."""
    for page in read(name).pages:
        assert "/StructParents" in page
        inside = 0
        for _, operator in ContentStream(page.get_contents(), read(name)).operations:
            inside += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
            assert inside >= 0
            if operator in {b"Tj", b"TJ", b"'", b'"', b"Do", b"S", b"s", b"f", b"f*", b"B", b"b", b"B*", b"b*", b"sh"}:
                assert inside, f"{operator!r} outside of any mark"
        assert inside == 0


# ISO 14289-1, PDF/UA-1: what a reader that speaks needs besides


def elements(name: str) -> Iterator[Any]:
    """The elements of the tree, in the order in which they are read."""
    waiting = [catalog(name)["/StructTreeRoot"]["/K"]]
    while waiting:
        found = waiting.pop().get_object()
        if isinstance(found, ArrayObject):
            waiting += [entry for entry in reversed(found) if isinstance(entry, IndirectObject | DictionaryObject)]
        elif isinstance(found, DictionaryObject) and "/S" in found:
            yield found
            waiting += [found.raw_get("/K")] if "/K" in found else []


@EVERY
def test_a_window_shows_the_title(name: str) -> None:
    """7.1: the title, not the name of the file, is what a window is called; it is what the first line says."""
    assert catalog(name)["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    information: Any = read(name).metadata
    assert information.title
    assert [str(element["/S"]) for element in elements(name)][:2] == ["/Document", "/Title"]


@EVERY
def test_headings_are_steps_of_one_stair(name: str) -> None:
    """7.4.2: from the first level down, none left out; a single page of a few lines may have none."""
    levels = [int(element["/S"][2:]) for element in elements(name) if re.fullmatch("/H[1-6]", element["/S"])]
    assert levels or len(read(name).pages) == 1
    assert all(level <= before + 1 for before, level in zip([0, *levels], levels, strict=False))


@EVERY
def test_every_table_says_what_its_columns_are(name: str) -> None:
    """7.5: it has cells of heads, none of which is mute, and every other cell says under which it stands."""
    tables = [element for element in elements(name) if element["/S"] == "/Table"]
    for table in tables:
        rows = [each for each in inside(table) if each["/S"] == "/TR"]
        cells = [cell.get_object() for row in rows for cell in row["/K"]]
        heads = [cell for cell in cells if cell["/S"] == "/TH"]
        assert heads
        assert all(head.get("/K") for head in heads)
        assert all(attribute(cell, "/Headers") for cell in cells if cell["/S"] == "/TD")


def inside(element: Any) -> Iterator[Any]:
    """The elements below one."""
    below = element.get("/K", [])
    for entry in below if isinstance(below, ArrayObject) else [below]:
        found = entry.get_object()
        if isinstance(found, DictionaryObject) and found.get("/S"):
            yield found
            yield from inside(found)


def attribute(element: Any, name: str) -> Any:
    """An attribute of an element, of which it may have several sets."""
    sets = element.get("/A", [])
    found = [each.get_object().get(name) for each in (sets if isinstance(sets, ArrayObject) else [sets])]
    return next((value for value in found if value), None)
