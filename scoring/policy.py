"""Whom the grades concern: what an action plan of the state asks of a kind of firm, and what help it names.

A policy is a data file like a rubric: facts with their source in the official language, texts by id in another.
It says where the state wants firms to go, never what one of them will get; `note` says so to the reader. A grade is
expected of a kind of firm only where the document names a target for it.
"""

import json
from collections.abc import Collection, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from scoring.editions import DATA, load_rubric
from scoring.errors import Fault, FaultCode, PolicyError
from scoring.rubric import Part, Rubric, Text
from scoring.shape import DIRECTIONS, shape_faults

POLICIES = ("policy-2025",)

Grade = Annotated[int, Field(ge=0)]


class Target(Part):
    """A target of the document for the whole country."""

    id: Text
    text: Text
    source: Text


class Expected(Part):
    """A grade that firms of a kind are to reach by a year; with `pilot_only`, only those in the pilot cities.

    `target` is the target that says so.
    """

    grade: Annotated[int, Field(ge=1)]
    year: int
    pilot_only: bool
    target: Text


class Direction(Part):
    """Where a firm at one of the grades `from` to `to` is to go next."""

    start: Annotated[Grade, Field(alias="from")]
    end: Annotated[Grade, Field(alias="to")]
    text: Text
    source: Text


class Kind(Part):
    """A kind of firm; its directions cover every grade once, 0 (no grade) included."""

    id: Text
    name: Text
    expected: Expected | None
    directions: Annotated[tuple[Direction, ...], Field(min_length=1)]
    source: Text

    def direction(self, grade: int) -> Direction:
        """Where a firm at this grade is to go."""
        return next(entry for entry in self.directions if entry.start <= grade <= entry.end)


class Support(Part):
    """Help that a firm may ask about when it works on these items, or on any item of these indicators."""

    id: Text
    text: Text
    indicators: tuple[Text, ...]
    items: tuple[Text, ...]
    source: Text

    def concerns(self, rubric: Rubric) -> frozenset[str]:
        """Ids of the items that it is about."""
        asked = (question.id for question in rubric.questions if question.indicator in self.indicators)
        return frozenset((*asked, *self.items))


class Policy(Part):
    """A document of the state about the grades of one edition (`rubric`), in one language."""

    id: Text
    title: Text
    document: Text
    issuers: Text
    issued: Text
    language: Text
    official: bool
    rubric: Text
    note: Text
    targets: tuple[Target, ...]
    kinds: tuple[Kind, ...]
    support: tuple[Support, ...]

    @cached_property
    def target(self) -> dict[str, Target]:
        """Targets by id."""
        return {target.id: target for target in self.targets}

    @cached_property
    def kind(self) -> dict[str, Kind]:
        """Kinds of firm by id; a firm of another kind is named by none of them."""
        return {kind.id: kind for kind in self.kinds}

    def wanted(self, kind: str | None) -> int | None:
        """The grade that this kind of firm is to reach; where none is named, the lowest that any kind is to reach.

        Titles and subsidies hang on that one. None if the document names no grade.
        """
        own = self.kind[kind].expected if kind in self.kind else None
        named = [own] if own else [entry.expected for entry in self.kinds]
        return min((expected.grade for expected in named if expected), default=None)

    def support_for(self, rubric: Rubric, items: Collection[str]) -> tuple[Support, ...]:
        """The help to ask about when a firm works on these items, such as those of a plan; in the document's order."""
        return tuple(entry for entry in self.support if not entry.concerns(rubric).isdisjoint(items))


@lru_cache
def policy_of(edition: str, language: str) -> Policy | None:
    """The policy about an edition in a language, or in the official one; None if none is known about that edition."""
    return next((load_policy(name, language) for name in POLICIES if load_policy(name).rubric == edition), None)


@lru_cache
def load_policy(policy: str, language: str | None = None) -> Policy:
    """The policy in a language, or in the official one, checked against the edition that it names.

    Raises PolicyError if a file is broken, FileNotFoundError if the policy is not there.
    """
    data = _read(DATA / f"{policy}.json")
    texts = DATA / f"{policy}.{language}.json"
    return parse_policy(translated(data, _read(texts)) if texts.exists() else data)


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def parse_policy(data: Any) -> Policy:
    """Validate policy data; PolicyError lists every fault with its place."""
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        raise PolicyError(shape_faults(error)) from None
    if faults := list(_faults(policy, load_rubric(policy.rubric))):
        raise PolicyError(faults)
    return policy


# what can be wrong


def _faults(policy: Policy, rubric: Rubric) -> Iterator[Fault]:
    for name in ("targets", "kinds", "support"):
        yield from _duplicates(name, [entry.id for entry in getattr(policy, name)])
    for kind in policy.kinds:
        yield from _kind_faults(policy, kind, len(rubric.grades))
    indicators = {indicator.id for indicator in rubric.indicators}
    for entry in policy.support:
        yield from _unknown(f"support.{entry.id}.indicators", entry.indicators, indicators)
        yield from _unknown(f"support.{entry.id}.items", entry.items, rubric.position)


def _duplicates(place: str, ids: list[str]) -> Iterator[Fault]:
    return (Fault(place, FaultCode.DUPLICATE_ID, {"id": name}) for name in sorted(set(ids)) if ids.count(name) > 1)


def _unknown(place: str, names: Collection[str], known: Collection[str]) -> Iterator[Fault]:
    return (Fault(place, FaultCode.UNKNOWN_REFERENCE, {"id": name}) for name in names if name not in known)


def _kind_faults(policy: Policy, kind: Kind, highest: int) -> Iterator[Fault]:
    place = f"kinds.{kind.id}"
    if kind.expected:
        yield from _unknown(f"{place}.expected.target", [kind.expected.target], policy.target)
        grades = [str(grade) for grade in range(1, highest + 1)]
        yield from _unknown(f"{place}.expected.grade", [str(kind.expected.grade)], grades)
    covered = [grade for entry in kind.directions for grade in range(entry.start, entry.end + 1)]
    if covered != list(range(highest + 1)):
        details = {"kind": DIRECTIONS, "given": ", ".join(map(str, covered))}
        yield Fault(f"{place}.directions", FaultCode.SHAPE, details)


# translation


PLAIN = ("title", "document", "issuers", "language", "official", "note")


def translated(data: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """The policy data in the language of `texts`; ids, grades and sources stay the official ones.

    Raises PolicyError naming every text that is missing.
    """
    faults: list[Fault] = []
    result = {**data, **{key: _text(texts, key, key, faults) for key in PLAIN}}
    for name in ("targets", "support"):
        own = texts.get(name, {})
        result[name] = [
            {**entry, "text": _text(own, entry["id"], f"{name}.{entry['id']}", faults)} for entry in data[name]
        ]
    result["kinds"] = [_kind(entry, texts.get("kinds", {}).get(entry["id"], {}), faults) for entry in data["kinds"]]
    if faults:
        raise PolicyError(faults)
    return result


def _text(texts: dict[str, Any], key: str, place: str, faults: list[Fault]) -> Any:
    if key not in texts:
        faults.append(Fault(place, FaultCode.TRANSLATION))
    return texts.get(key)


def _kind(entry: dict[str, Any], texts: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    place = f"kinds.{entry['id']}"
    own = texts.get("directions", [])
    if len(own) != len(entry["directions"]):
        faults.append(Fault(f"{place}.directions", FaultCode.TRANSLATION))
    pairs = zip(entry["directions"], own, strict=False)
    return {
        **entry,
        "name": _text(texts, "name", f"{place}.name", faults),
        "directions": [{**direction, "text": text} for direction, text in pairs],
    }
