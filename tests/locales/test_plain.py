"""The standard in plain words: every item, option and level, in every language, short, held against the official text.

The official text stands above each entry as a comment. Where it changes, the comment no longer agrees, and the plain
line has to be read against it again.
"""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

import pytest

from bot.words.wording import wording
from locales import DEFAULT_LANGUAGE, LANGUAGES, plain_domain
from scoring.editions import load_rubric
from tests.locales.test_catalogues import in_chinese_characters, messages, source, texts

RUBRIC = load_rubric("miit-2024")
DOMAIN = plain_domain(RUBRIC.id)
EVERY = pytest.mark.parametrize("language", LANGUAGES)
WORDS = (
    *("有效执行", "关键工序", "定期", "工控网", "应用系统网", "5G", "扩展", "风险评估", "入侵", "恶意代码", "边界"),
    *(
        "制度",
        "台账",
        "核验",
        "并取得成效",
        "专职",
        "兼职",
        "绩效",
        "薪酬",
        "梯度",
        "增加",
        "持平",
        "降低",
        "标准库",
        "知识库",
    ),
    *(
        "跨部门",
        "协同",
        "实时",
        "自动",
        "半自动",
        "追溯",
        "报警",
        "远程",
        "OEE",
        "在线",
        "预警",
        "应急预案",
        "重大危险源",
    ),
    *("安全库存", "提前期", "交期", "；或", "厂外智能物流", "管理会计", "总账", "固定资产", "出纳", "考勤", "关键指标"),
    *("移动", "可视化", "数据驱动平台", "预测"),
)
"""What raises or lowers the bar: if the official text has it, other than as an example, so has the plain line."""


def keys() -> Iterator[tuple[str, str]]:
    """Item and key of every option and level; level 0 is none of them."""
    for item in RUBRIC.items:
        letters = RUBRIC.question[item].letters if item in RUBRIC.question else "01234"
        yield from ((item, key) for key in letters)


def official(item: str, key: str) -> str:
    """What a plain line is read against: for "ask" the question or the scenario's name, for level 0 the first level."""
    if key == "ask":
        return RUBRIC.question[item].text if item in RUBRIC.question else RUBRIC.scenario[item].name
    entry = RUBRIC.question.get(item) or RUBRIC.scenario[item]
    return entry.official["1" if key == "0" else key]


def plain(language: str, name: str) -> str:
    return texts(messages(language, DOMAIN)[name])[0]


def width(text: str) -> float:
    """In full-width characters."""
    return sum(1 if east_asian_width(character) in "WF" or character in "“”" else 0.5 for character in text)


EVERYTHING = [*keys(), *((item, "ask") for item in RUBRIC.items)]
REACHED = [(item, key) for item, key in EVERYTHING if key not in ("ask", "0")]


@EVERY
def test_every_option_and_level_has_a_line_and_a_label_and_every_item_a_question(language: str) -> None:
    wanted = {f"{item}.{key}" for item, key in EVERYTHING} | {f"{item}.{key}.short" for item, key in keys()}
    assert set(messages(language, DOMAIN)) == wanted


@EVERY
def test_the_official_text_stands_above_each_entry(language: str) -> None:
    entries = re.findall(r'#\. (.*)\nmsgid "(.+)"\n', source(language, DOMAIN))
    above = {name: comment for comment, name in entries}
    assert above == {name: official(*name.split(".")[:2]) for name in messages(language, DOMAIN)}


@EVERY
def test_lines_fit_two_lines_of_a_phone_and_labels_a_button(language: str) -> None:
    line, label = (40, 8) if in_chinese_characters(language) else (60, 11)
    for name in messages(language, DOMAIN):
        text = plain(language, name)
        assert width(text) <= (label if name.endswith(".short") else line), (name, text)


@EVERY
def test_labels_of_an_item_tell_its_choices_apart(language: str) -> None:
    for item in RUBRIC.items:
        labels = [wording(language, RUBRIC.id).short(item, key) for other, key in keys() if other == item]
        assert len(set(labels)) == len(labels), (item, labels)


@EVERY
@pytest.mark.parametrize(("item", "key"), REACHED)
def test_numbers_of_the_official_text_stand_in_the_plain_line(language: str, item: str, key: str) -> None:
    numbers = set(re.findall(r"\d+%?", official(item, key))) - {"0", "100%"}
    assert numbers <= set(re.findall(r"\d+%?", plain(language, f"{item}.{key}")))


@pytest.mark.parametrize(("item", "key"), REACHED)
def test_conditions_of_the_official_text_stand_in_the_plain_line(item: str, key: str) -> None:
    asked, said = re.sub("（.*?）", "", official(item, key)), plain(DEFAULT_LANGUAGE, f"{item}.{key}")
    assert [word for word in WORDS if word in asked and word not in said] == []


def test_shares_say_where_their_upper_end_belongs() -> None:
    words = wording(DEFAULT_LANGUAGE, RUBRIC.id)
    assert [words.plain("q2", letter) for letter in "ABE"] == ["10%以下（含10%）", "10%到20%（含20%）", "超过60%"]
    assert [words.short("q2", letter) for letter in "ADE"] == ["10%以内", "40–60%", "超过60%"]
