"""Firms to report on: one of each grade, extreme ones, and any that can be."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

import pytest
from hypothesis import strategies as st

from bot.reports.compose import compose
from bot.reports.content import Report
from bot.reports.paper import Earlier, Paper, paper_of, record_of
from bot.reports.seal import seal
from flows.identity import LONGEST_NAME
from flows.session import Firm, FirmKind
from flows.text import tidy
from locales import LANGUAGES
from scoring.answers import Answers, check_answers
from tests.bot.support import FIGURES
from tests.scoring.strategies import PROFILES, RUBRIC, answered, partial_choices, partial_levels

ON, EARLIER = date(2026, 11, 22), date(2026, 3, 1)
HOSTILE = '<b>&#$*_[]`@"\\ #panic("x") =1+1 $x$ // /* https://a.b'
RARE = "镕堃䶮喆龘𠮷㛃犇鑫焱燚"
UNKNOWN = "\U0002a6a5😀"
"""A character of four dragons, and one that is none: no font of ours has them."""
LONG = ("苏州工业园区精密五金机电设备制造（集团）股份有限公司第一分公司数字化改造示范车间" * 3)[:LONGEST_NAME]
UNBROKEN = "Llanfairpwllgwyngyll" * 5
SHARES = {0: 0.0, 1: 0.3, 2: 0.5, 3: 0.75, 4: 1.0}


@lru_cache
def of_grade(grade: int) -> Answers:
    """A firm of that grade, its scenarios around the level of that number."""
    choices: dict[str, tuple[str, ...]] = {}
    for question in RUBRIC.questions:
        place = round((len(question.letters) - 1) * SHARES[grade])
        several = question.letters[1 : place + 1] or ("A",)
        choices[question.id] = several if question.type == "multiple" else (question.letters[place],)
    levels = {name: min(4, max(0, grade + (i % 5 == 0) - (i % 4 == 3))) for i, name in enumerate(RUBRIC.scenario)}
    return answered(RUBRIC, choices, levels)


EMPTY = answered(RUBRIC, {}, {})
BY_FIGURES = check_answers(
    RUBRIC,
    {
        "answers": {"q1": ["B", "C"], "q4": ["D", "J", "L"]},
        "figures": {**FIGURES, "digital_investment": [10, 12, 14], "revenue": [80, 1000, 1100]},
        "scenarios": {"product_design": 2, "marketing": 0},
    },
)


def report(
    answers: Answers,
    language: str = "zh-Hans",
    firm: str | None = "某某五金制品有限公司",
    before: Answers | None = None,
    profile: str = "published",
) -> Report:
    """A report of the day of these tests."""
    return compose(paper(answers, language, firm, before, profile))


def paper(
    answers: Answers,
    language: str = "zh-Hans",
    firm: str | None = "某某五金制品有限公司",
    before: Answers | None = None,
    profile: str = "published",
) -> Paper:
    """What it is made of."""
    earlier = Earlier(rubric=before.rubric, record=record_of(before), on=EARLIER) if before else None
    who = Firm(name=tidy(firm) or None, kind=FirmKind.PROVINCIAL)
    return paper_of(answers, ON, language, firm=who, profile=profile, before=earlier)


SAMPLE = ("nothing answered", "long name", "hostile name", "English", "signed")
"""Of the extremes, those that are looked at in every run."""


def every() -> pytest.MarkDecorator:
    """A test for each of the extremes, by `name`."""
    names = [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.slow) for name in extremes()]
    return pytest.mark.parametrize("name", names)


@cache
def extremes() -> Mapping[str, Report]:
    """What renders badly if anything does."""
    return {
        **{f"grade {grade}": report(of_grade(grade)) for grade in SHARES},
        "nothing answered": report(EMPTY, firm=None),
        "figures": report(BY_FIGURES),
        "long name": report(of_grade(2), firm=LONG, before=of_grade(1)),
        "unbroken name": report(of_grade(2), "en", firm=UNBROKEN),
        "hostile name": report(of_grade(2), firm=HOSTILE),
        "rare name": report(of_grade(2), firm=RARE + UNKNOWN),
        "worse than before": report(of_grade(1), before=of_grade(4)),
        "English": report(BY_FIGURES, "en", firm=LONG, before=of_grade(4)),
        "traditional": report(BY_FIGURES, "zh-Hant", firm="臺灣精密製造（昆山）有限公司　东莞厂", before=of_grade(4)),
        "platform": report(of_grade(3), profile="platform"),
        "signed": signed(),
    }


def signed() -> Report:
    """All facts of the firm, a page where it can be checked, a signature, though nobody's."""
    who = Firm(
        name="某某五金制品有限公司",
        kind=FirmKind.PROVINCIAL,
        credit_code="91350100M000100Y43",
        contact="张三 0512-12345678",
        region="江苏省苏州市",
        industry="C3399 其他未列明金属制品制造",
    )
    made = paper(of_grade(2)).model_copy(update={"firm": who, "address": "https://shuping.example.gov.cn"})
    return compose(made, seal(made, "0f" * 64))


anybody = st.builds(answered, st.just(RUBRIC), partial_choices, partial_levels)
names = st.one_of(st.none(), st.text(max_size=LONGEST_NAME), st.sampled_from((HOSTILE, LONG, RARE, UNBROKEN, UNKNOWN)))
reports = st.builds(
    report,
    anybody,
    st.sampled_from(LANGUAGES),
    names,
    st.none() | anybody,
    st.sampled_from(PROFILES),
)
papers = st.builds(
    paper,
    anybody,
    st.sampled_from(LANGUAGES),
    names,
    st.none() | anybody,
    st.sampled_from(PROFILES),
)
