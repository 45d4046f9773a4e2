"""Sentences that are easily misread: what is planned, past, asked, heard, denied, or somebody else's is no answer."""

from typing import Any

import pytest

from tests.understanding.reading import corpus, said, understood

SENTENCES = corpus("sentences", "sentences")


@pytest.mark.parametrize("entry", SENTENCES, ids=[entry["text"] for entry in SENTENCES])
def test_a_sentence_says_so_much_and_no_more(entry: dict[str, Any]) -> None:
    assert said(entry["text"]) == entry["says"]


def test_books_in_a_program_are_level_one_and_a_question_about_two() -> None:
    [finance] = [p for p in understood("金蝶记账").values() if p.item == "finance"]
    assert (finance.answer, finance.most, finance.ask) == (1, 2, "lexicon.ask.finance_2")
    assert finance.said == "金蝶记账"


def test_machines_come_with_their_figures() -> None:
    digital = understood("三十个人，二十台机床，八台数控")["q2"]
    assert digital.answer == ("C",)
    assert digital.figures == {"machines": 20, "machines_digital": 8}
    assert digital.said == "二十台机床，八台数控"


@pytest.mark.parametrize("text", ["大概二十台机床，八台数控", "二十多台机床，八台数控", "20台机床，一半是数控"])
def test_vague_numbers_come_without_figures(text: str) -> None:
    assert understood(text)["q2"].figures == {}


def test_proposals_stand_in_the_order_of_the_standard_once_each() -> None:
    items = list(understood("仓库扫码，金蝶记账，仓库用Excel，二十台机床，八台数控"))
    assert items == ["q2", "q4", "q5", "warehousing", "finance"]
