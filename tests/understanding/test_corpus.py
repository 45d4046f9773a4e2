"""What owners type on a card, from `tests/corpus`: enough is understood, and nothing is taken that was not said."""

import pytest

from tests.understanding.corpus import Sentence, harmful, sentences, taken

ENOUGH = 0.85
HALVES = ("seen", "held_back")
ALL = [sentence for half in HALVES for sentence in sentences(half)]


@pytest.mark.parametrize("sentence", ALL, ids=lambda sentence: f"{sentence.on}: {sentence.text}")
def test_nothing_is_taken_that_was_not_said(sentence: Sentence) -> None:
    told = taken(sentence)
    assert not harmful(sentence, told), told


@pytest.mark.parametrize("half", HALVES)
def test_enough_is_understood(half: str) -> None:
    said = [sentence for sentence in sentences(half) if "nothing" not in sentence.means]
    missed = [sentence.text for sentence in said if taken(sentence) != sentence.means]
    assert len(missed) <= (1 - ENOUGH) * len(said), missed


def test_the_corpus_is_large_and_of_all_languages() -> None:
    assert len(ALL) >= 160
    assert len({(sentence.on, sentence.language, sentence.text) for sentence in ALL}) == len(ALL)
    english = sum(sentence.language == "en" for sentence in ALL)
    assert len(ALL) / 5 <= english <= len(ALL) / 3
    assert any(sentence.language == "zh-Hant" for sentence in ALL)
