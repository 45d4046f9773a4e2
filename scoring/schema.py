"""The shapes of files as JSON Schema (2020-12), for whoever writes or reads them.

That of answers is made from the very schema that decodes them, that of an edition from its model. A result is written
by `scoring.result_json`; its shape is told here, and tests hold every result to it.
"""

from typing import Annotated, Any, NotRequired

from pydantic import Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema
from typing_extensions import TypedDict, override

from scoring.answers import answer_schema
from scoring.rubric import Rubric

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
JsonSchema = dict[str, Any]


class _Written(GenerateJsonSchema):
    """Titles of models only; a number that may be written as a text is one, as such."""

    @override
    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    @override
    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER}]}


class _Read(_Written):
    """A number is a number."""

    @override
    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        bounds = {"minimum": schema.get("ge"), "maximum": schema.get("le")}
        return {"type": "number", **{name: int(value) for name, value in bounds.items() if value is not None}}


def answers_schema(rubric: Rubric) -> JsonSchema:
    """An answer file by this edition, each entry with the words that the edition has for it.

    Three things no schema can say: a number is written as it is meant (2, not 2.0, where whole numbers are counted, and
    at most 12 decimal places), figures that cannot be together, and a letter that contradicts its figures.
    """
    schema = _Read().generate(answer_schema(rubric))
    described = {
        "answers": {question.id: question.text for question in rubric.questions},
        "figures": {figure.id: f"{figure.name} ({figure.unit})" for figure in rubric.figures},
        "scenarios": {scenario.id: scenario.name for scenario in rubric.scenarios},
    }
    for section, entries in described.items():
        places = schema["properties"][section]["properties"]
        for name, text in entries.items():
            places[name]["description"] = text
    return {"$schema": DRAFT, "title": f"shuping answers ({rubric.id})", **schema}


def rubric_schema() -> JsonSchema:
    """An edition's file."""
    return {"$schema": DRAFT, **Rubric.model_json_schema(schema_generator=_Written)}


def result_schema() -> JsonSchema:
    """A result, or the error object that stands in its place in a batch."""
    return {"$schema": DRAFT, **TypeAdapter(ResultObject | ErrorObject).json_schema(schema_generator=_Written)}


Exact = Annotated[str, Field(pattern="^[0-9]+(/[0-9]+)?$")]
"""An exact number: "5", or "5/2"."""


class ScoreObject(TypedDict):
    """Points of what is answered; `shown` is for people."""

    exact: Exact
    shown: str
    dimensions: dict[str, Exact]


class QuestionObject(TypedDict):
    """value × weight = points, of one option or several; `derived` is the calculation of the figures that gave it."""

    value: Exact
    weight: Exact
    points: Exact
    option: NotRequired[str]
    options: NotRequired[list[str]]
    derived: NotRequired[str]


class CountObject(TypedDict):
    """Scenarios at a level or above."""

    all: int
    restrictive: int


class ScenariosObject(TypedDict):
    """Levels by scenario, and counts by level."""

    levels: dict[str, int]
    counts: dict[str, CountObject]


class BoundsObject(TypedDict):
    """Least and greatest."""

    score: tuple[Exact, Exact]
    grade: tuple[int, int]


class QuestionStepObject(TypedDict):
    """Options to add, or the one to reach."""

    id: str
    add: NotRequired[list[str]]
    to: NotRequired[str]


ScenarioStepObject = TypedDict("ScenarioStepObject", {"id": str, "from": int, "to": int, "requirements": list[str]})


class PlanObject(TypedDict):
    """The least total effort."""

    effort: int
    questions: list[QuestionStepObject]
    scenarios: list[ScenarioStepObject]


class NextObject(TypedDict):
    """What is missing for the grade above."""

    grade: int
    score_short: Exact
    scenarios_short: int
    restrictive_short: int
    plan: PlanObject | None


class ResultObject(TypedDict):
    """What answers come to, with the labels that stood beside them."""

    id: NotRequired[str]
    firm: NotRequired[str]
    rubric: str
    profile: str
    complete: bool
    score: ScoreObject
    questions: dict[str, QuestionObject]
    scenarios: ScenariosObject
    score_grade: int
    scenario_grade: int
    grade: int
    grade_name: str
    bounds: BoundsObject
    next: NextObject | None


class FaultObject(TypedDict):
    """One thing that is wrong, and where."""

    field: str
    code: str
    message: str


class RefusalObject(TypedDict):
    """Why a record was refused; records are counted from 1."""

    record: int
    message: str
    faults: list[FaultObject]


class ErrorObject(TypedDict):
    """Stands in a batch where a result would."""

    id: NotRequired[str]
    firm: NotRequired[str]
    error: RefusalObject
