"""The standard once more, typed from the scan by hand, and its formula in plain fractions: what the product is held to.

Nothing here reads the product's data file.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple


class Item(NamedTuple):
    """A scored item: 选项类型, number of options, and the weights of 一级指标, 二级指标 and 采集项 in percent."""

    type: str
    options: int
    first: int
    second: int
    third: int

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple("ABCDEFGHIJKLMNO"[: self.options])

    @property
    def weight(self) -> Fraction:
        return Fraction(self.first, 100) * Fraction(self.second, 100) * Fraction(self.third, 100)


QUESTIONS = {
    "q1": Item("multiple", 5, 50, 40, 40),
    "q2": Item("single", 5, 50, 40, 30),
    "q3": Item("single", 5, 50, 40, 30),
    "q4": Item("multiple", 15, 50, 20, 100),
    "q5": Item("single", 5, 50, 20, 100),
    "q6": Item("multiple", 5, 50, 20, 50),
    "q7": Item("multiple", 5, 50, 20, 50),
    "q8": Item("single", 6, 30, 50, 50),
    "q9": Item("multiple", 5, 30, 50, 50),
    "q10": Item("multiple", 6, 30, 50, 50),
    "q11": Item("single", 5, 30, 50, 50),
    "q12": Item("single", 3, 20, 35, 100),
    "q13": Item("single", 3, 20, 35, 100),
    "q14": Item("single", 3, 20, 30, 50),
    "q15": Item("single", 3, 20, 30, 50),
}
DIMENSIONS = {
    "foundation": ("数字化基础", 50, ("q1", "q2", "q3", "q4", "q5", "q6", "q7")),
    "management": ("数字化管理", 30, ("q8", "q9", "q10", "q11")),
    "outcomes": ("数字化成效", 20, ("q12", "q13", "q14", "q15")),
}
DECISIONS = list(QUESTIONS)[:11]
"""What one can decide to do; the others are results."""

SCENARIOS = {
    "product_design": ("产品设计*", "产品生命周期数字化"),
    "process_design": ("工艺设计", "产品生命周期数字化"),
    "marketing": ("营销管理*", "产品生命周期数字化"),
    "after_sales": ("售后服务", "产品生命周期数字化"),
    "scheduling": ("计划排程", "生产执行数字化"),
    "production_control": ("生产管控*", "生产执行数字化"),
    "quality": ("质量管理*", "生产执行数字化"),
    "equipment": ("设备管理*", "生产执行数字化"),
    "safety": ("安全生产*", "生产执行数字化"),
    "energy": ("能耗管理*", "生产执行数字化"),
    "procurement": ("采购管理*", "供应链数字化"),
    "warehousing": ("仓储物流*", "供应链数字化"),
    "finance": ("财务管理*", "管理决策数字化"),
    "human_resources": ("人力资源", "管理决策数字化"),
    "collaboration": ("协同办公", "管理决策数字化"),
    "decision_support": ("决策支持", "管理决策数字化"),
}
RESTRICTIVE = [name for name, (title, _) in SCENARIOS.items() if title.endswith("*")]
GUIDING = [name for name in SCENARIOS if name not in RESTRICTIVE]


class Row(NamedTuple):
    """A row of the grading table; the scenarios must reach the level of the same number."""

    grade: int
    name: str
    score: int
    scenarios: int
    restrictive: int


GRADES = [
    Row(1, "初始级", 20, 6, 3),
    Row(2, "规范级", 40, 6, 3),
    Row(3, "集成级", 60, 8, 5),
    Row(4, "协同级", 80, 10, 6),
]

COEFFICIENTS = {
    "原煤（无烟煤）": ("吨", "0.9428"),
    "原煤（炼焦烟煤）": ("吨", "0.9"),
    "原煤（一般烟煤）": ("吨", "0.7143"),
    "原煤（褐煤）": ("吨", "0.4286"),
    "洗精煤": ("吨", "0.9"),
    "高炉煤气": ("万立方米", "1.286"),
    "转炉煤气": ("万立方米", "2.714"),
    "其他煤气": ("万立方米", "1.786"),
    "热力": ("百万千焦", "0.0341"),
    "电力": ("万千瓦时", "1.229"),
    "城市生活垃圾（用于燃料）": ("吨", "0.2714"),
    "生物质能（用于燃料）": ("吨标准煤", "1"),
    "余热余压": ("百万千焦", "0.0341"),
    "工业废料（用于燃料）": ("吨", "0.4285"),
    "其他燃料": ("吨标准煤", "1"),
}

Sheet = Mapping[str, Sequence[str]]
"""Chosen letters by question."""


def value_of(question: str, letters: Collection[str], profile: str = "published") -> Fraction:
    """评分逻辑 1: what an answer is worth, 0 to 100."""
    item = QUESTIONS[question]
    if item.type == "single":
        (letter,) = letters
        return Fraction(100 * item.letters.index(letter), item.options - 1)
    ticked = set(letters) - {"A"}
    if question == "q4" and profile == "platform":
        return Fraction(sum(9 if letter == "O" else 7 for letter in ticked))
    return Fraction(len(ticked) * 100, item.options - 1)


def score_of(sheet: Sheet, profile: str = "published") -> Fraction:
    """评分逻辑 2: the sum of value × 采集项权重 × 二级指标权重 × 一级指标权重."""
    return sum((value_of(q, letters, profile) * QUESTIONS[q].weight for q, letters in sheet.items()), Fraction(0))


def grade_of(score: Fraction, levels: Mapping[str, int]) -> int:
    """Section 二: the highest row of which both conditions hold; 0 is 无等级."""
    best = 0
    for row in GRADES:
        reached = [name for name, level in levels.items() if level >= row.grade]
        restrictive = [name for name in reached if name in RESTRICTIVE]
        if score >= row.score and len(reached) >= row.scenarios and len(restrictive) >= row.restrictive:
            best = row.grade
    return best


FULL_SHEET: dict[str, tuple[str, ...]] = {
    question: item.letters[1:] if item.type == "multiple" else item.letters[-1:] for question, item in QUESTIONS.items()
}
EMPTY_SHEET: dict[str, tuple[str, ...]] = dict.fromkeys(QUESTIONS, ("A",))


@lru_cache
def sheets_by_score() -> dict[Fraction, dict[str, tuple[str, ...]]]:
    """A complete sheet for every score that can be had under the published rule."""
    found: dict[Fraction, dict[str, tuple[str, ...]]] = {Fraction(0): {}}
    for question, item in QUESTIONS.items():
        if item.type == "single":
            ways: list[tuple[str, ...]] = [(letter,) for letter in item.letters]
        else:
            ways = [("A",), *(item.letters[1 : count + 1] for count in range(1, item.options))]
        worth = [(way, value_of(question, way) * item.weight) for way in ways]
        found = {
            points + more: {**sheet, question: way} for points, sheet in found.items() for way, more in worth
        }  # fmt: skip
    return found


def answers_json(sheet: Sheet, levels: Mapping[str, int] | None = None) -> dict[str, object]:
    """The contract's answers object."""
    answers = {q: list(given) if QUESTIONS[q].type == "multiple" else given[0] for q, given in sheet.items()}
    return {"answers": answers, "scenarios": dict(levels or {})}
