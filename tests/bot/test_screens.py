"""Every card in every language: all there, word for word, and nothing left to fill."""

import re
from string import Formatter
from typing import get_args

import pytest

from bot.screens import screen_of
from bot.words.wording import Medium, wording
from flows.cards import (
    Card,
    ConfirmCard,
    EnergyCard,
    FigureCard,
    FirmKindCard,
    LadderCard,
    LevelCard,
    QuestionCard,
    RecheckCard,
    ReviewCard,
    card_of,
)
from flows.progress import progress_of
from flows.session import Session
from locales import LANGUAGES
from tests.bot.support import sessions, shown, texts
from tests.flows.driver import RUBRIC

KINDS = {kind.__name__ for union in get_args(Card) for kind in (get_args(union) or (union,))}
EVERY = pytest.mark.parametrize("language", LANGUAGES)
CARDS = pytest.mark.parametrize(("name", "session"), sessions().items(), ids=str)


def test_the_walks_meet_every_kind_of_card() -> None:
    assert {type(card_of(RUBRIC, session)).__name__ for session in sessions().values()} == KINDS


@EVERY
@pytest.mark.parametrize("medium", Medium)
def test_every_screen_is_whole(language: str, medium: Medium) -> None:
    words = wording(language, "miit-2024", medium)
    for name, session in sessions().items():
        screen = screen_of(card_of(words.rubric, session), words)
        assert screen.title.strip(), name
        assert screen.hint.strip(), name
        assert screen.actions, name
        assert all(choice.text.strip() for choice in screen.choices), name
        assert len({choice.key for choice in screen.choices}) == len(screen.choices), name
        assert len({action.name for action in screen.actions}) == len(screen.actions), name
        for text in (*texts(screen), *(words.text.words(f"words.{action.name}")[0] for action in screen.actions)):
            assert "\n" not in text
            assert not left_open(text), (name, text)


def left_open(text: str) -> bool:
    """A placeholder is still there, or a key shows through; a firm may be called "{0}"."""
    fields = [field for _, field, _, _ in Formatter().parse(text.replace("[b]厂{0}%s", "")) if field is not None]
    return bool(fields) or bool(re.search(r"\b(hint|words|answer|progress|event)\.[a-z_]", text))


@EVERY
def test_official_options_stand_word_for_word(language: str) -> None:
    rubric = wording(language, "miit-2024").rubric
    for session in sessions().values():
        card, screen, _ = shown(session, language)
        if isinstance(card, QuestionCard):
            question = rubric.question[card.question.id]
            assert screen.title == question.text
            assert [(choice.key, choice.text) for choice in screen.choices] == [
                (option.id, option.text) for option in question.options
            ]
            assert [choice.key for choice in screen.choices if choice.marked] == list(card.ticked)
        elif isinstance(card, FigureCard | ConfirmCard):
            assert rubric.question[card.question.id].text in screen.body
        if isinstance(card, ConfirmCard):
            options = {option.id: option.text for option in rubric.question[card.question.id].options}
            assert options[card.option] in screen.title


@EVERY
def test_official_levels_stand_word_for_word(language: str) -> None:
    rubric = wording(language, "miit-2024").rubric
    for session in sessions().values():
        card, screen, _ = shown(session, language)
        if isinstance(card, LadderCard):
            scenario = rubric.scenario[card.scenario.id]
            assert scenario.name in screen.title
            assert any(scenario.levels[card.level - 1] in line for line in screen.body)
        elif isinstance(card, LevelCard):
            scenario = rubric.scenario[card.scenario.id]
            assert [choice.key for choice in screen.choices] == ["0", "1", "2", "3", "4"]
            for choice, level in zip(screen.choices[1:], scenario.levels, strict=True):
                assert choice.text.endswith(level)
            assert [choice.key for choice in screen.choices if choice.marked] == (
                [] if card.answered is None else [str(card.answered)]
            )


@EVERY
def test_the_place_in_the_standard_stands_in_the_header(language: str) -> None:
    rubric, words = wording(language, "miit-2024").rubric, wording(language, "miit-2024")
    for session in sessions().values():
        card, screen, _ = shown(session, language)
        if isinstance(card, QuestionCard | FigureCard | ConfirmCard | EnergyCard):
            assert rubric.question[card.question.id].item in screen.header
            assert words.page_name(rubric.dimension_of[card.question.id]) in screen.header
        elif isinstance(card, LadderCard | LevelCard):
            assert rubric.scenario[card.scenario.id].group in screen.header
        if session.asking and not session.paused:
            progress = progress_of(RUBRIC, session)
            told = (progress.rest or 1,) if progress.again else (progress.position, progress.total)
            assert all(str(number) in screen.header for number in told)


@EVERY
def test_restrictive_scenarios_say_so(language: str) -> None:
    for scenario in RUBRIC.scenarios:
        _, screen, words = shown(sessions()[f"{scenario.id} 1"], language)
        kind = words.text("scenario.restrictive", name=words.rubric.scenario[scenario.id].name)
        assert (screen.title == kind) is scenario.restrictive
        assert words.item_label(scenario.id).endswith("*") is scenario.restrictive


@EVERY
def test_the_review_shows_every_answer(language: str) -> None:
    for name in ("empty", "full"):
        listed: list[str] = []
        for page, items in shown(sessions()["review"], language)[0].pages.items():  # type: ignore[union-attr]  # a review
            card, screen, words = shown(sessions()[f"review {name} {page}"], language)
            assert isinstance(card, ReviewCard)
            assert {choice.key for choice in screen.choices} == {str(words.item_number(item)) for item in items}
            listed += items
            for choice in screen.choices:
                item = words.rubric.items[int(choice.key) - 1]
                assert words.item_label(item) in choice.text
                assert words.answer(card.answers.get(item)) in choice.text
        assert listed == list(RUBRIC.items)


@EVERY
def test_the_recheck_offers_events_and_lists_and_all_items_to_who_types(language: str) -> None:
    card, screen, words = shown(sessions()["recheck marked"], language)
    assert isinstance(card, RecheckCard)
    assert [choice.key for choice in screen.choices] == [*"ABCDEFGHI"]
    assert [choice.key for choice in screen.typed] == [str(number) for number in range(1, 32)]
    assert any(words.item_name("q7") in line for line in screen.body)
    assert screen.actions[0].name == "done"
    listed = [choice for page in card.lists for choice in shown(sessions()[f"recheck {page}"], language)[1].choices]
    assert [choice.key for choice in listed] == [choice.key for choice in screen.typed]
    assert [choice.wish for choice in listed] == [choice.wish for choice in screen.typed]


@EVERY
def test_fuels_show_unit_and_amount(language: str) -> None:
    card, screen, words = shown(sessions()["fuels with a total"], language)
    assert isinstance(card, EnergyCard)
    assert [choice.key for choice in screen.choices if choice.marked] == ["10"]
    assert "30" in screen.choices[9].text
    assert any("36.87" in line for line in screen.body)
    for choice, fuel in zip(screen.choices, words.rubric.energy, strict=True):
        assert fuel.name in choice.text
        assert fuel.unit in choice.text


@EVERY
def test_every_kind_of_firm_has_a_name(language: str) -> None:
    card, screen, _ = shown(sessions()["kind"], language)
    assert isinstance(card, FirmKindCard)
    assert len({choice.text for choice in screen.choices}) == len(card.kinds)


@EVERY
def test_the_welcome_says_what_is_kept_and_of_a_translation_that_it_is_unofficial(language: str) -> None:
    _, screen, words = shown(sessions()["welcome"], language)
    assert words.hint("stored") in screen.body
    assert (words.text("rubric.unofficial") in screen.body) is (language != "zh-Hans")
    assert [choice.marked for choice in screen.choices] == [language == each for each in LANGUAGES]


@CARDS
def test_a_screen_speaks_one_language(name: str, session: Session) -> None:
    """No Chinese on an English screen, but for the languages' own names and the firm's."""
    _, screen, words = shown(session, "en")
    names = {words.text(f"language.{language}") for language in LANGUAGES}
    for text in texts(screen):
        foreign = "" if text in names else text.replace("[b]厂{0}%s", "").replace("示例厂", "")
        assert not re.search(r"[\u4e00-\u9fff]", foreign), (name, text)
