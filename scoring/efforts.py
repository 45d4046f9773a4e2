"""What the steps of an edition cost: a file beside it that names a reason for every option and level.

`<edition>.efforts.json` is ours for what comes with the program, since no standard says what is dear. An operator's
file of the same name in a folder of their own goes over it: a reason, an option or a scenario that it names is theirs,
the rest stays as it was. A reason has an effort and a text, in one language or by language.
"""

from collections.abc import Container
from typing import Any

from pydantic import Field, ValidationError

from scoring.errors import Fault, FaultCode, RubricError
from scoring.rubric import Effort, Name, Part, Rubric, Text
from scoring.shape import shape_faults

Texts = Text | dict[str, Text]


class Reason(Part):
    """Why a step costs what it does."""

    effort: Effort
    text: Texts


class Efforts(Part):
    """A file of efforts: `questions` names a reason for all options, or one a letter; `scenarios` one a level."""

    note: Texts | None = None
    reasons: dict[Name, Reason] = Field(default_factory=dict)
    questions: dict[str, Name | dict[str, Name]] = Field(default_factory=dict)
    scenarios: dict[str, tuple[Name, ...]] = Field(default_factory=dict)

    def over(self, other: "Efforts") -> "Efforts":
        """This one, with what it does not name as in another."""
        return Efforts(
            note=self.note or other.note,
            reasons={**other.reasons, **self.reasons},
            questions={
                **other.questions,
                **{item: _over(own, other.questions.get(item)) for item, own in self.questions.items()},
            },
            scenarios={**other.scenarios, **self.scenarios},
        )


def _over(own: str | dict[str, str], other: str | dict[str, str] | None) -> str | dict[str, str]:
    return {**other, **own} if isinstance(own, dict) and isinstance(other, dict) else own


def parse_efforts(data: Any) -> Efforts:
    """Raises RubricError naming everything whose shape is wrong."""
    try:
        return Efforts.model_validate(data)
    except ValidationError as error:
        raise RubricError(shape_faults(error)) from None


def with_efforts(rubric: Rubric, efforts: Efforts) -> dict[str, Any]:
    """The data of a rubric with these efforts, their reasons in its language where they have one.

    Raises RubricError naming every item, letter and reason that there is not, and every result, which has no effort.
    """
    if faults := [*_unknown(rubric, efforts), *_of_results(rubric, efforts)]:
        raise RubricError(faults)
    data = rubric.model_dump(mode="json")
    for question in data["questions"]:
        for option in question["options"]:
            if name := _reason_of(question, option["id"], efforts):
                reason = efforts.reasons[name]
                option |= {"effort": reason.effort, "reason": _said(reason.text, rubric.language)}
    for scenario in data["scenarios"]:
        if names := efforts.scenarios.get(scenario["id"]):
            reasons = [efforts.reasons[name] for name in names]
            scenario["efforts"] = [reason.effort for reason in reasons]
            scenario["reasons"] = [_said(reason.text, rubric.language) for reason in reasons]
    note = {"effort_note": _said(efforts.note, rubric.language)} if efforts.note else {}
    return {**data, **note}


def _reason_of(question: dict[str, Any], letter: str, efforts: Efforts) -> str | None:
    named = efforts.questions.get(question["id"], {})
    if isinstance(named, dict):
        return named.get(letter)
    return named if letter != question["options"][0]["id"] else None  # no step leads to the lowest


def _said(texts: Texts, language: str) -> str:
    return texts if isinstance(texts, str) else texts.get(language) or next(iter(texts.values()))


def _unknown(rubric: Rubric, efforts: Efforts) -> list[Fault]:
    items: dict[str, Container[str]] = {"questions": rubric.question, "scenarios": rubric.scenario}
    faults = [
        Fault(place, FaultCode.UNKNOWN_REFERENCE, {"id": item})
        for place, known in items.items()
        for item in getattr(efforts, place)
        if item not in known
    ]
    letters = {item: named for item, named in efforts.questions.items() if isinstance(named, dict)}
    faults += [
        Fault(f"questions.{item}", FaultCode.UNKNOWN_REFERENCE, {"id": letter})
        for item, named in letters.items()
        for letter in named
        if item in rubric.question and letter not in rubric.question[item].letters
    ]
    return faults + [
        Fault(f"{place}.{item}", FaultCode.UNKNOWN_REFERENCE, {"id": name})
        for place in items
        for item, named in getattr(efforts, place).items()
        for name in _names(named)
        if name not in efforts.reasons
    ]


def _of_results(rubric: Rubric, efforts: Efforts) -> list[Fault]:
    results = [question.id for question in rubric.questions if question.effort is None]
    return [Fault(f"questions.{item}", FaultCode.EFFORT_OF_RESULT) for item in results if item in efforts.questions]


def _names(named: str | dict[str, str] | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(named, str):
        return (named,)
    return tuple(named.values()) if isinstance(named, dict) else named
