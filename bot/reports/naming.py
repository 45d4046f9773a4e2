"""Names of files for firms, safe on every system that a folder of reports may be copied to.

No name has a sign that Windows, macOS or Linux refuse, none leads out of its folder, is hidden, or is taken for an
option: they begin with the record's number, which makes them differ, too, and keeps them off the names that Windows
reserves; or, where each record has a file of its own, with the name of that, so that one more file moves no other.
"""

from collections.abc import Collection, Mapping
from unicodedata import normalize

from flows.text import tidy

FORBIDDEN = frozenset('/\\:*?"<>|')
LONGEST = 120
"""Bytes of UTF-8, with the ending; file systems take 255, and what is copied about gets longer paths."""
LONGEST_ID = 40
GUARD = "_"
RESERVED = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³"))
)
"""What Windows takes for a device, whatever the ending."""
ENDING = 5
""" ".xlsx"."""
LONGEST_FILE = LONGEST - ENDING - len(GUARD)
"""Bytes of the name of a file of answers that are kept."""
DIGITS = 4
"""Of the number; so many records sort by it."""


def stem_of(number: int, labels: Mapping[str, str]) -> str:
    """The name of a record's files without their ending: "0007-A12-某某五金厂"."""
    parts = [f"{number:0{DIGITS}}"]
    if told := _cut(_plain(labels.get("id", "")), LONGEST_ID):
        parts.append(told)
    left = LONGEST - ENDING - len("-".join([*parts, ""]).encode())
    if firm := _cut(_plain(labels.get("firm", "")), left):
        parts.append(firm)
    return "-".join(parts)


def stem_of_file(name: str, taken: Collection[str] = ()) -> str:
    """The same, by the name of the file of answers; `taken`: stems that are somebody else's.

    Files that are not `alike` have different ones.
    """
    stem = _cut(_plain(name), LONGEST_FILE)
    reserved = stem.casefold() in map(str.casefold, taken) or stem.partition(".")[0].strip().upper() in RESERVED
    return stem if stem[:1].isalnum() and not reserved else GUARD + stem


def alike(name: str) -> str:
    """What names have in common that may be the same on some system."""
    return _cut(_plain(name), LONGEST_FILE).casefold()


def _plain(text: str) -> str:
    """Composed, as most systems keep it; a sign that some system refuses becomes "_"."""
    return "".join("_" if sign in FORBIDDEN else sign for sign in tidy(normalize("NFC", text)))


def _cut(text: str, most: int) -> str:
    """So many bytes at most, whole characters; Windows drops dots and spaces at the end."""
    return text.encode()[:most].decode(errors="ignore").rstrip(" .")
