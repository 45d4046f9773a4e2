"""Which characters the papers can print, and which of a name they cannot: known before a page is laid out.

The fonts that come with the program have what `fonts/printed.txt` lists. An operator's own (`SHUPING_FONTS`) may have
more: what they have, the typesetter itself is asked, for those characters alone that ours lack. They are a property of
the process, like the fonts of a system: whoever starts it names their folder once (`use_fonts`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    from typst import Compiler, FontInfo, Fonts

PLACE = Path(__file__).parent
FONTS = PLACE / "fonts"
FAMILIES = ("Noto Sans SC", "Noto Sans TC", "Shuping Rare")
"""What comes with the program, in this order where a text is in simplified characters."""
MISSING = "\u3013"
"""The printer's sign for a missing type."""
SPACES = " \u00a0\u3000\n"
SELECTORS = (*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0)))
"""They choose among the forms of the character before them, and are nothing to be printed."""
QUOTED = re.compile(r'the text `"([^"]*)"`')
"""What an archive cannot show, in the words of the typesetter."""
RANGE = re.compile(r"U\+([0-9A-F]{4,6})(?:-([0-9A-F]{4,6}))?")
EACH = f"#set text(font: {FAMILIES})\n#for sign in sys.inputs.signs.codepoints() [#block(sign)]".replace(
    "'", '"'
).encode()
"""A page with each character on a line of its own, in our fonts and whatever else there is."""


@dataclass
class _Shelf:
    """Where fonts are looked for besides our own."""

    folder: Path | None = None


_shelf = _Shelf()


def use_fonts(folder: Path | None) -> None:
    """Print with the fonts in this folder what ours lack. Raises OSError naming it, if it is none."""
    if folder is not None:
        next(folder.iterdir(), None)
    _shelf.folder = folder


def further_fonts() -> Path | None:
    """The folder of the operator's own fonts, if there is one."""
    return _shelf.folder


def fonts_in(folder: Path | None) -> "Fonts":
    """Our fonts, then those of a folder: of two with the same name, ours is taken."""
    import typst

    folders = [FONTS, *([folder] if folder else [])]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*folders])


def own_fonts(folder: Path) -> list["FontInfo"]:
    """The operator's, as the typesetter sees them."""
    return [font for font in fonts_in(folder).fonts() if font.path and FONTS not in Path(font.path).parents]


def read_ranges(text: str) -> Iterator[str]:
    """The characters of "U+3400-4DBF U+4E00"."""
    for first, last in RANGE.findall(text):
        yield from map(chr, range(int(first, 16), int(last or first, 16) + 1))


@lru_cache
def printed() -> frozenset[str]:
    """What the fonts that come with the program can print."""
    return frozenset((*SPACES, *SELECTORS, *read_ranges((FONTS / "printed.txt").read_text(encoding="ascii"))))


def missing(texts: Iterable[str]) -> str:
    """The characters that cannot be printed, each once, in the order in which they come."""
    ours, folder = printed(), further_fonts()
    suspected = (text for text in texts if not ours.issuperset(text))
    lacking = "".join(dict.fromkeys(sign for text in suspected for sign in text if sign not in ours))
    there = _had(folder, lacking) if folder and lacking else frozenset[str]()
    return "".join(sign for sign in lacking if sign not in there)


@lru_cache(maxsize=1024)
def _had(folder: Path, signs: str) -> frozenset[str]:
    """Those that the fonts of a folder have: PDF/A takes no page with others, and the typesetter names each of these.

    Asked together, since each question takes milliseconds, and a stranger's name may be of a hundred of them.
    """
    import typst

    # controls may be passed over, and private characters are taken by no archive
    asked = "".join(sign for sign in signs if not category(sign).startswith("C"))
    try:
        _asker(folder).compile(input=EACH, format="pdf", pdf_standards="a-2a", sys_inputs={"signs": asked})
    except typst.TypstError as error:
        told = {*QUOTED.findall(error.diagnostic)}
        refused = {sign for sign in asked if not told.isdisjoint(_quoted(sign))}
        return frozenset(asked) - refused if refused else frozenset()
    return frozenset(asked)


def _quoted(sign: str) -> tuple[str, str]:
    """How the typesetter may write it: a mark that stands on no letter by its number."""
    return sign, f"\\u{{{ord(sign):x}}}"


@lru_cache
def _asker(folder: Path) -> "Compiler":
    import typst

    return typst.Compiler(EACH, root=PLACE, font_paths=fonts_in(folder))
