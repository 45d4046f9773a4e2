"""Words, keys and letters: each can be typed where it is shown, and means one thing there."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.reading import EVERYWHERE, known_words, normalised, read
from bot.screens import Screen
from bot.screens.wishes import Look
from bot.understanding.requests import Request
from bot.words.wording import Wording
from flows.cards import FirmNameCard, QuestionCard
from flows.inputs import Answer
from flows.step import step
from locales import LANGUAGES
from tests.bot.support import sessions, shown
from tests.flows.driver import RUBRIC, START

EVERY = pytest.mark.parametrize("language", LANGUAGES)


@EVERY
def test_every_action_is_typed_by_each_of_its_words(language: str) -> None:
    for name, session in sessions().items():
        card, screen, words = shown(session, language)
        for action in screen.actions:
            for word in words.text.words(f"words.{action.name}"):
                for typed in (word, word.upper(), f" {word}。", f"{word}!"):
                    assert read(typed, card, screen, words) == action.wish, (name, typed)


@EVERY
def test_every_choice_is_taken_by_its_key(language: str) -> None:
    for name, session in sessions().items():
        card, screen, words = shown(session, language)
        for choice in screen.choices:
            for typed in (choice.key, choice.key.lower(), f" {choice.key} "):
                given = read(typed, card, screen, words)
                if isinstance(card, QuestionCard):  # a letter alone is the whole answer, a tap is only a tick
                    assert given == Answer((choice.key,)), (name, typed)
                else:
                    assert given == choice.wish, (name, typed)


def _listed(screen: Screen, words: Wording) -> list[str]:
    return [word for action in screen.actions for word in known_words(action.name, words)]


@EVERY
def test_a_word_means_one_thing_on_a_screen(language: str) -> None:
    for name, session in sessions().items():
        card, screen, words = shown(session, language)
        listed = [*_listed(screen, words), *(choice.key.casefold() for choice in screen.choices)]
        assert [word for word, times in Counter(listed).items() if times > 1] == [], name
        if isinstance(card, QuestionCard):
            assert not [
                word for word in listed[: -len(screen.choices)] if len(word) == 1 and word.isascii() and word.isalpha()
            ]


@EVERY
def test_words_for_moving_about_do_not_hide_what_a_screen_offers(language: str) -> None:
    """Words understood everywhere mean the same on a screen that lists them, or nothing there is called so."""
    for name, session in sessions().items():
        _, screen, words = shown(session, language)
        here = {word: action.wish for action in screen.actions for word in known_words(action.name, words)}
        keys = {choice.key.casefold() for choice in screen.choices}
        for action in EVERYWHERE:
            for word in known_words(action.name, words):
                assert here.get(word, action.wish) == action.wish, (name, word)
                assert word not in keys, (name, word)


@EVERY
def test_understood_words_stand_as_they_are_looked_up(language: str) -> None:
    """Lower case, half-width, no two alike within an action."""
    _, _, words = shown(sessions()["welcome"], language)
    names = {action.name for session in sessions().values() for action in shown(session, language)[1].actions}
    for name in names:
        listed = [normalised(word) for word in words.text.words(f"words.{name}")]
        assert all(listed)
        assert len(set(listed)) == len(listed), name


TEXTS = st.one_of(
    st.text(max_size=60),
    st.text("ABCOZabcqn+-#0123456789１，、,./% 台万元是否?？。返回稍后\ufffd\ud800\0\x1b", max_size=12),
)


@given(TEXTS, st.sampled_from(sorted(sessions())), st.sampled_from(LANGUAGES))
def test_any_text_on_any_card_is_read_and_applied_without_an_error(text: str, name: str, language: str) -> None:
    session = sessions()[name]
    card, screen, words = shown(session, language)
    meant = read(text, card, screen, words)
    if not isinstance(meant, Look | Request | None):
        assert step(RUBRIC, session, session.ref, meant, START, "fresh").session.id in (session.id, "fresh")
    if isinstance(card, FirmNameCard) and text.strip() and "\ufffd" not in text:
        assert meant is not None or not normalised(text)
