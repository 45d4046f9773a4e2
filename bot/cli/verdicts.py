"""What is known of a paper, for whoever asked: as lines, and as data for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from babel.dates import format_date

from bot.reports.face import SHOWN, Face
from bot.reports.register import face_in
from bot.reports.verdict import VALID, Finding, Keys, Verdict
from locales import Catalogue
from storage.issued import Issued


@dataclass(frozen=True, slots=True)
class Told:
    """`data` holds the same as `lines`, under names that do not depend on the language."""

    lines: tuple[str, ...]
    data: dict[str, Any]

    @property
    def genuine(self) -> bool:
        """It is what it says, and whose it says, as far as anybody can know here."""
        return self.data["genuine"] is True


def of_file(verdict: Verdict, keys: Keys, text: Catalogue) -> Told:
    """What a file is."""
    return Told(tuple(_lines(verdict, text)), _data(verdict, keys))


def of_code(code: str, issued: Issued | None, text: Catalogue) -> Told:
    """What the register says of a code. Raises DamagedRowError."""
    if issued is None:
        data = {"genuine": False, "finding": "unknown", "code": code}
        return Told((text("verify.code.unknown", code=code),), data)
    face = face_in(issued)
    said = text("verify.code.known", at=_day(issued.at.astimezone().date(), text))
    data = {"genuine": True, "finding": "known", "at": issued.at.isoformat(), "face": _shown(face)}
    return Told((said, "", *_face_lines(face, text)), data)


def _lines(verdict: Verdict, text: Catalogue) -> Iterator[str]:
    program = verdict.face.program if verdict.face else verdict.program
    known = {"program": program, "version": version("shuping"), "edition": verdict.edition}
    yield text(f"verify.finding.{verdict.finding.value}", **known)
    if verdict.others:
        names = text("list.separator").join(verdict.others)
        yield text("verify.cells" if verdict.finding is Finding.FILLED else "verify.others", names=names)
    if verdict.signature:
        yield text(f"verify.signature.{verdict.signature.value}")
    if verdict.signature in VALID and verdict.finding is not Finding.GENUINE:
        yield text("verify.signed_record")
    if verdict.face:
        yield from ("", *_face_lines(verdict.face, text))


def _face_lines(face: Face, text: Catalogue) -> Iterator[str]:
    """The words of the paper, each under its name."""
    told = {**_shown(face), "on": _day(face.on, text)}
    for name, value in told.items():
        if value:
            yield text("verify.line", name=text(f"verify.face.{name}"), value=value)


def _data(verdict: Verdict, keys: Keys) -> dict[str, Any]:
    known: dict[str, Any] = {"genuine": verdict.genuine(keys), "finding": verdict.finding.value}
    if verdict.signature:
        known["signature"] = verdict.signature.value
    if verdict.others:
        known["others"] = [*verdict.others]
    if verdict.face:
        known |= {"program": verdict.face.program, "face": _shown(verdict.face)}
    elif verdict.program:
        known |= {"program": verdict.program, "edition": verdict.edition}
    return known


def _shown(face: Face) -> dict[str, str]:
    shown: dict[str, str] = face.model_dump(mode="json", include={*SHOWN})
    return {name: shown[name] for name in SHOWN}


def _day(on: date, text: Catalogue) -> str:
    return format_date(on, "medium", locale=text.language.replace("-", "_"))
