"""What is wrong with an input or a file, in a sentence."""

from collections.abc import Callable

from flows.text import inert
from locales import Catalogue
from scoring.errors import Fault, FaultCode


def fault_text(fault: Fault, text: Catalogue, named: Callable[[str], str] | None = None) -> str:
    """What is wrong and what to do; `named` finds the name of a figure for its field."""
    details = {key: inert(_detail(key, value, named)) for key, value in fault.details.items()}
    if fault.code is FaultCode.NOT_JSON:
        details["kind"] = text(f"json.{details['kind']}")
    if fault.code is FaultCode.SHAPE:
        details["kind"] = text(f"shape.{details['kind']}")
    place = inert(named(fault.place) if named else fault.place) or text("fault.whole")
    return text(f"fault.{fault.code.value}", **{**details, "place": place})


def _detail(key: str, value: str, named: Callable[[str], str] | None) -> str:
    if key == "other" and named:
        return named(value)
    return value.replace("'", "").replace(" or ", ", ") if key == "expected" else value
