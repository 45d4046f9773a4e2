"""The action plan as data: it says what the document says, refers to what there is, and reads in every language."""

import json
from collections.abc import Callable
from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest

from scoring.editions import languages
from scoring.errors import FaultCode, PolicyError
from scoring.policy import load_policy, parse_policy, policy_of, translated
from tests.scoring.standard import QUESTIONS, SCENARIOS
from tests.scoring.strategies import RUBRIC

POLICY = load_policy("policy-2025")
EVERY = pytest.mark.parametrize("language", languages("miit-2024"))
TRANSLATED = pytest.mark.parametrize("language", languages("miit-2024")[1:])


def read(name: str) -> Any:
    return json.loads((files("scoring") / "data" / name).read_text(encoding="utf-8"))


DATA, TEXTS = read("policy-2025.json"), read("policy-2025.en.json")


# what it says


def test_it_is_the_plan_of_2024_about_the_edition_of_2024() -> None:
    assert (POLICY.document, POLICY.issued, POLICY.rubric) == ("工信部联企业〔2024〕239号", "2024-12-12", RUBRIC.id)


def test_a_grade_is_expected_of_provincial_firms_in_the_pilots_only() -> None:
    expected = {kind.id: kind.expected for kind in POLICY.kinds if kind.expected}
    assert list(expected) == ["provincial"]
    provincial = expected["provincial"]
    assert (provincial.grade, provincial.year, provincial.pilot_only) == (2, 2027, True)
    assert POLICY.target[provincial.target].text == "到2027年，试点省级专精特新中小企业数字化水平达到二级及以上。"


@pytest.mark.parametrize(
    ("kind", "grade", "words"),
    [
        ("little_giant", 2, "跨系统集成"),
        ("little_giant", 3, "四级标杆"),
        ("provincial", 0, "软硬件一体化"),
        ("above_scale", 2, "“哑”设备"),
        ("above_scale", 4, "对标同行业标杆"),
        ("micro", 0, "上云"),
        ("micro", 4, "上云"),
    ],
)
def test_every_kind_of_firm_has_a_direction_at_its_grade(kind: str, grade: int, words: str) -> None:
    assert words in POLICY.kind[kind].direction(grade).text


@EVERY
def test_everything_has_its_place_in_the_document(language: str) -> None:
    policy: Any = load_policy("policy-2025", language)
    directions = [entry for kind in policy.kinds for entry in kind.directions]
    for entry in (*policy.targets, *policy.kinds, *directions, *policy.support):
        assert entry.source[0] in "一二三"


@pytest.mark.parametrize(("language", "words"), [("zh-Hans", "不是"), ("en", "not a promise"), ("zh-Hant", "不是")])
def test_the_note_promises_nothing(language: str, words: str) -> None:
    assert words in load_policy("policy-2025", language).note


# what it refers to


def test_every_item_and_indicator_named_is_one_of_the_standard() -> None:
    for entry in POLICY.support:
        assert set(entry.items) <= {*QUESTIONS, *SCENARIOS}
        assert entry.concerns(RUBRIC)
        assert entry.concerns(RUBRIC) >= set(entry.items)


@pytest.mark.parametrize(
    ("items", "support"),
    [
        (["q6"], ["security"]),
        (["q4"], ["data_management", "data_assets"]),
        (["q11", "q10"], ["money", "training"]),
        (["quality", "procurement"], ["supply_chain", "ai_scenes"]),
        (["after_sales"], []),
        ([], []),
    ],
)
def test_the_help_to_ask_about_is_that_for_what_the_firm_works_on(items: list[str], support: list[str]) -> None:
    assert [entry.id for entry in POLICY.support_for(RUBRIC, items)] == support


def spoilt(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    data: dict[str, Any] = deepcopy(DATA)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (lambda d: d["support"][0]["items"].append("q99"), "support.cloud.items", FaultCode.UNKNOWN_REFERENCE),
        (lambda d: d["support"][0]["indicators"].append("x"), "support.cloud.indicators", FaultCode.UNKNOWN_REFERENCE),
        (
            lambda d: d["kinds"][1]["expected"].update(target="x"),
            "kinds.provincial.expected.target",
            FaultCode.UNKNOWN_REFERENCE,
        ),
        (
            lambda d: d["kinds"][1]["expected"].update(grade=5),
            "kinds.provincial.expected.grade",
            FaultCode.UNKNOWN_REFERENCE,
        ),
        (lambda d: d["kinds"][0]["directions"].pop(), "kinds.little_giant.directions", FaultCode.SHAPE),
        (lambda d: d["kinds"][0]["directions"].reverse(), "kinds.little_giant.directions", FaultCode.SHAPE),
        (lambda d: d["kinds"].append(d["kinds"][3]), "kinds", FaultCode.DUPLICATE_ID),
        (lambda d: d["targets"][0].pop("source"), "targets.0.source", FaultCode.SHAPE),
        (lambda d: d.update(extra=1), "extra", FaultCode.SHAPE),
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], place: str, code: FaultCode
) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(spoilt(change))
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [(place, code)]


# languages


@TRANSLATED
def test_every_language_has_the_same_keys(language: str) -> None:
    texts = read(f"policy-2025.{language}.json")
    for name in ("targets", "support", "kinds"):
        assert list(texts[name]) == [entry["id"] for entry in DATA[name]]
    for kind in DATA["kinds"]:
        assert set(texts["kinds"][kind["id"]]) == {"name", "directions"}
    assert set(texts) == {"title", "document", "issuers", "language", "official", "note", "targets", "kinds", "support"}


@TRANSLATED
def test_a_translation_changes_texts_only(language: str) -> None:
    def facts(data: dict[str, Any]) -> Any:
        return {
            **{name: [{**entry, "text": "", "name": ""} for entry in data[name]] for name in ("targets", "support")},
            "kinds": [
                {**kind, "name": "", "directions": [{**entry, "text": ""} for entry in kind["directions"]]}
                for kind in data["kinds"]
            ],
        }

    assert facts(translated(DATA, read(f"policy-2025.{language}.json"))) == facts(DATA)
    policy = load_policy("policy-2025", language)
    assert (policy.official, policy.language) == (False, language)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda t: t.pop("note"), "note"),
        (lambda t: t["targets"].pop("cloud_use"), "targets.cloud_use"),
        (lambda t: t["support"].pop("money"), "support.money"),
        (lambda t: t["kinds"]["micro"].pop("name"), "kinds.micro.name"),
        (lambda t: t["kinds"]["micro"]["directions"].clear(), "kinds.micro.directions"),
    ],
)
def test_a_text_without_translation_is_a_fault(change: Callable[[dict[str, Any]], object], place: str) -> None:
    texts = deepcopy(TEXTS)
    change(texts)
    with pytest.raises(PolicyError) as caught:
        translated(DATA, texts)
    assert [(fault.place, fault.code) for fault in caught.value.faults] == [(place, FaultCode.TRANSLATION)]


def test_without_a_translation_the_official_text_is_read() -> None:
    assert load_policy("policy-2025", "fr") == POLICY


def test_a_policy_belongs_to_the_edition_that_it_names() -> None:
    assert policy_of("miit-2024", "en") == load_policy("policy-2025", "en")
    assert policy_of("another-edition", "en") is None
