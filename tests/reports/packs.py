"""Acceptance packs: of any two firms, opened; and one written to standard output by a process of its own."""

import json
import sys
from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from bot.reports.pack import MANIFEST, Pack, pack_file
from bot.reports.signing import NOBODY, Issuer
from scoring.answers import Answers
from tests.reports.firms import EARLIER, of_grade, paper

FIRM = "某某五金制品有限公司"


def pack(
    after: Answers, before: Answers | None = None, language: str = "zh-Hans", firm: str = FIRM, issuer: Issuer = NOBODY
) -> Pack:
    """A pack of these answers, the earlier ones of some months before."""
    earlier = paper(before, language, firm).model_copy(update={"on": EARLIER}) if before else None
    return Pack(paper(after, language, firm, before), earlier, issuer)


@lru_cache
def of_grades(after: int, before: int | None, language: str = "zh-Hans") -> dict[str, bytes]:
    """What is in the pack of firms of these grades, by name."""
    return opened(pack_file(pack(of_grade(after), None if before is None else of_grade(before), language)))


def opened(archive: bytes) -> dict[str, bytes]:
    """The members of a ZIP by name."""
    with ZipFile(BytesIO(archive)) as files:
        return {name: files.read(name) for name in files.namelist()}


def manifest(files: dict[str, bytes]) -> Any:
    """Of a pack."""
    return json.loads(files[MANIFEST])


if __name__ == "__main__":
    sys.stdout.buffer.write(pack_file(pack(of_grade(3), of_grade(1))))
