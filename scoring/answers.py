"""Answers as people and programs hand them in, checked against the rubric before anything is scored.

Missing means "unknown", never "no".
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, assert_never

from pydantic_core import SchemaValidator, ValidationError, core_schema

from scoring.decoding import Spoilt, short, spoilt_fault
from scoring.editions import load_rubric
from scoring.errors import AnswersError, Fault, FaultCode
from scoring.exact import plain
from scoring.figures import Derivation, Figures, FigureValue, Number, derive, years_of_series
from scoring.kinds import Unfit
from scoring.rubric import Figure, Question, Rubric, Scenario

LARGEST_FIGURE = 10**15
DECIMAL_PLACES = 12
YEARS = 3
LABELS = {"id": 200, "firm": 100}
"""Texts that may stand beside the answers and come back with the result, and their longest, in characters."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Checked answers. `choices` holds each answered question's letters in the standard's order, also those
    that figures gave; `levels` each answered scenario's level; `derivations` the calculations. `labels`: whose
    they are, for whoever handed them in ("id", "firm").
    """

    rubric: str
    choices: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, int]
    figures: Figures
    derivations: Mapping[str, Derivation]
    labels: Mapping[str, str] = field(default_factory=dict)


def check_answers(rubric: Rubric, data: Any) -> Answers:
    """Validated answers from the contract's shape; AnswersError names every fault with its field."""
    try:
        checked = _validator(rubric.id).validate_python(data)
    except ValidationError as error:
        raise AnswersError(_faults(error)) from None
    faults: list[Fault] = []
    choices = {item: _letters(rubric.question[item], given, faults) for item, given in checked["answers"].items()}
    figures = _with_tuples(checked["figures"])
    derivations: dict[str, Derivation] = {}
    if figures:
        years = years_of_series(rubric, figures)
        impossible = [*_figure_faults(rubric, figures), *_year_faults(rubric, figures, years)]
        faults += impossible
        for question in () if impossible else questions_with_figures(rubric):
            _add_derived(question, {**years, **figures}, choices, derivations, faults)
        used = {name for item in derivations for name in rubric.rules_of_figures[item].asks}
        figures = {**{name: value for name, value in years.items() if name in used}, **figures}
    if faults:
        raise AnswersError(faults)
    labels = {name: checked[name] for name in LABELS if name in checked}
    return Answers(rubric.id, choices, checked["scenarios"], figures, derivations, labels)


def labels_of(data: Any) -> dict[str, str]:
    """The labels of a record that was refused, as far as they are texts: its error names whose it is."""
    given = data if isinstance(data, dict) else {}
    return {name: given[name] for name, most in LABELS.items() if _LABEL[name].isinstance_python(given.get(name))}


def check_figures(rubric: Rubric, figures: Figures) -> dict[str, FigureValue]:
    """Figures that each make sense alone; AnswersError names every one that does not."""
    lists = {name: list(value) if isinstance(value, tuple) else value for name, value in figures.items()}
    try:
        checked = _validator(rubric.id).validate_python({"figures": lists})["figures"]
    except ValidationError as error:
        raise AnswersError(_faults(error)) from None
    values = _with_tuples(checked)
    if faults := list(_figure_faults(rubric, values)):
        raise AnswersError(faults)
    return values


def _with_tuples(figures: dict[str, Any]) -> dict[str, FigureValue]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in figures.items()}


def questions_with_figures(rubric: Rubric) -> Iterator[Question]:
    """The questions whose option can be found from figures."""
    return map(rubric.question.__getitem__, rubric.rules_of_figures)


def _letters(question: Question, given: str | list[str], faults: list[Fault]) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    place = f"answers.{question.id}"
    if not given:
        faults.append(Fault(place, FaultCode.NOTHING_CHOSEN))
    if len(set(given)) < len(given):
        faults.append(Fault(place, FaultCode.CHOSEN_TWICE, {"letters": ", ".join(given)}))
    letters = tuple(sorted(given))
    match question.kind.unfit(letters):
        case Unfit.NONE_WITH_OTHERS:
            faults.append(Fault(place, FaultCode.NONE_WITH_OTHERS, {"none": letters[0], "letters": ", ".join(given)}))
        case Unfit.SEVERAL | None:  # the shape of a file lets no several through where one is wanted
            pass
        case never:
            assert_never(never)
    return letters


def _figure_faults(rubric: Rubric, figures: Figures) -> list[Fault]:
    faults = [
        Fault(f"figures.{name}", FaultCode.YEARS_COUNT, {"years": str(len(value))})
        for name, value in figures.items()
        if isinstance(value, tuple) and not 1 <= len(value) <= YEARS
    ]
    return faults + [
        Fault(f"figures.{whole}", FaultCode.NOT_POSITIVE) for whole in rubric.wholes if figures.get(whole) == 0
    ]


def _year_faults(rubric: Rubric, figures: Figures, years: Mapping[str, Number]) -> Iterator[Fault]:
    """A year that was given by itself, and in its series with another value."""
    for name, value in years.items():
        given = figures.get(name, value)
        if given != value and not isinstance(given, tuple):
            both = {"given": plain(given), "other": f"figures.{rubric.years[name].series}", "series": plain(value)}
            yield Fault(f"figures.{name}", FaultCode.YEAR_DIFFERS, both)


def _add_derived(
    question: Question,
    figures: Figures,
    choices: dict[str, tuple[str, ...]],
    derivations: dict[str, Derivation],
    faults: list[Fault],
) -> None:
    try:
        derivation = derive(question, figures)
    except AnswersError as error:
        faults.extend(fault for fault in error.faults if fault not in faults)
        return
    if derivation is None:
        return
    given = choices.setdefault(question.id, (derivation.option,))
    if given != (derivation.option,):
        details = {"given": given[0], "derived": derivation.option, "calculation": derivation.calculation}
        faults.append(Fault(f"answers.{question.id}", FaultCode.FIGURES_CONTRADICT, details))
    derivations[question.id] = derivation


@lru_cache
def _validator(edition: str) -> SchemaValidator:
    """The shape of an answer file, made from the rubric: pydantic's core checks a plain dict fastest."""
    return SchemaValidator(answer_schema(load_rubric(edition)))


def answer_schema(rubric: Rubric) -> core_schema.CoreSchema:
    """The core schema of an answer file for a rubric."""
    sections: dict[str, dict[str, core_schema.CoreSchema]] = {
        "answers": {question.id: question.kind.schema() for question in rubric.questions},
        "figures": {figure.id: _figure_schema(figure, whole=figure.id in rubric.wholes) for figure in rubric.figures},
        "scenarios": {scenario.id: _level_schema(scenario) for scenario in rubric.scenarios},
    }
    fields: dict[str, core_schema.TypedDictField] = {
        "rubric": core_schema.typed_dict_field(core_schema.literal_schema([rubric.id]), required=False)
    }
    fields |= {name: core_schema.typed_dict_field(_label(most), required=False) for name, most in LABELS.items()}
    for name, entries in sections.items():
        section = core_schema.with_default_schema(_dict_schema(entries), default_factory=dict)
        fields[name] = core_schema.typed_dict_field(section, required=False)
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid", strict=True)


def _label(most: int) -> core_schema.CoreSchema:
    return core_schema.str_schema(strict=True, max_length=most)


_LABEL = {name: SchemaValidator(_label(most)) for name, most in LABELS.items()}


def _dict_schema(entries: Mapping[str, core_schema.CoreSchema]) -> core_schema.CoreSchema:
    fields = {name: core_schema.typed_dict_field(entry, required=False) for name, entry in entries.items()}
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid", strict=True)


def _level_schema(scenario: Scenario) -> core_schema.CoreSchema:
    """Not a literal: that would take 2.0 and true for 2 and 1."""
    top = len(scenario.levels)
    return core_schema.custom_error_schema(
        core_schema.int_schema(strict=True, ge=0, le=top),
        custom_error_type="literal_error",
        custom_error_context={"expected": f"{', '.join(map(str, range(top)))} or {top}"},
    )


def _figure_schema(figure: Figure, *, whole: bool) -> core_schema.CoreSchema:
    """What `_figure_faults` adds is said to the JSON Schema, too."""
    above = {"pydantic_js_updates": {"exclusiveMinimum": 0}} if whole else {}
    if figure.kind == "count":
        return core_schema.int_schema(strict=True, ge=0, le=LARGEST_FIGURE, metadata=above)
    largest = 100 if figure.kind == "percent" else LARGEST_FIGURE
    number = core_schema.decimal_schema(ge=Decimal(0), le=Decimal(largest), decimal_places=DECIMAL_PLACES)
    if figure.kind == "series":
        years = {"pydantic_js_updates": {"minItems": 1, "maxItems": YEARS}}
        return core_schema.list_schema(_numbers_only(number), strict=True, metadata=years)
    return _numbers_only(number, above)


def _numbers_only(number: core_schema.CoreSchema, metadata: dict[str, Any] | None = None) -> core_schema.CoreSchema:
    return core_schema.no_info_before_validator_function(_only_numbers, number, metadata=metadata)


def _only_numbers(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number")
    return value


CODES = {
    "extra_forbidden": FaultCode.UNKNOWN_FIELD,
    "list_type": FaultCode.NOT_A_LIST,
    "dict_type": FaultCode.NOT_AN_OBJECT,
    "greater_than_equal": FaultCode.NEGATIVE,
    "less_than_equal": FaultCode.TOO_LARGE,
    "decimal_max_places": FaultCode.TOO_PRECISE,
}
LITERAL_CODES = {"rubric": FaultCode.WRONG_RUBRIC, "scenarios": FaultCode.UNKNOWN_LEVEL}


PERCENT_SIGNS = ("%", "％")
"""45% of the machines are an answer, never 45 machines; a rate is written without the sign."""


MOST_FAULTS = 50
"""So many are named at most: whoever has more does not read them one by one."""


def _faults(error: ValidationError) -> list[Fault]:
    """Pydantic's errors in our terms."""
    return [_fault(dict(entry)) for entry in error.errors(include_url=False)[:MOST_FAULTS]]


def _fault(entry: dict[str, Any]) -> Fault:
    place = tuple(short(str(step)) for step in entry["loc"])
    given = entry["input"]
    if isinstance(given, Spoilt) and (given.code is FaultCode.DOUBLED or place[:1] == ("figures",)):
        return spoilt_fault(place, given)
    context = {"expected": "…"} if entry["type"] == "string_unicode" else entry.get("ctx", {})
    if entry["type"] == "string_type" or (place[:1] and place[0] in LABELS and entry["type"] == "string_unicode"):
        return Fault(place[0], FaultCode.SHAPE, {"kind": "text", "given": _shortened(given)})
    if entry["type"] == "string_too_long":
        return Fault(place[0], FaultCode.TEXT_LONG, {"most": str(LABELS[place[0]])})
    details = {"given": _shortened(entry["input"]), **{key: str(value) for key, value in context.items()}}
    code = _code(entry, place, details)
    if code is FaultCode.NOT_A_NUMBER and isinstance(given, str):
        details["given"] = short(json.dumps(given, ensure_ascii=False))  # what is wrong with "200" are its quotes
    return Fault(".".join(place), code, details)


def _code(entry: dict[str, Any], place: tuple[str, ...], details: dict[str, str]) -> FaultCode:
    if entry["type"] == "literal_error":
        return LITERAL_CODES.get(place[0], FaultCode.UNKNOWN_OPTION)
    if entry["type"] == "string_unicode":  # half of a surrogate pair, as a letter or as a key
        return FaultCode.UNKNOWN_OPTION if len(place) > 1 else FaultCode.UNKNOWN_FIELD
    if entry["type"] == "less_than_equal" and details["le"] == "100":
        return FaultCode.OVER_HUNDRED
    if entry["type"] == "int_type" and isinstance(entry["input"], Decimal):
        return FaultCode.NOT_WHOLE
    if isinstance(entry["input"], str) and entry["input"].rstrip().endswith(PERCENT_SIGNS):
        return FaultCode.PERCENT_SIGN
    return CODES.get(entry["type"], FaultCode.NOT_A_NUMBER)


def _shortened(value: Any) -> str:
    try:
        return short(
            str(value) if isinstance(value, str | Spoilt) else json.dumps(value, ensure_ascii=False, default=str)
        )
    except RecursionError:
        return "…"
