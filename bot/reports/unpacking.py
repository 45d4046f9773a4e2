"""What a ZIP from anybody holds, within bounds: a workbook, or an acceptance pack."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MOST, LARGEST, DIRECTORY = 200, 64 << 20, 64 << 10
"""Members, the bytes of all together, and the bytes of the list of them; our packs have a tenth of that."""
END, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
WIDE, WIDE_SIZE = b"PK\x06\x07", 20
"""Stands right before the end where sizes have more than 32 bits."""
ENCRYPTED = 1


class UnpackError(Exception):
    """A file that cannot be taken apart, or is not to be; `large`: it would take too much."""

    def __init__(self, *, large: bool = False) -> None:
        super().__init__("too large" if large else "damaged")
        self.large = large


def members(content: bytes) -> dict[str, bytes]:
    """The files in a ZIP, by their names, in its order. Raises UnpackError."""
    _look_ahead(content)
    found: dict[str, bytes] = {}
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST:
                raise UnpackError(large=True)
            for entry in entries:
                if entry.filename in found:
                    raise UnpackError
                found[entry.filename] = _read(archive, entry, LARGEST - sum(map(len, found.values())))
    except (BadZipFile, EOFError, OSError, RuntimeError, ValueError, NotImplementedError, zlib.error) as error:
        raise UnpackError from error
    return found


def _look_ahead(content: bytes) -> None:
    """The list of members is read as a whole by zipfile: what the end says of its size is looked at before.

    An end that is cut short may stand in another one, which zipfile would take.
    """
    end = content.rfind(END, -END_SIZE - LONGEST_COMMENT)
    if not 0 <= end <= len(content) - END_SIZE or WIDE in content[-WIDE_SIZE - END_SIZE - LONGEST_COMMENT :]:
        raise UnpackError
    if int.from_bytes(content[end + 12 : end + 16], "little") > DIRECTORY:
        raise UnpackError(large=True)


def _read(archive: ZipFile, entry: ZipInfo, most: int) -> bytes:
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnpackError
    with archive.open(entry) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise UnpackError(large=True)
    return content
