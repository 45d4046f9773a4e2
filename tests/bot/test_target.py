"""The kept target on a result: what is done of it, and what is not."""

import pytest

from bot.words.target import target
from bot.words.wording import wording
from flows.events import AnswerValue
from flows.proposals import reached
from flows.session import Goal
from tests.flows.driver import RUBRIC, finished


@pytest.mark.parametrize(
    ("item", "wanted", "present", "done"),
    [
        ("quality", 3, 3, True),
        ("quality", 3, 4, True),
        ("quality", 3, 2, False),
        ("quality", 1, None, False),
        ("q5", ("C",), ("C",), True),
        ("q5", ("C",), ("D",), True),
        ("q5", ("C",), ("B",), False),
        ("q5", ("C",), None, False),
        ("q1", ("B", "C"), ("B", "C", "D"), True),
        ("q1", ("B", "C"), ("B", "D"), False),
        ("q1", ("B", "C"), ("A",), False),
        ("q1", ("C",), ("D",), False),
        ("q1", ("C",), None, False),
    ],
)
def test_when_a_target_is_reached(item: str, wanted: AnswerValue, present: AnswerValue | None, done: bool) -> None:
    assert reached(RUBRIC, item, wanted, present) is done


def test_every_item_of_the_target_has_a_line() -> None:
    session = finished().session
    present = session.record.levels["quality"]
    goal = Goal(target={"q5": ("C",), "quality": present, "energy": present + 1})
    (section,) = target(session.but(goal=goal), wording("zh-Hans", "miit-2024"))
    assert section.lines[0] == "5. 信息系统：现在 A，目标 C"
    assert section.lines[1].startswith("已做到 22. 质量管理*：")
    assert "目标" in section.lines[2]


def test_without_a_target_nothing_is_said() -> None:
    assert target(finished().session, wording("en", "miit-2024")) == []
