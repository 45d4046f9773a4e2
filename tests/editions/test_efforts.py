"""What steps cost is ours to say, and an operator's to replace: file over file, by name, checked like an edition."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scoring.editions import check_edition, known, load_rubric, use
from scoring.errors import RubricError
from scoring.plan import Plan, QuestionStep, plan_to
from scoring.rubric import Rubric
from scoring.sheet import Sheet
from tests.bot.child import ROOT, Shuping
from tests.bot.inside import Inside, fault
from tests.editions.support import OFFICE, OWN

NAME = "miit-2024.efforts.json"
OURS = load_rubric("miit-2024")
MARKETING = (1, 2, 4, 8)


def put(folder: Path, data: Any, name: str = NAME) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return file


def told(folder: Path, data: Any) -> Rubric:
    put(folder, data)
    use(folder)
    return load_rubric("miit-2024")


def test_a_reason_that_is_replaced_counts_wherever_it_is_named(tmp_path: Path) -> None:
    rubric = told(tmp_path, {"reasons": {"software": {"effort": 3, "text": "dear here"}}})
    assert rubric.question["q6"].efforts == {"A": 1, "B": 1, "C": 3, "D": 2, "E": 4}
    assert rubric.question["q6"].options[2].reason == "dear here"
    assert rubric.scenario["marketing"].efforts == (1, 3, 4, 8)
    assert (known(), rubric.effort_note) == (("miit-2024",), OURS.effort_note)


def test_an_option_a_question_and_a_scenario_are_replaced_alone(tmp_path: Path) -> None:
    rubric = told(
        tmp_path,
        {
            "note": "ours, of this city",
            "reasons": {"free": {"effort": 1, "text": {"zh-Hans": "免费", "en": "free"}}},
            "questions": {"q1": {"D": "free"}, "q9": "integration"},
            "scenarios": {"finance": ["free", "free", "free", "ai"]},
        },
    )
    assert rubric.question["q1"].efforts == {**OURS.question["q1"].efforts, "D": 1}
    assert set(rubric.question["q9"].efforts.values()) == {1, 4}
    assert rubric.scenario["finance"].efforts == (1, 1, 1, 8)
    assert rubric.scenario["marketing"].efforts == MARKETING
    assert (rubric.question["q1"].options[3].reason, rubric.effort_note) == ("免费", "ours, of this city")
    assert load_rubric("miit-2024", "en").question["q1"].options[3].reason == "free"
    assert load_rubric("miit-2024", "zh-Hant").scenario["finance"].efforts == (1, 1, 1, 8)


def test_without_the_folder_all_is_as_it_was(tmp_path: Path) -> None:
    told(tmp_path, {"questions": {"q1": "rule"}})
    use()
    assert load_rubric("miit-2024") == OURS


def test_the_plan_follows(tmp_path: Path) -> None:
    def first(rubric: Rubric) -> Plan | None:
        return plan_to(Sheet(rubric, "published"), {"q1": ("B",)}, dict.fromkeys(rubric.scenario, 4), 1).plan

    ours, theirs = first(OURS), first(told(tmp_path, {"reasons": {"five_g": {"effort": 1, "text": "there is one"}}}))
    assert ours is not None
    assert theirs is not None
    assert "q1" not in {step.question for step in ours.questions}
    assert QuestionStep("q1", ("D",), None) in theirs.questions


def test_an_edition_of_ones_own_may_have_them_too(tmp_path: Path) -> None:
    put(tmp_path, (OWN / f"{OFFICE}.json").read_text(encoding="utf-8"), f"{OFFICE}.json")
    question = json.loads((OWN / f"{OFFICE}.json").read_text(encoding="utf-8"))["questions"][0]
    efforts = {"reasons": {"much": {"effort": 7, "text": "much"}}, "questions": {question["id"]: "much"}}
    put(tmp_path, efforts, f"{OFFICE}.efforts.json")
    use(tmp_path)
    assert set(load_rubric(OFFICE).question[question["id"]].efforts.values()) == {7, question["effort"]}


FAULTS: dict[str, tuple[Any, set[str]]] = {
    "no effort": ({"reasons": {"rule": {"effort": 0, "text": "x"}}}, {"reasons.rule.effort: shape"}),
    "no reason why": ({"reasons": {"rule": {"effort": 1}}}, {"reasons.rule.text: shape"}),
    "an unknown part": ({"levels": {}}, {"levels: shape"}),
    "an unknown question": ({"questions": {"q16": "rule"}}, {"questions: unknown_reference"}),
    "an unknown letter": ({"questions": {"q1": {"F": "rule"}}}, {"questions.q1: unknown_reference"}),
    "an unknown scenario": ({"scenarios": {"sales": ["rule"] * 4}}, {"scenarios: unknown_reference"}),
    "an unknown reason": ({"questions": {"q1": "magic"}}, {"questions.q1: unknown_reference"}),
    "a result": ({"questions": {"q12": "rule"}}, {"questions.q12: effort_of_result"}),
    "too few levels": (
        {"scenarios": {"finance": ["rule"]}},
        {"scenarios.finance.efforts: efforts_count", "scenarios.finance.reasons: efforts_count"},
    ),
}


@pytest.mark.parametrize(("data", "named"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_file_and_place(tmp_path: Path, data: Any, named: set[str]) -> None:
    file = put(tmp_path, data)
    for look in (use, lambda folder: check_edition(folder / NAME)):
        with pytest.raises(RubricError) as caught:
            look(tmp_path)
        assert {re.sub(r"\.str$", "", f"{fault.place}: {fault.code}") for fault in caught.value.faults} == named
        assert caught.value.file == str(file)


def test_the_check_says_in_words_what_is_wrong(run: Inside, tmp_path: Path) -> None:
    file = put(tmp_path, {"questions": {"q12": "rule"}, "scenarios": {"finance": ["rule"], "sales": ["rule"]}})
    fault(run("rubric", "check", str(file)), str(file), "sales", "questions.q12", "不列入计划")
    assert run("rubric", "check", str(put(tmp_path, {"questions": {"q1": "rule"}}))).status == 0


def test_commands_follow_the_file(
    shuping: Shuping, run: Inside, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(tmp_path / "own", {"reasons": {"sheet": {"effort": 5, "text": "not here"}}})
    monkeypatch.setenv("SHUPING_RUBRICS", str(tmp_path / "own"))
    assert [scenario["efforts"][0] for scenario in run("rubric").json["scenarios"]][2] == 5
    assert "力气 5：not here" in run("rubric", "--format", "markdown").out


def test_the_example_in_the_documentation_is_right(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "editions.md").read_text(encoding="utf-8")
    example = re.findall(r"^```json\n(.*?)^```", document, re.MULTILINE | re.DOTALL)[1]
    rubric = told(tmp_path, example)
    assert rubric.question["q5"].efforts["B"] == 1
    assert rubric.scenario["finance"].efforts == (1, 3, 4, 8)
