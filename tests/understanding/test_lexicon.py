"""The lexicon as data: every entry's example, the checker's sentences, the questions to ask next, the spellings."""

import json
from typing import Any

import pytest

from bot.understanding.lexicon import DATA, Entry, LexiconError, checked, vocabulary
from locales import LANGUAGES
from tests.locales.test_catalogues import messages
from tests.understanding.reading import RUBRIC, short, understood

WORDS = vocabulary("miit-2024")
assert WORDS
LEXICON, GRAMMAR = WORDS.lexicon, WORDS.grammar


def data(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def told(text: str) -> dict[str, Any]:
    """As an example says it: letters, a level, or a level and the greatest one."""
    return {
        item: short(proposal) if proposal.most is None else (proposal.answer, proposal.most)
        for item, proposal in understood(text).items()
    }


@pytest.mark.parametrize("entry", LEXICON.entries, ids=[entry.id for entry in LEXICON.entries])
def test_an_example_says_what_it_says(entry: Entry) -> None:
    assert told(entry.example.text) == entry.example.says


@pytest.mark.parametrize("entry", LEXICON.entries, ids=[entry.id for entry in LEXICON.entries])
def test_an_example_in_traditional_characters_says_the_same(entry: Entry) -> None:
    back = dict(zip(GRAMMAR.simplified, GRAMMAR.traditional, strict=True))
    assert told("".join(back.get(sign, sign) for sign in entry.example.text)) == entry.example.says


@pytest.mark.parametrize("entry", LEXICON.entries, ids=[entry.id for entry in LEXICON.entries])
def test_an_example_has_a_word_of_its_entry(entry: Entry) -> None:
    assert any(word.lower() in entry.example.text.lower() for word in entry.words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_that_may_be_asked_next_has_a_text(language: str) -> None:
    assert {proposal.ask for entry in LEXICON.entries for proposal in understood(entry.example.text).values()} - {
        ""
    } <= set(messages(language))


def test_a_traditional_character_stands_for_one_simplified() -> None:
    assert len(GRAMMAR.traditional) == len(GRAMMAR.simplified) == len({*GRAMMAR.traditional})
    assert not {*GRAMMAR.traditional} & {sign for word in WORDS.meaning for sign in word}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"edition": "own-2026"}, "edition: the lexicon is of own-2026, not of miit-2024"),
        ({"entries": [{"always": [{"item": "finance", "least": 5}]}]}, "entries.new.always: finance has only 4 levels"),
        ({"entries": [{"always": [{"item": "finance", "least": 2, "most": 1}]}]}, "`most` of finance is below `least`"),
        ({"entries": [{"always": [{"item": "finance", "letters": "A"}]}]}, "takes `least` and `most`, no `letters`"),
        ({"entries": [{"always": [{"item": "q6", "letters": "AZ"}]}]}, "q6 is a question and takes `letters` out of"),
        ({"entries": [{"always": [{"item": "q99", "letters": "A"}]}]}, "the edition has no item q99"),
        ({"entries": [{"tool": "hammer"}]}, "entries.new: there is no “hammer”"),
        ({"entries": [{"words": ["新词", "金蝶"]}]}, "entries.new: the word “金蝶” stands there twice, or elsewhere"),
        ({"entries": [{"words": []}]}, "entries.54.words: Tuple should have at least 1 item"),
        ({"areas": [{"id": "roof", "items": ["roof"], "words": ["屋顶"]}]}, "areas.roof: there is no “roof”"),
    ],
)
def test_what_is_wrong_with_a_lexicon_is_said_with_its_place(change: dict[str, Any], fault: str) -> None:
    lexicon = data("miit-2024")
    new = {"id": "new", "words": ["新词"], "example": {"text": "新词", "says": {}}}
    for key, value in change.items():
        lists = isinstance(value, list)
        lexicon[key] = (
            [*lexicon[key], *((new | entry) if key == "entries" else entry for entry in value)] if lists else value
        )
    with pytest.raises(LexiconError) as error:
        checked(lexicon, data("grammar"), RUBRIC)
    assert any(fault in line for line in error.value.faults), error.value.faults
