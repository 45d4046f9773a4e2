"""The rubric is the standard: every number, every ruling on its text, every word of it, and full translations."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from scoring.editions import languages, load_rubric
from scoring.rubric import Question, Rubric
from tests.scoring.standard import (
    COEFFICIENTS,
    DECISIONS,
    DIMENSIONS,
    GRADES,
    QUESTIONS,
    SCENARIOS,
)

RUBRIC = load_rubric("miit-2024")
ENGLISH = load_rubric("miit-2024", "en")
OTHERS = languages("miit-2024")[1:]
TRANSLATED = pytest.mark.parametrize("translation", [load_rubric("miit-2024", other) for other in OTHERS], ids=OTHERS)
DATA = json.loads((files("scoring") / "data" / "miit-2024.json").read_text(encoding="utf-8"))
SCAN = (Path(__file__).parent / "standard_2024.txt").read_text(encoding="utf-8")


def bare(text: str) -> str:
    """Without punctuation and spaces, which the scan gets wrong."""
    return "".join(char for char in text if char.isalnum())


BARE_SCAN = bare(SCAN)
NOT_TEXT = {"id", "source", "language", "type", "rule", "kind", "indicator", "dimension", "measure", "coefficient"}


def texts(data: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text a person reads, with its place in the data file."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in NOT_TEXT | {"figures", "profiles", "consumed", "total"} or (key == "figures" and not place):
                yield from texts(value, f"{place}.{key}".strip("."))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts(value, f"{place}.{position}")
    elif isinstance(data, str):
        yield place, data


TEXTS = dict(texts(DATA))


# the numbers


def test_questions_have_the_types_option_counts_and_weights_of_the_standard() -> None:
    held = {q.id: (q.type, len(q.options), *q.weights) for q in RUBRIC.questions}
    assert list(held.items()) == list(QUESTIONS.items())


def test_the_weights_of_all_questions_make_a_hundred_points() -> None:
    products = [Fraction(a * b * c, 100**3) for a, b, c in (question.weights for question in RUBRIC.questions)]
    assert sum(products) * 100 == 100


def test_dimensions_weigh_50_30_and_20_and_hold_their_questions() -> None:
    held = {
        dimension.id: (
            dimension.name,
            *{q.weights[0] for q in RUBRIC.questions if RUBRIC.dimension_of[q.id] == dimension.id},
            tuple(q.id for q in RUBRIC.questions if RUBRIC.dimension_of[q.id] == dimension.id),
        )
        for dimension in RUBRIC.dimensions
    }
    assert held == DIMENSIONS


CLASSES = {1, 2, 4, 8}


def test_every_step_has_an_effort_of_a_class_with_a_reason_but_results_have_none() -> None:
    decided = [question for question in RUBRIC.questions if question.effort is not None]
    assert [question.id for question in decided] == [*DECISIONS]
    for language in languages(RUBRIC.id):
        rubric = load_rubric(RUBRIC.id, language)
        options = [option for item in DECISIONS for option in rubric.question[item].options[1:]]
        assert {option.effort for option in options} == CLASSES
        assert all(option.reason for option in options)
        for scenario in rubric.scenarios:
            assert len(scenario.levels) == len(scenario.efforts) == len(scenario.reasons)
            assert {*scenario.efforts} <= CLASSES


@pytest.mark.parametrize(
    ("item", "key", "effort"),
    [("q1", "D", 8), ("q6", "B", 1), ("q6", "C", 2), ("q6", "E", 4), ("q8", "E", 8), ("q8", "F", 1), ("q11", "B", 8)],
)
def test_what_an_option_takes(item: str, key: str, effort: int) -> None:
    assert RUBRIC.question[item].efforts[key] == effort


@pytest.mark.parametrize(
    ("item", "efforts"),
    [
        ("marketing", (1, 2, 4, 8)),  # a sheet, a system, systems that are connected, artificial intelligence
        ("product_design", (2, 2, 4, 8)),  # design software has to be bought
        ("safety", (1, 4, 4, 8)),  # level 2 watches dangers online
        ("human_resources", (1, 2, 2, 8)),  # level 3 is a tool for analysis
        ("after_sales", (1, 2, 4, 4)),  # level 4 may be service from afar
    ],
)
def test_what_the_levels_of_a_scenario_take(item: str, efforts: tuple[int, ...]) -> None:
    assert RUBRIC.scenario[item].efforts == efforts


def test_the_same_thing_takes_the_same_effort_in_every_language() -> None:
    for language in languages(RUBRIC.id):
        rubric = load_rubric(RUBRIC.id, language)
        assert [question.efforts for question in rubric.questions] == [q.efforts for q in RUBRIC.questions]
        assert [scenario.efforts for scenario in rubric.scenarios] == [s.efforts for s in RUBRIC.scenarios]


def test_scenarios_come_in_the_standards_order_under_their_group() -> None:
    held = {s.id: (s.name + "*" * s.restrictive, s.group) for s in RUBRIC.scenarios}
    assert list(held.items()) == list(SCENARIOS.items())
    assert all(len(scenario.levels) == 4 for scenario in RUBRIC.scenarios)


def test_ten_scenarios_are_restrictive() -> None:
    ten = "产品设计 营销管理 生产管控 质量管理 设备管理 安全生产 能耗管理 采购管理 仓储物流 财务管理"
    assert " ".join(scenario.name for scenario in RUBRIC.scenarios if scenario.restrictive) == ten


def test_the_grading_table_has_four_rows_each_about_the_level_of_its_number() -> None:
    assert [(row.grade, row.name, row.score, row.scenarios, row.restrictive) for row in RUBRIC.grades] == GRADES
    assert [row.level for row in RUBRIC.grades] == [1, 2, 3, 4]
    assert [RUBRIC.grade_name(grade) for grade in range(5)] == ["无等级", "初始级", "规范级", "集成级", "协同级"]


def test_table_one_has_fifteen_coefficients_with_their_units() -> None:
    assert {fuel.name: (fuel.unit, fuel.coefficient) for fuel in RUBRIC.energy} == {
        name: (unit, Decimal(coefficient)) for name, (unit, coefficient) in COEFFICIENTS.items()
    }
    assert len(RUBRIC.energy) == 15


def test_bands_of_the_three_rates_are_the_same() -> None:
    bands = ["[0-10%]", "(10%,20%]", "(20%,40%]", "(40%,60%]", "(60%,100%]"]
    for question in ("q2", "q3", "q11"):
        assert [option.text for option in RUBRIC.question[question].options] == bands
        rule = RUBRIC.question[question].figures
        assert rule is not None
        assert rule.rule == "share"
        assert rule.bands == (10, 20, 40, 60, 100)


# the rulings on the text


def test_the_glossary_explains_ten_terms() -> None:
    assert " ".join(entry.term for entry in RUBRIC.glossary) == (
        "设备数字化率 设备联网率 数字化人才 综合能源消费量 关键工序 "
        "业务环节 规范化管理 智能仓储 供应链可视化 数据驱动平台"
    )


def test_question_8_has_six_options_and_the_last_is_about_visits() -> None:
    assert RUBRIC.question["q8"].letters == tuple("ABCDEF")
    assert RUBRIC.question["q8"].options[5].text.startswith("定期组织员工去数字化建设成效较好的同行业公司参观交流")


def test_every_multiple_choice_begins_with_none() -> None:
    assert {q.options[0].text for q in RUBRIC.questions if q.type == "multiple"} == {"无"}


def test_question_4_offers_the_fourteen_scenarios_before_office_work() -> None:
    assert [option.text for option in RUBRIC.question["q4"].options[1:]] == [s.name for s in RUBRIC.scenarios[:14]]


@pytest.mark.parametrize(
    ("scenario", "level", "end"),
    [
        ("production_control", 3, "实现信息化系统与其他系统（如生产计划、质量或设备等）的协同，实现数据共享。"),
        (
            "production_control",
            4,
            "等生产作业数据的在线分析与实时监测预警，并驱动生产过程的迭代优化与闭环管控，不断优化生产管理。",
        ),
        ("energy", 3, "实现设备能耗的监测分析与相关部门协同管控优化。"),
        ("human_resources", 1, "，辅助实现员工、流程的信息记录。"),
        ("human_resources", 2, "等核心流程的规范化管理。"),
        ("human_resources", 3, "数据驱动人力资源战略规划和决策制定。"),
        ("human_resources", 4, "智能招聘与人才画像、个性化的培训和发展计划，支持战略性人才管理。"),
        ("safety", 2, "重大危险源等在线监测。"),
    ],
)
def test_halves_cut_by_a_page_break_are_joined(scenario: str, level: int, end: str) -> None:
    assert RUBRIC.scenario[scenario].levels[level - 1].endswith(end)


def test_every_level_of_a_scenario_is_one_sentence_ending_in_one_full_stop() -> None:
    ends = {text[-2:] for scenario in RUBRIC.scenarios for text in scenario.levels}
    assert all(end[1] == "。" and end[0] != "。" for end in ends)


BAND = r"[\[(]\d+%?[-,]\d+%\]"  # a formula, not prose
STRAY = re.compile(
    r"[,;:()?!\"'<>\t\\$]"  # half-width punctuation, markup
    r"|(?<!\d)\.|\.(?!\d)"  # a point that stands outside a number
    r"|[，。；：、]{2}"
    r"|[ \u00a0\u3000]|\n\n|^\n|\n$"
)


def test_chinese_prose_has_full_width_punctuation_and_no_stray_spaces() -> None:
    assert len(TEXTS) > 300
    assert {place: text for place, text in TEXTS.items() if STRAY.search(text) and not re.fullmatch(BAND, text)} == {}


# fidelity


def test_every_text_stands_in_the_standard() -> None:
    official = {place: text for place, text in TEXTS.items() if not place.startswith("figures.")}  # labels of ours
    assert {place: text for place, text in official.items() if bare(text) not in BARE_SCAN} == {}


def _in_the_form(question: Question) -> str:
    number, options = question.id[1:], "".join(option.text for option in question.options)
    kind = {"single": "单选", "multiple": "多选"}[question.type]
    return f"{number}{question.text}{options}{question.form or ''}{kind}"


@pytest.mark.parametrize("question", RUBRIC.questions, ids=lambda question: question.id)
def test_a_question_stands_in_the_form_with_its_number_options_and_type_in_one_piece(question: Question) -> None:
    assert bare(_in_the_form(question)) in BARE_SCAN


def test_the_table_of_scenarios_stands_in_the_standard_in_one_piece() -> None:
    group, pieces = "", []
    for scenario in RUBRIC.scenarios:
        pieces += [scenario.group] if scenario.group != group else []
        pieces += [scenario.name, *scenario.levels]
        group = scenario.group
    assert bare("".join([*(level.text for level in RUBRIC.levels), *pieces])) in BARE_SCAN


def test_table_one_stands_in_the_standard_in_one_piece() -> None:
    rows = [
        f"{f.name}{f.unit}{f.coefficient}" + ("" if f.unit == "吨标准煤" else f"吨标准煤/{f.unit}")
        for f in RUBRIC.energy
    ]
    assert bare("".join(rows)) in BARE_SCAN


def test_every_term_is_followed_by_its_explanation() -> None:
    assert [term.term for term in RUBRIC.glossary if bare(term.term + term.text) not in BARE_SCAN] == []


def test_every_entry_cites_its_place_in_the_standard() -> None:
    lists = {key: entries for key, entries in DATA.items() if isinstance(entries, list)}
    for name, entries in lists.items():
        for entry in entries:
            assert re.match("二|三（一）|三（二）|相关名词解释|表1|工信部在线填报表单", entry["source"]), (name, entry)
    assert [q.source for q in RUBRIC.questions] == [f"三（一）第{n}题" for n in range(1, 16)]
    assert [s.source for s in RUBRIC.scenarios] == [f"三（二）{s.name}" for s in RUBRIC.scenarios]


# translations


@TRANSLATED
def test_a_translation_keeps_every_id_number_and_source(translation: Rubric) -> None:
    plain = {"title", "language", "official", "no_grade", "operations", "effort_note"}
    words = {"name", "text", "item", "form", "unit", "term", "group", "reason"}

    def skeleton(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: skeleton(value) for key, value in data.items() if key not in words}
        if isinstance(data, list | tuple):
            return len(data) if data and isinstance(data[0], str) else [skeleton(entry) for entry in data]
        return data

    sides = [rubric.model_dump(exclude=plain) for rubric in (RUBRIC, translation)]
    assert skeleton(sides[0]) == skeleton(sides[1])
    assert translation.language in languages("miit-2024")
    assert (translation.official, RUBRIC.official) == (False, True)


@TRANSLATED
def test_nothing_in_a_translation_is_empty(translation: Rubric) -> None:
    translated = dict(texts(translation.model_dump(mode="json")))
    assert translated.keys() == dict(texts(RUBRIC.model_dump(mode="json"))).keys() > TEXTS.keys()
    assert [place for place, text in translated.items() if not text.strip()] == []


def test_nothing_in_english_is_chinese() -> None:
    english = texts(ENGLISH.model_dump(mode="json"))
    assert [place for place, text in english if re.search("[\u3000-\u9fff\uff00-\uffef]", text)] == []


def test_nothing_in_traditional_chinese_is_in_simplified_characters() -> None:
    """Big5 has none."""
    traditional = texts(load_rubric("miit-2024", "zh-Hant").model_dump(mode="json"))
    for place, text in traditional:
        for character in re.findall("[\u4e00-\u9fff]", text):
            assert character.encode("big5", "ignore"), (place, character)


@TRANSLATED
def test_terms_are_found_in_the_official_text_in_every_language(translation: Rubric) -> None:
    assert translation.terms_of == RUBRIC.terms_of
    assert [RUBRIC.glossary[i].term for i in RUBRIC.terms_of["q2"]] == ["设备数字化率"]
    assert [RUBRIC.glossary[i].term for i in RUBRIC.terms_of["q12"]] == ["综合能源消费量"]
    assert [RUBRIC.glossary[i].term for i in RUBRIC.terms_of["decision_support"]] == ["业务环节", "数据驱动平台"]
