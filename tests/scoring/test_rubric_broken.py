"""A rubric that does not hold together is refused, and every fault is named with its place, all at once."""

import copy
import json
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Any

import pytest

from scoring.editions import load_rubric
from scoring.efforts import parse_efforts, with_efforts
from scoring.errors import Fault, FaultCode, RubricError
from scoring.rubric_check import parse_rubric
from scoring.translation import translated

Data = dict[str, Any]
Mutation = Callable[[Data], object]
Named = set[str]


def read(name: str) -> Data:
    data: Data = json.loads((files("scoring") / "data" / name).read_text(encoding="utf-8"))
    return data


OFFICIAL, ENGLISH = read("miit-2024.json"), read("miit-2024.en.json")


def faults_of(data: Data) -> tuple[Fault, ...]:
    with pytest.raises(RubricError) as caught:
        parse_rubric(data)
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return caught.value.faults


def named_in(faults: Iterable[Fault]) -> Named:
    return {f"{fault.place}: {fault.code}" for fault in faults}


def broken(*mutations: Mutation) -> Data:
    data = copy.deepcopy(OFFICIAL)
    for mutate in mutations:
        mutate(data)
    return data


def put(*path: str | int, to: Any) -> Mutation:
    """Set the value at a path, where a list of entries is entered by id too."""

    def mutate(data: Data) -> None:
        target: Any = data
        for step in path[:-1]:
            target = _enter(target, step)
        target[path[-1]] = to

    return mutate


def _enter(target: Any, step: str | int) -> Any:
    if isinstance(target, list) and isinstance(step, str):
        return next(entry for entry in target if step in (entry.get("id"), str(entry.get("grade"))))
    return target[step]


def twice(name: str, position: int) -> Mutation:
    return lambda data: data[name].append(data[name][position])


def bands(values: list[int]) -> Mutation:
    return put("questions", "q2", "figures", "bands", to=values)


def values(question: str, by_letter: dict[str, str]) -> Mutation:
    return put("profiles", "platform", "option_values", to={question: by_letter})


def both(one: Mutation, other: Mutation) -> Mutation:
    return lambda data: (one(data), other(data))


A_SCENARIO = OFFICIAL["scenarios"][1]
EVEN = dict.fromkeys("ABCDE", "25") | {"A": "0"}

BREAKS: dict[str, tuple[Mutation, Named]] = {
    "a question twice": (twice("questions", 4), {"questions and scenarios: duplicate_id"}),
    "a scenario twice": (twice("scenarios", 1), {"questions and scenarios: duplicate_id"}),
    "a scenario with a question's id": (
        lambda data: data["scenarios"].append(A_SCENARIO | {"id": "q1"}),
        {"questions and scenarios: duplicate_id"},
    ),
    "a dimension twice": (twice("dimensions", 0), {"dimensions: duplicate_id"}),
    "an indicator twice": (twice("indicators", 0), {"indicators: duplicate_id"}),
    "a figure twice": (twice("figures", 0), {"figures: duplicate_id"}),
    "a profile twice": (twice("profiles", 0), {"profiles: duplicate_id"}),
    "a fuel twice": (twice("energy", 0), {"energy: duplicate_id"}),
    "a term twice": (twice("glossary", 0), {"glossary: duplicate_id"}),
    "an unknown dimension": (
        put("indicators", "market_benefit", "dimension", to="profits"),
        {"indicators.market_benefit.dimension: unknown_reference"}
        | {"weights: weights_sum", "weights.outcomes: weights_sum", "weights.profits: weights_sum"},
    ),
    "an unknown figure": (
        put("questions", "q2", "figures", "part", to="machines_sold"),
        {"questions.q2.figures: unknown_reference"},
    ),
    "an unknown series": (
        put("figures", "revenue_last", "year_of", "series", to="turnover"),
        {"figures.revenue_last.year_of: unknown_reference"},
    ),
    "an unknown fuel": (
        put("energy_example", "consumed", to={"peat": "1"}),
        {"energy_example.consumed: unknown_reference"},
    ),
    "items that do not sum to 100": (
        put("questions", "q1", "weights", to=[50, 40, 41]),
        {"weights.foundation.equipment_systems: weights_sum"},
    ),
    "indicators that do not sum to 100": (
        put("questions", "q4", "weights", to=[50, 21, 100]),
        {"weights.foundation: weights_sum"},
    ),
    "siblings that disagree on their dimension, where the least sums to 99": (
        put("questions", "q1", "weights", to=[49, 40, 40]),
        {"weights.foundation: weights_differ", "weights: weights_sum"},
    ),
    "siblings that disagree on their indicator, where the least still sums to 100": (
        put("questions", "q1", "weights", to=[50, 41, 40]),
        {"weights.foundation.equipment_systems: weights_differ"},
    ),
    "plain words for a letter there is not": (
        put("questions", "q5", "plain", to={"ask": "?", "E.short": "all", "F": "more"}),
        {"questions.q5.plain: unknown_reference"},
    ),
    "plain words for a level there is not": (
        put("scenarios", "finance", "plain", to={"0": "none", "4": "more", "5": "most", "1.long": "?"}),
        {"scenarios.finance.plain: unknown_reference"},
    ),
    "help for a level there is not": (
        put("scenarios", "finance", "help", to={"meaning": "?", "choices": {"4": "more", "5": "most"}}),
        {"scenarios.finance.help.choices: unknown_reference"},
    ),
    "letters out of order": (
        lambda data: data["questions"][0]["options"].reverse(),
        {"questions.q1.options: option_letters"},
    ),
    "a letter left out": (
        lambda data: data["questions"][4]["options"].pop(1),
        {"questions.q5.options: option_letters"},
    ),
    "fewer bands than options": (bands([10, 20, 40, 100]), {"questions.q2.figures: bands"}),
    "bands out of order": (bands([10, 40, 20, 60, 100]), {"questions.q2.figures: bands"}),
    "a band twice": (bands([10, 20, 20, 60, 100]), {"questions.q2.figures: bands"}),
    "bands that end below 100": (bands([10, 20, 40, 60, 99]), {"questions.q2.figures: bands"}),
    "a rule that gives one letter twice": (
        put("questions", "q12", "figures", "rise", to="C"),
        {"questions.q12.figures: rule_letters"},
    ),
    "a rule that gives a letter there is not": (
        put("questions", "q12", "figures", "flat", to="D"),
        {"questions.q12.figures: rule_letters"},
    ),
    "grades in the wrong order": (
        lambda data: data["grades"].reverse(),
        {f"grades.{grade}: grade_order" for grade in (1, 2, 3, 4)},
    ),
    "a grade left out": (
        lambda data: data["grades"].pop(1),
        {"grades.3: grade_order", "grades.4: grade_order"},
    ),
    "a grade with a lower score than the one below": (put("grades", "3", "score", to=39), {"grades.3: grade_order"}),
    "a grade about a lower level": (put("grades", "3", "level", to=1), {"grades.3: grade_order"}),
    "a grade with fewer scenarios": (put("grades", "4", "scenarios", to=7), {"grades.4: grade_order"}),
    "a grade with fewer restrictive ones": (put("grades", "4", "restrictive", to=4), {"grades.4: grade_order"}),
    "a grade that asks for a seventeenth scenario": (
        put("grades", "4", "scenarios", to=17),
        {"grades.4: grade_unreachable"},
    ),
    "a grade that asks for an eleventh restrictive one": (
        put("grades", "4", "restrictive", to=11),
        {"grades.4: grade_unreachable"},
    ),
    "a grade about a level that one scenario has not": (
        lambda data: data["scenarios"][3]["levels"].pop(),
        {"grades.4: grade_unreachable"},
    ),
    "values for an unknown question": (values("q99", EVEN), {"profiles.platform.q99: unknown_reference"}),
    "values for a single choice": (values("q5", EVEN), {"profiles.platform.q5: profile_values"}),
    "values that sum to 99": (values("q1", EVEN | {"E": "24"}), {"profiles.platform.q1: profile_values"}),
    "a value for 无": (values("q1", EVEN | {"A": "5", "E": "20"}), {"profiles.platform.q1: profile_values"}),
    "a negative value": (values("q1", EVEN | {"D": "-1", "E": "51"}), {"profiles.platform.q1: profile_values"}),
    "a letter without value": (values("q1", {"A": "0", "B": "100"}), {"profiles.platform.q1: profile_values"}),
    "two wrong shapes": (
        both(put("questions", "q2", "weights", to=[50, 40]), put("scenarios", "quality", "restrictive", to="perhaps")),
        {"questions.1.weights.2: shape", "scenarios.6.restrictive: shape"},
    ),
    "an unknown key and a lost one": (
        both(put("grades", "1", "colour", to="red"), lambda data: data["questions"][0].pop("source")),
        {"grades.0.colour: shape", "questions.0.source: shape"},
    ),
    "a text that is empty": (put("glossary", 0, "text", to=""), {"glossary.0.text: shape"}),
    "no profile at all": (put("profiles", to=[]), {"profiles: shape"}),
}


@pytest.mark.parametrize(("mutate", "named"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_rubric_is_refused_naming_the_place(mutate: Mutation, named: Named) -> None:
    assert named_in(faults_of(broken(mutate))) == named


def test_an_unknown_indicator_is_named_though_the_weights_fall_apart_with_it() -> None:
    faults = faults_of(broken(put("questions", "q9", "indicator", to="hope")))
    assert Fault("questions.q9.indicator", FaultCode.UNKNOWN_REFERENCE, {"id": "hope"}) in faults


def test_faults_of_different_kinds_are_named_all_at_once() -> None:
    kinds = ["a question twice", "letters out of order", "bands out of order", "grades in the wrong order",
             "values for a single choice", "an unknown fuel"]  # fmt: skip
    named = set().union(*(BREAKS[kind][1] for kind in kinds))
    faults = faults_of(broken(*(BREAKS[kind][0] for kind in kinds)))
    assert named_in(faults) == named


def test_the_official_rubric_is_not_broken_by_being_read_again() -> None:
    official = load_rubric("miit-2024")
    assert parse_rubric(with_efforts(parse_rubric(broken()), parse_efforts(read("miit-2024.efforts.json")))) == official
    assert parse_rubric(official.model_dump(mode="json")) == official


# translations


def lose(*path: str | int) -> Mutation:
    def mutate(data: Data) -> None:
        target: Any = data
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]

    return mutate


LOSSES: dict[str, Mutation] = {
    "title": lose("title"),
    "no_grade": lose("no_grade"),
    "dimensions.outcomes": lose("dimensions", "outcomes"),
    "indicators.data_collection": lose("indicators", "data_collection"),
    "questions.q5": lose("questions", "q5"),
    "questions.q6.text": lose("questions", "q6", "text"),
    "questions.q7.item": lose("questions", "q7", "item"),
    "questions.q2.form": lose("questions", "q2", "form"),
    "questions.q8.options": lose("questions", "q8", "options"),
    "questions.q1.options.C": lose("questions", "q1", "options", "C"),
    "scenarios.quality": lose("scenarios", "quality"),
    "scenarios.safety.name": lose("scenarios", "safety", "name"),
    "scenarios.finance.group": lose("scenarios", "finance", "group"),
    "scenarios.energy.levels": lose("scenarios", "energy", "levels", 2),
    "figures.machines.unit": lose("figures", "machines", "unit"),
    "grades.3": lose("grades", "3"),
    "rules.level_ladder": lose("rules", "level_ladder"),
    "levels": lose("levels", 3),
    "glossary": lose("glossary", 9),
    "glossary.0.text": lose("glossary", 0, "text"),
    "energy.heat": lose("energy", "heat"),
    "energy_example.text": lose("energy_example"),
}


@pytest.mark.parametrize(("place", "mutate"), LOSSES.items(), ids=LOSSES.keys())
def test_a_text_without_translation_is_a_fault_and_never_shown_in_chinese(place: str, mutate: Mutation) -> None:
    own = copy.deepcopy(ENGLISH)
    mutate(own)
    with pytest.raises(RubricError) as caught:
        translated(OFFICIAL, own)
    assert named_in(caught.value.faults) == {f"{place}: translation"}


def test_all_missing_translations_are_named_at_once() -> None:
    own = copy.deepcopy(ENGLISH)
    for mutate in LOSSES.values():
        mutate(own)
    with pytest.raises(RubricError) as caught:
        translated(OFFICIAL, own)
    assert {fault.place for fault in caught.value.faults} == set(LOSSES)
