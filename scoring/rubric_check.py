"""Does a rubric hold together? Every fault is reported with its place; an empty list means yes."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from scoring.errors import Fault, FaultCode, RubricError
from scoring.rubric import Change, Question, Rubric, Share
from scoring.shape import shape_faults

MOST_ITEMS = 99
"""People type an item's number in two digits."""
RESERVED = "operations"
"""The page of the review that lists the scenarios; no dimension has this id."""


def parse_rubric(data: Any) -> Rubric:
    """Validate rubric data; RubricError lists every fault with its place."""
    try:
        rubric = Rubric.model_validate(data)
    except ValidationError as error:
        raise RubricError(shape_faults(error)) from None
    if faults := check(rubric):
        raise RubricError(faults)
    return rubric


def check(rubric: Rubric) -> list[Fault]:
    """All faults of a rubric whose shape is right."""
    return [fault for look in CHECKS for fault in look(rubric)]


def _duplicates(rubric: Rubric) -> Iterator[Fault]:
    lists: dict[str, Iterable[str]] = {
        "dimensions": (*(entry.id for entry in rubric.dimensions), RESERVED),
        "indicators": (entry.id for entry in rubric.indicators),
        "figures": (entry.id for entry in rubric.figures),
        "questions and scenarios": (
            *(question.id for question in rubric.questions),
            *(scenario.id for scenario in rubric.scenarios),
        ),
        "profiles": (entry.id for entry in rubric.profiles),
        "energy": (entry.id for entry in rubric.energy),
        "glossary": (entry.term for entry in rubric.glossary),
    }
    for place, ids in lists.items():
        seen: set[str] = set()
        for entry in ids:
            if entry in seen:
                yield Fault(place, FaultCode.DUPLICATE_ID, {"id": entry})
            seen.add(entry)


def _references(rubric: Rubric) -> Iterator[Fault]:
    dimensions = {dimension.id for dimension in rubric.dimensions}
    indicators = {indicator.id for indicator in rubric.indicators}
    example = rubric.energy_example.consumed if rubric.energy_example else {}
    named: list[tuple[str, str, Container[str]]] = [
        *((f"indicators.{entry.id}.dimension", entry.dimension, dimensions) for entry in rubric.indicators),
        *((f"questions.{entry.id}.indicator", entry.indicator, indicators) for entry in rubric.questions),
        *(
            (f"questions.{entry.id}.figures", name, rubric.figure)
            for entry in rubric.questions
            for name in _figures_named(entry)
        ),
        *(
            (f"figures.{entry.id}.year_of", entry.year_of.series, rubric.figure)
            for entry in rubric.figures
            if entry.year_of
        ),
        *_told(rubric),
        *(("energy_example.consumed", fuel, rubric.fuel) for fuel in example),
    ]
    return (_unknown(place, name) for place, name, known in named if name not in known)


def _unknown(place: str, name: str) -> Fault:
    return Fault(place, FaultCode.UNKNOWN_REFERENCE, {"id": name})


def _told(rubric: Rubric) -> Iterator[tuple[str, str, Container[str]]]:
    """What plain words and help say of an option or a level, beside the options and levels there are."""
    for name, entries in (("questions", rubric.questions), ("scenarios", rubric.scenarios)):
        for entry in entries:
            keys = entry.official if name == "questions" else ("0", *entry.official)
            words = {"ask", *keys, *(f"{key}.short" for key in keys)}
            yield from ((f"{name}.{entry.id}.plain", key, words) for key in entry.plain)
            yield from (
                (f"{name}.{entry.id}.help.choices", key, keys) for key in (entry.help.choices if entry.help else ())
            )


def _figures_named(question: Question) -> tuple[str, ...]:
    match question.figures:
        case Share() as rule:
            return (*rule.asks, rule.part, rule.whole)
        case Change() as rule:
            return (*rule.asks, *rule.last, *rule.previous)
        case None:
            return ()


def _unasked(rubric: Rubric) -> Iterator[Fault]:
    """A rule works with the figures that its question asks for, and with no others."""
    for question in rubric.questions:
        asks = question.figures.asks if question.figures else ()
        used = dict.fromkeys(_figures_named(question))
        for name in (name for name in used if name in rubric.figure and name not in asks):
            yield Fault(f"questions.{question.id}.figures.asks", FaultCode.FIGURES_UNASKED, {"id": name})


def _counts(rubric: Rubric) -> Iterator[Fault]:
    """So many items that their numbers can be typed; no dimension and no indicator without a question."""
    if len(rubric.items) > MOST_ITEMS:
        yield Fault("questions and scenarios", FaultCode.ITEMS_COUNT, {"most": str(MOST_ITEMS)})
    asked = {question.indicator for question in rubric.questions}
    for indicator in rubric.indicators:
        if indicator.id not in asked:
            yield Fault(f"indicators.{indicator.id}", FaultCode.NOTHING_ASKED)
    parents = {indicator.dimension for indicator in rubric.indicators}
    for dimension in rubric.dimensions:
        if dimension.id not in parents:
            yield Fault(f"dimensions.{dimension.id}", FaultCode.NOTHING_ASKED)


def _levels(rubric: Rubric) -> Iterator[Fault]:
    """Every level of a scenario has a name, and the scenarios together have one."""
    highest = max((len(scenario.levels) for scenario in rubric.scenarios), default=0)
    named = [level.level for level in rubric.levels]
    if len(named) < highest or named != list(range(1, len(named) + 1)):
        yield Fault("levels", FaultCode.LEVEL_NAMES, {"most": str(highest)})
    if rubric.scenarios and not rubric.operations:
        yield Fault("operations", FaultCode.SHAPE, {"kind": "missing", "given": "…"})


def _weights(rubric: Rubric) -> Iterator[Fault]:
    """Weights of one parent sum to 100 at each of the three stages, and siblings agree on their parent's."""
    stages: list[dict[tuple[str, ...], dict[str, set[int]]]] = [defaultdict(lambda: defaultdict(set)) for _ in range(3)]
    dimension_of = {indicator.id: indicator.dimension for indicator in rubric.indicators}
    for question in rubric.questions:
        dimension = dimension_of.get(question.indicator, "")
        path = (dimension, question.indicator, question.id)
        for stage, weight in enumerate(question.weights):
            stages[stage][path[:stage]][path[stage]].add(weight)
    for children_of in stages:
        for parent, children in children_of.items():
            yield from _weights_below(".".join(("weights", *parent)), children)


def _weights_below(place: str, children: dict[str, set[int]]) -> Iterator[Fault]:
    for child, weights in children.items():
        if len(weights) > 1:
            yield Fault(f"{place}.{child}", FaultCode.WEIGHTS_DIFFER, {"weights": _listed(sorted(weights))})
    total = sum(min(weights) for weights in children.values())
    if total != 100:
        yield Fault(place, FaultCode.WEIGHTS_SUM, {"sum": str(total)})


def _listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _options(rubric: Rubric) -> Iterator[Fault]:
    for question in rubric.questions:
        expected = tuple(chr(ord("A") + i) for i in range(len(question.options)))
        if question.letters != expected:
            yield Fault(
                f"questions.{question.id}.options",
                FaultCode.OPTION_LETTERS,
                {"letters": _listed(question.letters)},
            )


def _rules(rubric: Rubric) -> Iterator[Fault]:
    for question in rubric.questions:
        place = f"questions.{question.id}.figures"
        if question.figures and not question.kind.follows_figures:
            yield Fault(place, FaultCode.FIGURES_KIND)
        match question.figures:
            case Share(bands=bands) if not _bands_fit(bands, len(question.options)):
                yield Fault(place, FaultCode.BANDS, {"bands": _listed(bands)})
            case Change(rise=rise, flat=flat, fall=fall) if {rise, flat, fall} != set(question.letters):
                yield Fault(place, FaultCode.RULE_LETTERS, {"letters": _listed((rise, flat, fall))})
            case _:
                pass


def _bands_fit(bands: tuple[int, ...], options: int) -> bool:
    return len(bands) == options and list(bands) == sorted(set(bands)) and bands[-1] == 100


def _grades(rubric: Rubric) -> Iterator[Fault]:
    """Rows are numbered from 1 and each asks at least as much as the one below, so a grade implies all lower ones."""
    restrictive = sum(scenario.restrictive for scenario in rubric.scenarios)
    highest = min((len(scenario.levels) for scenario in rubric.scenarios), default=0)
    for expected, row in enumerate(rubric.grades, start=1):
        place = f"grades.{row.grade}"
        if row.grade != expected:
            yield Fault(place, FaultCode.GRADE_ORDER, {"expected": str(expected)})
        if (
            row.restrictive > min(restrictive, row.scenarios)
            or row.scenarios > len(rubric.scenarios)
            or row.level > highest
            or (row.scenarios and not row.level)
        ):
            yield Fault(place, FaultCode.GRADE_UNREACHABLE)
    for lower, upper in pairwise(rubric.grades):
        if any(getattr(upper, name) < getattr(lower, name) for name in ("score", "level", "scenarios", "restrictive")):
            yield Fault(f"grades.{upper.grade}", FaultCode.GRADE_ORDER, {"expected": f">= {lower.grade}"})


def _profiles(rubric: Rubric) -> Iterator[Fault]:
    """A profile values options of questions that there are, and only of kinds that may be revalued."""
    for profile in rubric.profiles:
        for item, values in profile.option_values.items():
            question = rubric.question.get(item)
            place = f"profiles.{profile.id}.{item}"
            if question is None:
                yield _unknown(place, item)
            elif not question.kind.may_be_worth(values):
                yield Fault(place, FaultCode.PROFILE_VALUES)


def _efforts(rubric: Rubric) -> Iterator[Fault]:
    """One effort for each level of a scenario, and a reason for each if for any."""
    for scenario in rubric.scenarios:
        for name, given in (("efforts", scenario.efforts), ("reasons", scenario.reasons)):
            if given and len(given) != len(scenario.levels):
                details = {"levels": str(len(scenario.levels)), "given": str(len(given))}
                yield Fault(f"scenarios.{scenario.id}.{name}", FaultCode.EFFORTS_COUNT, details)


CHECKS: tuple[Callable[[Rubric], Iterator[Fault]], ...] = (
    _duplicates, _references, _unasked, _counts, _levels, _weights, _options, _rules, _grades, _profiles,
    _efforts,
)  # fmt: skip
