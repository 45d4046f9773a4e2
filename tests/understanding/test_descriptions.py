"""Whole descriptions, as an owner might write: at least half of what they decide is proposed, and nothing above it."""

from typing import Any

import pytest

from tests.understanding.reading import corpus, is_above, said, understood

SEEN = corpus("descriptions", "descriptions")
HELD_BACK = corpus("descriptions_held_back", "descriptions")
EVERY = [pytest.param(entry, id=entry["id"]) for entry in (*SEEN, *HELD_BACK)]


@pytest.mark.parametrize("entry", EVERY)
def test_nothing_is_proposed_above_what_the_text_says(entry: dict[str, Any]) -> None:
    truth = entry["truth"]
    for item, answer in said(entry["text"]).items():
        assert item in truth, (item, answer)
        assert not is_above(item, answer, truth[item]), (item, answer)


@pytest.mark.parametrize("descriptions", [SEEN, HELD_BACK], ids=["seen", "held back"])
def test_at_least_half_of_what_is_decided_is_proposed(descriptions: list[dict[str, Any]]) -> None:
    decided = [(entry["text"], item) for entry in descriptions for item in entry["truth"]]
    assert 2 * sum(item in said(text) for text, item in decided) >= len(decided)


@pytest.mark.parametrize("entry", EVERY)
def test_a_proposal_quotes_the_text_word_for_word(entry: dict[str, Any]) -> None:
    for proposal in understood(entry["text"]).values():
        assert proposal.said
        assert proposal.said in entry["text"]
        assert len(proposal.said) <= 40


def test_there_are_ten_and_ten_in_three_languages() -> None:
    assert len(SEEN) == len(HELD_BACK) == 10
    assert {entry["language"] for entry in (*SEEN, *HELD_BACK)} == {"zh-Hans", "zh-Hant", "en"}
