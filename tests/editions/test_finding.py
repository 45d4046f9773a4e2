"""Which editions are here, in which language each is read, and what is wrong with a file, by name and place."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from bot.words.wording import wording
from locales import LANGUAGES
from scoring.editions import BUNDLED, check_edition, current, edition_of, known, languages, load_rubric, spoken, use
from scoring.errors import AnswersError, FaultCode, MissingEditionError, RubricError
from scoring.sheet import load_sheet
from tests.editions.support import OFFICE, OWN, WORKSHOP


def test_an_operators_editions_stand_beside_the_bundled_one() -> None:
    assert known() == (*BUNDLED, OFFICE, WORKSHOP)
    assert [load_rubric(edition).id for edition in known()] == [*known()]


def test_new_assessments_begin_with_the_bundled_one_unless_another_is_told() -> None:
    assert current().id == "miit-2024"
    use(OWN, WORKSHOP)
    assert current().id == WORKSHOP


def test_the_program_speaks_the_languages_of_what_comes_with_it() -> None:
    assert sorted(spoken()) == sorted(LANGUAGES)


@pytest.mark.parametrize(
    ("edition", "language", "title", "read"),
    [
        (OFFICE, None, "Office check (2026)", "en"),
        (OFFICE, "en", "Office check (2026)", "en"),
        (OFFICE, "zh-Hans", "办公检查（2026）", "zh-Hans"),
        (OFFICE, "fr", "Office check (2026)", "en"),
        (WORKSHOP, "en", "车间数字化自评（2026年版）", "zh-Hans"),
    ],
)
def test_without_a_translation_the_official_text_is_shown(
    edition: str, language: str | None, title: str, read: str
) -> None:
    rubric = load_rubric(edition, language)
    assert (rubric.title, rubric.language) == (title, read)


def test_our_own_words_stay_in_the_persons_language_beside_it() -> None:
    words = wording("en", WORKSHOP)
    assert words.item_name("q1") == "1. 看板"
    assert words.answer(None) == "open"


def test_languages_are_the_official_one_and_those_of_translations() -> None:
    assert (languages(OFFICE), languages(WORKSHOP)) == (("en", "zh-Hans"), ("zh-Hans",))


def test_terms_are_found_in_the_official_text() -> None:
    chinese = load_rubric(OFFICE, "zh-Hans")
    assert [chinese.glossary[i].term for i in chinese.terms_of["channels"]] == ["热线"]


def test_an_edition_that_has_gone_is_missing_everywhere_by_name() -> None:
    use()
    for look in (load_rubric, load_sheet, lambda edition: wording("en", edition + "-gone")):
        with pytest.raises(MissingEditionError, match=OFFICE):
            look(OFFICE)


def test_to_begin_with_what_is_not_here_changes_nothing() -> None:
    with pytest.raises(MissingEditionError) as caught:
        use(OWN, "nowhere-2020")
    assert caught.value.known == known()
    assert current().id == "miit-2024"


# which edition a file is about


@pytest.mark.parametrize(
    ("data", "edition"),
    [
        ({"rubric": OFFICE}, OFFICE),
        ({"answers": {}}, "miit-2024"),
        ({}, "miit-2024"),
        ([], "miit-2024"),
        (7, "miit-2024"),
    ],
)
def test_a_file_is_about_the_edition_that_it_names(data: Any, edition: str) -> None:
    assert edition_of(data) == edition


def test_answers_that_name_no_edition_are_by_the_current_one() -> None:
    use(OWN, OFFICE)
    assert edition_of({"answers": {}}) == OFFICE


@pytest.mark.parametrize("named", ["miit-2020", "", 2024, None, ["miit-2024"]])
def test_a_file_that_names_none_that_is_here_is_refused(named: Any) -> None:
    with pytest.raises(AnswersError) as caught:
        edition_of({"rubric": named})
    (fault,) = caught.value.faults
    assert (fault.place, fault.code) == ("rubric", FaultCode.WRONG_RUBRIC)
    assert fault.details["expected"] == ", ".join(known())


# what is wrong with a file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the folder, to break."""
    return copytree(OWN, tmp_path / "own")


def broken(own: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    data = json.loads((own / name).read_text(encoding="utf-8"))
    change(data)
    (own / name).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


Change = Callable[[dict[str, Any]], object]
OFFICIAL, CHINESE = f"{OFFICE}.json", f"{OFFICE}.zh-Hans.json"
FAULTS: dict[str, tuple[str, Change, set[str]]] = {
    "another id than the file's": (OFFICIAL, lambda d: d.update(id="office-2025"), {"id: edition_name"}),
    "an id with a point": (OFFICIAL, lambda d: d.update(id="office.2026"), {"id: shape"}),
    "an option that is no letter": (
        OFFICIAL,
        lambda d: d["questions"][0]["options"][0].update(id="1"),
        {"questions.0.options.0.id: shape"},
    ),
    "an item's id of two words": (
        OFFICIAL,
        lambda d: d["questions"][0].update(id="two words"),
        {"questions.0.id: shape"},
    ),
    "an item's id that no button can hold": (
        OFFICIAL,
        lambda d: d["questions"][0].update(id="a" * 19),
        {"questions.0.id: shape"},
    ),
    "no question": (OFFICIAL, lambda d: d.update(questions=[]), {"questions: shape"}),
    "no grade": (OFFICIAL, lambda d: d.update(grades=[]), {"grades: shape"}),
    "a dimension called like the page of scenarios": (
        OFFICIAL,
        lambda d: (
            d["dimensions"][0].update(id="operations"),
            [i.update(dimension="operations") for i in d["indicators"]],
        ),
        {"dimensions: duplicate_id"},
    ),
    "an indicator without a question": (
        OFFICIAL,
        lambda d: d["indicators"].append({"id": "idle", "dimension": "service", "name": "Idle", "source": "1"}),
        {"indicators.idle: nothing_asked"},
    ),
    "a dimension without an indicator": (
        OFFICIAL,
        lambda d: d["dimensions"].append({"id": "idle", "name": "Idle", "source": "1"}),
        {"dimensions.idle: nothing_asked"},
    ),
    "a grade that asks for scenarios where there are none": (
        OFFICIAL,
        lambda d: d["grades"][2].update(level=1, scenarios=1),
        {"grades.3: grade_unreachable"},
    ),
    "a rule for a multiple choice": (
        OFFICIAL,
        lambda d: (
            d.update(figures=[{"id": "x", "name": "X", "unit": "%", "kind": "percent", "source": "1"}]),
            d["questions"][0].update(
                figures={"rule": "share", "asks": ["x"], "part": "x", "whole": "x", "bands": [10, 20, 50, 100]}
            ),
        ),
        {"questions.channels.figures: figures_kind"},
    ),
    "a rule with a figure that nobody is asked for": (
        OFFICIAL,
        lambda d: (
            d.update(figures=[{"id": i, "name": i, "unit": "%", "kind": "percent", "source": "1"} for i in "xy"]),
            d["questions"][1].update(
                figures={"rule": "share", "asks": ["x"], "part": "x", "whole": "y", "bands": [50, 100]}
            ),
        ),
        {"questions.invoices.figures.asks: figures_unasked"},
    ),
    "scenarios without a name for them": (f"{WORKSHOP}.json", lambda d: d.pop("operations"), {"operations: shape"}),
    "a level without a name": (f"{WORKSHOP}.json", lambda d: d["levels"].pop(), {"levels: level_names"}),
    "levels out of order": (f"{WORKSHOP}.json", lambda d: d["levels"].reverse(), {"levels: level_names"}),
    "a grade that asks for scenarios at no level": (
        f"{WORKSHOP}.json",
        lambda d: d["grades"][0].update(level=0),
        {"grades.1: grade_unreachable"},
    ),
    "a hundred items": (
        f"{WORKSHOP}.json",
        lambda d: d["scenarios"].extend(d["scenarios"][1] | {"id": f"more{i}"} for i in range(94)),
        {"questions and scenarios: items_count"},
    ),
    "a text without translation": (CHINESE, lambda d: d["grades"].pop("2"), {"grades.2: translation"}),
    "a translation of what is not there": (
        CHINESE,
        lambda d: d["grades"].update({"4": "四星"}),
        {"grades: unknown_reference"},
    ),
    "a translation of another shape": (CHINESE, lambda d: d.update(questions=["渠道"]), {"questions: shape"}),
    "a translation into another language": (
        CHINESE,
        lambda d: d.update(language="zh-Hant"),
        {"language: language_name"},
    ),
}


@pytest.mark.parametrize(("name", "change", "named"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_with_its_file_and_place(own: Path, name: str, change: Change, named: set[str]) -> None:
    broken(own, name, change)
    with pytest.raises(RubricError) as caught:
        use(own)
    assert {f"{fault.place}: {fault.code}" for fault in caught.value.faults} == named
    assert caught.value.file == str(own / name)
    assert current().id == "miit-2024"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"id": "office-2026",}', FaultCode.NOT_JSON),
        (b'{"id": "office-2026", "id": "x"}', FaultCode.DOUBLED),
        (b"\xff\xfe\x00", FaultCode.NOT_TEXT),
        (b"[]", FaultCode.SHAPE),
        (b"", FaultCode.NOT_JSON),
    ],
)
def test_a_file_that_cannot_be_read_is_named(own: Path, content: bytes, code: FaultCode) -> None:
    (own / OFFICIAL).write_bytes(content)
    with pytest.raises(RubricError) as caught:
        check_edition(own / OFFICIAL)
    assert (caught.value.faults[0].code, caught.value.file) == (code, str(own / OFFICIAL))


@pytest.mark.parametrize("name", [OFFICIAL, CHINESE])
def test_a_file_without_an_end_is_named_and_not_read(own: Path, name: str) -> None:
    with (own / name).open("wb") as file:
        file.truncate(2 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(RubricError) as caught:
            check_edition(own / OFFICIAL)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (caught.value.faults[0].code, caught.value.file) == (FaultCode.RECORD_TOO_LONG, str(own / name))
    assert peak < 16 << 20


def test_an_edition_that_comes_with_the_program_cannot_be_replaced(own: Path) -> None:
    broken(own, OFFICIAL, lambda data: data.update(id="miit-2024"))
    (own / OFFICIAL).rename(own / "miit-2024.json")
    with pytest.raises(RubricError) as caught:
        check_edition(own / "miit-2024.json")
    assert [fault.code for fault in caught.value.faults] == [FaultCode.EDITION_TAKEN]


def test_a_translation_of_an_edition_that_is_not_there_is_missed_by_name(own: Path) -> None:
    (own / OFFICIAL).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        use(own)
    assert caught.value.filename == str(own / OFFICIAL)


def test_to_check_a_translation_is_to_check_its_edition(own: Path) -> None:
    assert check_edition(own / CHINESE) == load_rubric(OFFICE)
    broken(own, OFFICIAL, lambda data: data.update(grades=[]))
    with pytest.raises(RubricError):
        check_edition(own / CHINESE)


def test_other_files_in_the_folder_are_left_alone(own: Path) -> None:
    (own / "README.md").write_text("ours")
    (own / f"{OFFICE}.json~").write_text("{")
    use(own)
    assert known() == (*BUNDLED, OFFICE, WORKSHOP)
