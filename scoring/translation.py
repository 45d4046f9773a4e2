"""A translated rubric: the official data with every text replaced, by id; a text without translation is a fault."""

from typing import Any

from pydantic import ValidationError

from scoring.errors import Fault, FaultCode, RubricError
from scoring.rubric import Help, Part, Plain, Text
from scoring.shape import shape_faults

PLAIN = ("title", "language", "official", "no_grade", "operations")
KEYED = (
    *("dimensions", "indicators", "energy", "figures", "questions", "scenarios"),
    *("rules", "grades", "profiles"),
)
"""Lists whose texts are given by id."""
LISTED = ("levels", "glossary")
"""Lists whose texts are given in their order."""
TEXTS = ("item", "name", "group", "unit", "term", "text", "form", "options", "levels", "help", "plain")


class _Item(Part):
    """The texts of a question or a scenario."""

    item: Text | None = None
    text: Text | None = None
    form: Text | None = None
    options: dict[str, Text] | None = None
    name: Text | None = None
    group: Text | None = None
    levels: tuple[Text, ...] | None = None
    help: Help | None = None
    plain: Plain | None = None


class _Measure(Part):
    """The texts of a figure or a fuel."""

    name: Text | None = None
    unit: Text | None = None


class _Entry(Part):
    """The texts of a level or a term."""

    name: Text | None = None
    term: Text | None = None
    text: Text | None = None


class _Texts(Part):
    """The shape of a translation's file; what is missing is told by the place where it is wanted."""

    id: Text | None = None
    title: Text | None = None
    language: Text | None = None
    official: bool | None = None
    no_grade: Text | None = None
    operations: Text | None = None
    dimensions: dict[str, Text] | None = None
    indicators: dict[str, Text] | None = None
    figures: dict[str, _Measure] | None = None
    questions: dict[str, _Item] | None = None
    levels: tuple[_Entry, ...] | None = None
    scenarios: dict[str, _Item] | None = None
    grades: dict[str, Text] | None = None
    profiles: dict[str, Text] | None = None
    rules: dict[str, Text] | None = None
    glossary: tuple[_Entry, ...] | None = None
    energy: dict[str, _Measure] | None = None
    energy_example: Text | None = None


def translated(data: dict[str, Any], given: Any) -> dict[str, Any]:
    """The rubric data in the language of the texts given; ids, numbers and sources stay the official ones.

    Raises RubricError naming every text that is missing, and every one that belongs to nothing.
    """
    try:
        texts = _Texts.model_validate(given).model_dump(exclude_none=True)
    except ValidationError as error:
        raise RubricError(shape_faults(error)) from None
    faults = [Fault(key, FaultCode.TRANSLATION) for key in PLAIN if data.get(key) and key not in texts]
    result = {**data, **{key: texts[key] for key in PLAIN if key in texts}}
    for name in KEYED:
        result[name] = _keyed(name, data.get(name, []), texts.get(name, {}), faults)
    for name in LISTED:
        result[name] = _listed(name, data.get(name, []), texts.get(name, ()), faults)
    if example := data.get("energy_example"):
        text = {"text": texts["energy_example"]} if "energy_example" in texts else {}
        result["energy_example"] = _merged("energy_example", example, text, faults)
    if faults:
        raise RubricError(faults)
    return result


def _keyed(name: str, entries: list[Any], texts: dict[str, Any], faults: list[Fault]) -> list[Any]:
    keys = {_key(entry) for entry in entries}
    faults.extend(Fault(name, FaultCode.UNKNOWN_REFERENCE, {"id": key}) for key in texts if key not in keys)
    return [_entry(name, entry, texts, faults) for entry in entries]


def _key(entry: dict[str, Any]) -> str:
    return str(entry.get("id", entry.get("grade")))


def _listed(name: str, entries: list[Any], texts: tuple[Any, ...], faults: list[Fault]) -> list[Any]:
    _same_length(name, entries, texts, faults)
    pairs = enumerate(zip(entries, texts, strict=False))
    return [_merged(f"{name}.{i}", entry, text, faults) for i, (entry, text) in pairs]


def _entry(name: str, entry: dict[str, Any], texts: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    place = f"{name}.{_key(entry)}"
    if _key(entry) not in texts:
        faults.append(Fault(place, FaultCode.TRANSLATION))
        return entry
    text = texts[_key(entry)]
    if isinstance(text, str):
        text = {("text" if "text" in entry else "name"): text}
    if options := text.get("options"):
        text = {**text, "options": [_option(place, option, options, faults) for option in entry["options"]]}
    if text.get("levels"):
        _same_length(f"{place}.levels", entry["levels"], text["levels"], faults)
    return _merged(place, entry, text, faults)


def _merged(place: str, entry: dict[str, Any], text: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    missing = (key for key in TEXTS if entry.get(key) and not text.get(key))
    faults.extend(Fault(f"{place}.{key}", FaultCode.TRANSLATION) for key in missing)
    return {**entry, **{key: value for key, value in text.items() if value}}


def _option(place: str, option: dict[str, str], texts: dict[str, str], faults: list[Fault]) -> dict[str, str]:
    if option["id"] not in texts:
        faults.append(Fault(f"{place}.options.{option['id']}", FaultCode.TRANSLATION))
    return {**option, "text": texts.get(option["id"], option["text"])}


def _same_length(place: str, official: list[Any], texts: tuple[Any, ...], faults: list[Fault]) -> None:
    if len(official) != len(texts):
        faults.append(Fault(place, FaultCode.TRANSLATION))
