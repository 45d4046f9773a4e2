"""Every card in every language: all there, word for word, and nothing left to fill."""

import re
from string import Formatter
from typing import get_args

import pytest

from bot.screens import Action, screen_of
from bot.screens.details import official
from bot.screens.wishes import Detail, Leaf
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
from flows.inputs import Answer, Park, Quick, TakeLevel
from flows.progress import progress_of
from flows.session import Session
from locales import LANGUAGES
from tests.bot.support import sessions, shown, texts
from tests.flows.driver import RUBRIC, Walker

KINDS = {kind.__name__ for union in get_args(Card) for kind in (get_args(union) or (union,))}
EVERY = pytest.mark.parametrize("language", LANGUAGES)
CARDS = pytest.mark.parametrize(("name", "session"), sessions().items(), ids=sessions())


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
def test_questions_are_asked_in_plain_words(language: str) -> None:
    """Official ones are those of the detail beside it (`tests/bot/test_details.py`)."""
    for session in sessions().values():
        card, screen, words = shown(session, language)
        if isinstance(card, QuestionCard):
            item = card.question.id
            assert screen.title.endswith(words.ask(item))
            assert [(choice.key, choice.text, choice.label) for choice in screen.choices] == [
                (option, words.plain(item, option), words.short(item, option)) for option in card.question.letters
            ]
            assert Action("official", Leaf(Detail.OFFICIAL, 0, item)) in screen.actions
            assert [choice.key for choice in screen.choices if choice.marked] == list(card.ticked)
        elif isinstance(card, FigureCard | ConfirmCard):
            assert words.ask(card.question.id) in screen.body
        if isinstance(card, ConfirmCard):
            assert words.plain(card.question.id, card.option) in screen.title


@EVERY
def test_levels_stand_in_plain_words(language: str) -> None:
    for session in sessions().values():
        card, screen, words = shown(session, language)
        if isinstance(card, LadderCard | LevelCard):
            item = card.scenario.id
            assert screen.title.endswith(words.ask(item))
            assert Action("official", Leaf(Detail.OFFICIAL, 0, item)) in screen.actions
        if isinstance(card, LadderCard):
            assert any(words.plain(card.scenario.id, str(card.level)) in line for line in screen.body)
        elif isinstance(card, LevelCard):
            assert [choice.key for choice in screen.choices] == ["0", "1", "2", "3", "4"]
            assert [choice.text for choice in screen.choices] == [words.plain(item, key) for key in "01234"]
            assert [choice.key for choice in screen.choices if choice.marked] == (
                [] if card.answered is None else [str(card.answered)]
            )


@EVERY
def test_how_far_one_is_stands_in_the_header(language: str) -> None:
    for session in sessions().values():
        _, screen, _ = shown(session, language)
        if session.asking and not session.paused:
            progress = progress_of(RUBRIC, session)
            told = (progress.rest or 1,) if progress.again else (progress.position, progress.total)
            assert all(str(number) in screen.header for number in told)


@EVERY
def test_numbers_do_not_jump_about_in_the_quick_order(language: str) -> None:
    walker = Walker().begin()
    walker.say(Quick())
    words = wording(language, "miit-2024")
    for turn in range(1, 6):
        screen = screen_of(walker.card, words)
        assert screen.header.startswith(words.text("progress.turn", turn=turn))
        walker.say(Park() if turn == 2 else TakeLevel(2) if walker.session.phase == "scenarios" else Answer(("B",)))


@EVERY
def test_restrictive_scenarios_say_so(language: str) -> None:
    for scenario in RUBRIC.scenarios:
        _, screen, words = shown(sessions()[f"{scenario.id} 1"], language)
        assert screen.title.startswith(words.item_label(scenario.id))
        weight = words.text("scenario.restrictive")
        assert (weight in official(scenario.id, words)[0].lines) is scenario.restrictive
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
    assert "30" in screen.choices[0].text
    assert any("36.87" in line for line in screen.body)
    for choice in screen.choices:
        fuel = words.rubric.energy[int(choice.key) - 1]
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
