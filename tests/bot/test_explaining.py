"""Help answers for the option or level in question, names software as examples, and knows what words mean."""

import re

import pytest

from bot.words.wording import wording
from locales import DOMAINS, GLOSSARY, LANGUAGES, catalogue, help_domain, plain_domain
from scoring.editions import load_rubric
from scoring.exact import plain

RUBRIC = load_rubric("miit-2024")
EVERY = pytest.mark.parametrize("language", LANGUAGES)


# of an option or a level


@EVERY
@pytest.mark.parametrize("scenario", RUBRIC.scenario)
@pytest.mark.parametrize("level", "1234")
def test_help_begins_with_the_level_in_question(language: str, scenario: str, level: str) -> None:
    words = wording(language, RUBRIC.id)
    (title, text), *more = words.explanation(scenario, level)
    assert title == words.text("help.choice", choice=words.level_name(int(level)), short=words.short(scenario, level))
    assert text.startswith(catalogue(language, help_domain(RUBRIC.id))(f"{scenario}.{level}"))
    others = {words.level_name(other) for other in range(1, 5)} - {words.level_name(int(level))}
    assert {name for name in others for heading, _ in more if heading.startswith(name)} == others


def test_software_is_named_as_an_example_and_said_so_once() -> None:
    words = wording("zh-Hans", RUBRIC.id)
    for key in ("1", None):
        told = "\n".join(text for _, text in words.explanation("finance", key))
        assert "金蝶" in told
        assert told.count("只是举例，不是推荐") == 1


@EVERY
def test_where_there_is_nothing_to_say_of_an_option_help_is_about_the_item(language: str) -> None:
    words = wording(language, RUBRIC.id)
    assert words.explanation("q2", "C") == words.explanation("q2")
    assert words.explanation("finance", "0") == words.explanation("finance")
    assert words.explanation("q6", "C")[1] == words.explanation("q6")[0]


# the table of conversion


@EVERY
def test_help_for_energy_shows_every_coefficient_of_the_standard_electricity_first(language: str) -> None:
    words = wording(language, RUBRIC.id)
    table = [text for title, text in words.explanation("q12") if title == words.text("help.conversion")]
    rows = "\n".join(table).split("\n")
    assert words.rubric.fuel["electricity"].name in rows[0]
    assert len(rows) == len(RUBRIC.energy) + 1
    for fuel in words.rubric.energy:
        assert [row for row in rows if fuel.name in row and row.endswith(f" {plain(fuel.coefficient)}")], fuel.name
    others = [item for item in RUBRIC.items if words.text("help.conversion") in dict(words.explanation(item))]
    assert others == ["q12"]


# words that owners may not know


@EVERY
def test_every_term_has_a_text_and_names_that_no_other_has(language: str) -> None:
    ours = catalogue(language, GLOSSARY)
    names = [key.removesuffix(".term") for key in ours.keys if key.endswith(".term")]
    assert set(ours.keys) == {f"{name}.{part}" for name in names for part in ("term", "aliases", "text")}
    called = [word.casefold() for name in names for word in (ours(f"{name}.term"), *ours.words(f"{name}.aliases"))]
    assert all(called)
    assert sorted(set(called)) == sorted(called)


@EVERY
def test_every_abbreviation_that_we_or_the_standard_use_is_explained(language: str) -> None:
    words = wording(language, RUBRIC.id)
    said = [option for question in words.rubric.questions for option in question.official.values()]
    said += [level for scenario in words.rubric.scenarios for level in scenario.levels]
    domain = catalogue(language, plain_domain(RUBRIC.id))
    said += [domain(key) for key in domain.keys]
    used = set(re.findall(r"(?<![A-Za-z0-9])[A-Z]{2,}(?![A-Za-z])", " ".join(said))) - KNOWN
    ours = {words.text("help.ours", term=term) for term in used}
    for term in used:
        assert words.look_up(term)[0][0] in ours, term


KNOWN = {"APP", "HR", "IT", "AND", "MIIT"}
"""Everybody knows them."""


@pytest.mark.parametrize(
    ("language", "asked", "heading"),
    [
        *(("zh-Hans", asked, "PLC（我们的解释）") for asked in ("PLC", "plc", "ＰＬＣ", " PLC？", "可编程控制器")),
        *(("zh-Hans", asked, "追溯（我们的解释）") for asked in ("追溯", "批次追溯", "我们的质量追溯系统")),
        ("zh-Hans", "关键工序", "名词解释（标准原文）：关键工序"),
        ("zh-Hans", "安全库存", "计划排程 · 问的是什么"),
        ("zh-Hans", "仓储物流", "仓储物流 · 问的是什么"),
        ("zh-Hant", "存取控制", "邊界安全（我們的解釋）"),
        ("en", "ransomware", "malicious code (our explanation)"),
        ("en", "Network edge", "network edge security (our explanation)"),
        ("en", "our new ERP system", "ERP (our explanation)"),
    ],
)
def test_a_word_is_found_by_its_name_an_alias_or_what_is_written_of_it(language: str, asked: str, heading: str) -> None:
    assert wording(language, RUBRIC.id).look_up(asked)[0][0] == heading


@pytest.mark.parametrize("asked", ["", "？", "的", "a", "apps", "enterprises", "今天天气不错呀"])
def test_what_nothing_is_written_of_is_not_found(asked: str) -> None:
    assert [wording(language, RUBRIC.id).look_up(asked) for language in ("zh-Hans", "en")] == [[], []]


@EVERY
def test_a_search_gives_at_most_three(language: str) -> None:
    words = wording(language, RUBRIC.id)
    for asked in ("Excel", "系统", "system", "資料"):
        assert len(words.look_up(asked)) <= 3


def test_the_glossary_is_a_domain_of_its_own() -> None:
    assert GLOSSARY in DOMAINS
    assert len([key for key in catalogue("en", GLOSSARY).keys if key.endswith(".term")]) >= 35
