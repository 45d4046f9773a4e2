"""A translated rubric: the official data with every text replaced, by id; a text without translation is a fault."""

from typing import Any

from scoring.errors import Fault, FaultCode, RubricError


def translated(data: dict[str, Any], texts: dict[str, Any]) -> dict[str, Any]:
    """The rubric data in the language of `texts`; ids, numbers and sources stay the official ones.

    Raises RubricError naming every text that is missing.
    """
    faults: list[Fault] = []
    result = {
        **data,
        **{key: texts[key] for key in ("title", "language", "official", "no_grade", "operations")},
    }
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
        result[name] = [_entry(name, entry, texts[name], faults) for entry in data[name]]
    for name in ("levels", "glossary"):
        _same_length(name, data[name], texts[name], faults)
        result[name] = [{**entry, **text} for entry, text in zip(data[name], texts[name], strict=False)]
    if example := data.get("energy_example"):
        result["energy_example"] = {**example, "text": texts["energy_example"]}
    if faults:
        raise RubricError(faults)
    return result


def _entry(name: str, entry: dict[str, Any], texts: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    key = str(entry.get("id", entry.get("grade")))
    if key not in texts:
        faults.append(Fault(f"{name}.{key}", FaultCode.TRANSLATION))
        return entry
    text = texts[key]
    if isinstance(text, str):
        return {**entry, ("text" if "text" in entry else "name"): text}
    if options := text.get("options"):
        text = {
            **text,
            "options": [_option(f"{name}.{key}", option, options, faults) for option in entry["options"]],
        }
    if "levels" in text:
        _same_length(f"{name}.{key}.levels", entry["levels"], text["levels"], faults)
    return {**entry, **text}


def _option(place: str, option: dict[str, str], texts: dict[str, str], faults: list[Fault]) -> dict[str, str]:
    if option["id"] not in texts:
        faults.append(Fault(f"{place}.options.{option['id']}", FaultCode.TRANSLATION))
    return {**option, "text": texts.get(option["id"], option["text"])}


def _same_length(place: str, official: list[Any], texts: list[Any], faults: list[Fault]) -> None:
    if len(official) != len(texts):
        faults.append(Fault(place, FaultCode.TRANSLATION))
