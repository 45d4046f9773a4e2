"""A translated rubric: the official data with every text replaced, by id; a text without translation is a fault."""

from typing import Any

from scoring.errors import Fault, FaultCode, RubricError

PLAIN = ("title", "language", "official", "no_grade", "operations")
TEXTS = ("item", "name", "group", "unit", "term", "text", "form", "options", "levels")


def translated(data: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """The rubric data in the language of `texts`; ids, numbers and sources stay the official ones.

    Raises RubricError naming every text that is missing.
    """
    faults = [Fault(key, FaultCode.TRANSLATION) for key in PLAIN if key not in texts]
    result = {**data, **{key: texts[key] for key in PLAIN if key in texts}}
    for name in (
        "dimensions",
        "indicators",
        "energy",
        "figures",
        "questions",
        "scenarios",
        "rules",
        "grades",
    ):
        result[name] = [_entry(name, entry, texts.get(name, {}), faults) for entry in data[name]]
    for name in ("levels", "glossary"):
        own = texts.get(name, [])
        _same_length(name, data[name], own, faults)
        pairs = enumerate(zip(data[name], own, strict=False))
        result[name] = [_merged(f"{name}.{i}", entry, text, faults) for i, (entry, text) in pairs]
    if example := data.get("energy_example"):
        text = {"text": texts["energy_example"]} if "energy_example" in texts else {}
        result["energy_example"] = _merged("energy_example", example, text, faults)
    if faults:
        raise RubricError(faults)
    return result


def _entry(name: str, entry: dict[str, Any], texts: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    key = str(entry.get("id", entry.get("grade")))
    if key not in texts:
        faults.append(Fault(f"{name}.{key}", FaultCode.TRANSLATION))
        return entry
    place, text = f"{name}.{key}", texts[key]
    if isinstance(text, str):
        text = {("text" if "text" in entry else "name"): text}
    if options := text.get("options"):
        text = {**text, "options": [_option(place, option, options, faults) for option in entry["options"]]}
    if "levels" in text:
        _same_length(f"{place}.levels", entry["levels"], text["levels"], faults)
    return _merged(place, entry, text, faults)


def _merged(place: str, entry: dict[str, Any], text: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    missing = (key for key in TEXTS if entry.get(key) and not text.get(key))
    faults.extend(Fault(f"{place}.{key}", FaultCode.TRANSLATION) for key in missing)
    return {**entry, **text}


def _option(place: str, option: dict[str, str], texts: dict[str, str], faults: list[Fault]) -> dict[str, str]:
    if option["id"] not in texts:
        faults.append(Fault(f"{place}.options.{option['id']}", FaultCode.TRANSLATION))
    return {**option, "text": texts.get(option["id"], option["text"])}


def _same_length(place: str, official: list[Any], texts: list[Any], faults: list[Fault]) -> None:
    if len(official) != len(texts):
        faults.append(Fault(place, FaultCode.TRANSLATION))
