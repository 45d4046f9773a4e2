"""The editions that are here: those that come with the program, and an operator's own in a folder beside them.

The file `<edition>.json` is an edition word for word, in the language that binds; `<edition>.<language>.json` beside it
holds the same texts, by id, in another language; `<edition>.efforts.json` says what its steps cost, and lies beside it,
in an operator's folder, or in both (`scoring.efforts`). Where an operator's editions lie, and with which edition new
assessments begin, is told once, at start (`use`); whatever is under way names its own.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from scoring.decoding import RECORD, read_json, short
from scoring.efforts import Efforts, parse_efforts, with_efforts
from scoring.errors import AnswersError, Fault, FaultCode, MissingEditionError, RubricError, ScoringError
from scoring.rubric import Rubric
from scoring.rubric_check import parse_rubric
from scoring.translation import translated

BUNDLED: Final = ("miit-2024",)
"""Those that come with the program; the first is what new assessments begin with, unless an operator says otherwise."""
DATA: Final = Path(__file__).parent / "data"
ENDING, EFFORTS = ".json", "efforts"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """In which folder each edition lies, with which one new assessments begin, and the folder of the operator's own."""

    folders: Mapping[str, Path]
    current: str
    own: Path = DATA


_shelf = _Shelf(dict.fromkeys(BUNDLED, DATA), BUNDLED[0])


def use(folder: Path | None = None, begin_with: str = BUNDLED[0]) -> None:
    """Look for editions in this folder too, and begin new assessments with this one.

    Everything in the folder is read now, so that nothing turns out to be wrong with it later. Raises RubricError and
    OSError naming the file, MissingEditionError if `begin_with` is not there; then all is as it was.
    """
    global _shelf
    bundled, place = dict.fromkeys(BUNDLED, DATA), folder or DATA
    own = [check_edition(place / f"{edition}{ENDING}").id for edition in _named_in(place)] if folder else []
    shelf = _Shelf({**bundled, **dict.fromkeys(own, place), **bundled}, begin_with, place)
    if begin_with not in shelf.folders:
        raise MissingEditionError(begin_with, [*shelf.folders])
    _shelf = shelf
    for cached in (_official, load_rubric, languages):
        cached.cache_clear()


def _named_in(folder: Path) -> list[str]:
    """The editions that the files of a folder are about; a translation alone is about one that is missing."""
    return sorted({entry.name.partition(".")[0] for entry in folder.iterdir() if entry.suffix == ENDING})


def known() -> tuple[str, ...]:
    """The ids of all editions that are here."""
    return tuple(_shelf.folders)


def current() -> Rubric:
    """The edition of whatever begins now: a new assessment, or answers that name none."""
    return load_rubric(_shelf.current)


def edition_of(data: Any) -> str:
    """The edition that an answer file or a result names; the current one if it names none.

    Raises AnswersError if it names one that is not here.
    """
    named = data.get("rubric", _shelf.current) if isinstance(data, dict) else _shelf.current
    if isinstance(named, str) and named in _shelf.folders:
        return named
    details = {"given": short(str(named)), "expected": ", ".join(known())}
    raise AnswersError([Fault("rubric", FaultCode.WRONG_RUBRIC, details)])


@lru_cache
def load_rubric(edition: str, language: str | None = None) -> Rubric:
    """The edition in a language, or in the official one, if there is no translation or no language is wanted.

    Terms are always matched on the official text. Raises MissingEditionError if the edition is not here.
    """
    official = _official(edition)
    if language in (None, official.language) or language not in languages(edition):
        return official
    return _translation(official, _file(edition, f".{language}"), _shelf.own)


@lru_cache
def languages(edition: str) -> tuple[str, ...]:
    """The languages that an edition can be read in, the official one first."""
    return (_official(edition).language, *_translations(_file(edition)))


def spoken() -> tuple[str, ...]:
    """The languages that the program speaks: those of what comes with it. An edition may lack some, or have others."""
    return languages(BUNDLED[0])


@lru_cache
def _official(edition: str) -> Rubric:
    return _read(_file(edition), _shelf.own)


def _file(edition: str, ending: str = "") -> Path:
    if edition not in _shelf.folders:
        raise MissingEditionError(edition, known())
    return _shelf.folders[edition] / f"{edition}{ending}{ENDING}"


# files


def check_edition(file: Path) -> Rubric:
    """An operator's edition, if all is right with its file, and the translations and efforts beside it.

    These stand for the edition that they belong to; efforts may be of one that comes with the program. Raises
    RubricError and OSError naming the file.
    """
    own, edition = file.parent, file.name.partition(".")[0]
    file = own / f"{edition}{ENDING}"
    only_efforts = edition in BUNDLED and not file.exists() and _efforts_file(own, edition).exists()
    official = _read(DATA / file.name if only_efforts else file, own)
    with _naming(file):
        if official.id in BUNDLED and not only_efforts:
            raise RubricError([Fault("id", FaultCode.EDITION_TAKEN, {"id": official.id})])
    for language in _translations(file):
        _translation(official, own / f"{edition}.{language}{ENDING}", own)
    return official


def _translations(file: Path) -> list[str]:
    """The languages of the translations that lie beside an edition's file."""
    parts = (entry.name.split(".") for entry in file.parent.iterdir() if entry.suffix == ENDING)
    return sorted(rest[0] for edition, *rest in parts if edition == file.stem and len(rest) > 1 and rest[0] != EFFORTS)


def _efforts_file(folder: Path, edition: str) -> Path:
    return folder / f"{edition}.{EFFORTS}{ENDING}"


def _read(file: Path, own: Path) -> Rubric:
    with _naming(file):
        rubric = parse_rubric(_json(file))
        if rubric.id != file.stem:
            raise RubricError([Fault("id", FaultCode.EDITION_NAME, {"id": rubric.id})])
    return _weighed(rubric, file.parent, own)


def _json(file: Path) -> Any:
    """What is in a file, of which no more is read than it may have."""
    with file.open("rb") as source:
        return read_json(source.read(RECORD + 1))


def _weighed(rubric: Rubric, *folders: Path) -> Rubric:
    """With the efforts that lie in these folders, the later ones over the earlier."""
    files = [file for folder in dict.fromkeys(folders) if (file := _efforts_file(folder, rubric.id)).exists()]
    efforts = Efforts()
    for file in files:
        with _naming(file):
            efforts = parse_efforts(_json(file)).over(efforts)
            weighed = parse_rubric(with_efforts(rubric, efforts))
    return weighed if files else rubric


def _translation(official: Rubric, file: Path, own: Path) -> Rubric:
    with _naming(file):
        rubric = parse_rubric(translated(official.model_dump(mode="json"), _json(file)))
        language = file.stem.removeprefix(f"{official.id}.")
        if rubric.language != language:
            details = {"given": short(rubric.language), "expected": language}
            raise RubricError([Fault("language", FaultCode.LANGUAGE_NAME, details)])
    rubric = _weighed(rubric, file.parent, own)
    rubric.__dict__["terms_of"] = official.terms_of
    return rubric


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """What is wrong in a file is told with its name."""
    try:
        yield
    except ScoringError as error:
        raise RubricError(error.faults, str(file)) from None
