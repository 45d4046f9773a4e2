"""Whatever somebody writes: doubt never raises a proposal, politeness changes nothing, and no text takes long."""

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.understanding.lexicon_interpreter import LONGEST, LexiconInterpreter
from flows.inputs import Proposal
from tests.understanding.reading import RUBRIC, corpus, is_above, nothing, short, understood

TEXTS = [entry["text"] for entry in (*corpus("descriptions", "descriptions"), *corpus("sentences", "sentences"))]
CLAUSES = sorted({clause for text in TEXTS for clause in text.replace("。", "，").split("，") if clause})
DOUBTS = ("打算", "没有", "以前用过", "准备", "听说", "朋友的厂", "We plan to get ", "We used to have ", "no ")
POLITE = (
    "您好，辛苦了！",
    "谢谢您的帮助。",
    "今天天气不错。",
    "Good morning! ",
    "Thank you very much. ",
    "打扰了，祝生意兴隆！",
)


def raised(before: dict[str, Proposal], after: dict[str, Proposal]) -> list[str]:
    """The items of which more is claimed than before."""
    return [
        item
        for item, proposal in after.items()
        if is_above(item, short(proposal), short(before[item]) if item in before else nothing(item))
    ]


@given(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=6, unique=True), st.data())
def test_doubt_before_a_clause_never_raises_a_proposal(clauses: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(clauses) - 1))
    doubt = data.draw(st.sampled_from(DOUBTS))
    doubted = [*clauses[:place], doubt + clauses[place], *clauses[place + 1 :]]
    assert raised(understood("，".join(clauses)), understood("，".join(doubted))) == []


@given(st.sampled_from(TEXTS), st.sampled_from(POLITE), st.sampled_from(POLITE))
def test_polite_words_change_nothing(text: str, before: str, after: str) -> None:
    assert understood(f"{before}{text}。{after}") == understood(f"{text}。")


@given(st.text(max_size=300) | st.lists(st.sampled_from([*CLAUSES, *"，。？、 0八台%"])).map("".join))
@example("IT专员往来里面买了")
def test_any_text_is_read_and_quoted(text: str) -> None:
    for item, proposal in understood(text).items():
        assert proposal.said in text
        assert proposal.item == item
        assert proposal.most is None or (isinstance(proposal.answer, int) and proposal.most > proposal.answer)


@pytest.mark.parametrize(
    "piece", ["仓库", "金蝶", "没有", "，", "8台", "八", "数控", "erp ", "e", "仓库用", "都是", "、", "1,", "其他"]
)
def test_a_text_twice_as_long_takes_twice_as_many_steps(piece: str) -> None:
    short, long = (steps(piece * (size // len(piece))) for size in (LONGEST // 2, LONGEST))
    assert long < 2.6 * short + 2000


def steps(text: str) -> int:
    """How many lines of the program run."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    LexiconInterpreter().interpret("金蝶", RUBRIC)
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        LexiconInterpreter().interpret(text, RUBRIC)
    finally:
        sys.settrace(None)
    return count


def test_what_is_beyond_the_limit_is_not_read() -> None:
    assert understood("好" * LONGEST + "，金蝶记账") == {}


def test_an_edition_without_a_lexicon_says_nothing() -> None:
    other = RUBRIC.model_copy(update={"id": "own-2026"})
    assert LexiconInterpreter().interpret("金蝶记账", other) == ()
