"""How files begin that people hand us: by their first bytes they are known, whatever they are called."""

from typing import Final

PDF: Final = b"%PDF-"
PNG: Final = b"\x89PNG\r\n\x1a\n"
ZIP: Final = b"PK\x03\x04"
"""A workbook, an acceptance pack, an .ods."""
OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
""".xls and .et; and, around what is encrypted, an .xlsx with a password."""
JSON: Final = b"{"
"""One object, as all that we write are; it begins like no other of these."""
LONGEST: Final = 8
"""So many bytes tell."""
