"""From typed text to what a person wants, given what is on the screen. Typing works wherever tapping does."""

import re
import unicodedata
from collections.abc import Iterator

from bot.intents import Detail, Intent, Wish
from bot.numbers import read_numbers
from bot.screens import Screen
from bot.screens.parts import BACK, HELP, OVERVIEW, PARK, PAUSE, RESUME
from bot.wording import Wording
from flows.cards import (
    Card,
    EnergyCard,
    FigureCard,
    FirmNameCard,
    LadderCard,
    QuestionCard,
    ReviewCard,
)
from flows.inputs import Answer, ChooseLanguage, Jump, NameFirm, Numbers, PickLevel, Tick
from locales import LANGUAGES
from scoring.rubric import load_rubric

EVERYWHERE = (BACK, PARK, HELP, OVERVIEW, PAUSE, RESUME)
LETTERS = re.compile(r"[a-z](?:[\s,;、]*[a-z])*", re.IGNORECASE)
ITEM = re.compile(r"(?:q|#)?\s*(\d{1,2})")


def read(text: str, card: Card, screen: Screen, words: Wording) -> Wish | None:
    """The wish behind a line of text, or None if it is not understood here.

    Words of the actions on the screen come first, then its letters and choices, then what the card takes freely
    (numbers, a name); last, words that are understood everywhere.
    """
    plain = normalised(text)
    if not plain:
        return screen.default
    wishes = (
        _action(plain, screen, words),
        _letters(plain, card),
        _choice(plain, screen),
        _free(text, plain, card, words),
        _anywhere(plain, words),
    )
    return next((wish for wish in wishes if wish is not None), None)


def normalised(text: str) -> str:
    """Full-width forms made plain, case folded, ends trimmed."""
    return unicodedata.normalize("NFKC", text).strip().casefold().rstrip("。.!")


def _action(plain: str, screen: Screen, words: Wording) -> Wish | None:
    named = ((action.wish, words.text.words(f"words.{action.name}")) for action in screen.actions)
    return next((wish for wish, known in named if plain in known), None)


def _choice(plain: str, screen: Screen) -> Wish | None:
    return next((choice.wish for choice in screen.choices if choice.key.casefold() == plain), None)


def _free(text: str, plain: str, card: Card, words: Wording) -> Wish | None:
    match card:
        case FirmNameCard():
            return Intent(NameFirm, (text.strip(),))
        case QuestionCard() | FigureCard() | EnergyCard():
            return _numbers(text, card)
        case LadderCard() if plain.isdecimal():
            return Intent(PickLevel)
        case ReviewCard():
            return _item(plain, words)
        case _:
            return None


def _letters(plain: str, card: Card) -> Wish | None:
    """ "BC", "b, c" or "B" are the whole answer; "+B" and "-B" tick and untick one option of several."""
    if not isinstance(card, QuestionCard):
        return None
    if plain[0] in "+-" and card.question.type == "multiple":
        letter = plain[1:].strip().upper()
        return Intent(Tick, (letter, plain[0] == "+")) if letter in card.question.letters else None
    if not LETTERS.fullmatch(plain):
        return None
    return Intent(Answer, (tuple(dict.fromkeys(letter.upper() for letter in plain if letter.isalpha())),))


def _numbers(text: str, card: QuestionCard | FigureCard | EnergyCard) -> Wish | None:
    """Figures in the order asked; "90/200" gives a part of a whole, which is asked the other way round."""
    unit = next(_units(card), None)
    values = read_numbers(text, unit) if unit else None
    if values is None:
        return None
    rule = card.question.figures
    if "/" in text and len(values) == 2 and rule and rule.rule == "share" and rule.asks == (rule.whole, rule.part):
        values = values[::-1]
    return Intent(Numbers, (values,))


def _units(card: QuestionCard | FigureCard | EnergyCard) -> Iterator[str]:
    """The official unit in which the next figure is counted."""
    rubric = load_rubric()
    if isinstance(card, EnergyCard):
        if card.fuel:
            yield rubric.fuel[card.fuel].unit
    elif isinstance(card, FigureCard):
        yield rubric.figure[card.figure].unit
    elif card.question.figures:
        yield rubric.figure[card.question.figures.asks[0]].unit


def _item(plain: str, words: Wording) -> Wish | None:
    """ "5", "q5", "#16": the number that the review shows."""
    match = ITEM.fullmatch(plain)
    if match is None or not 1 <= int(match[1]) <= len(words.rubric.items):
        return None
    return Intent(Jump, (words.rubric.items[int(match[1]) - 1],))


def _anywhere(plain: str, words: Wording) -> Wish | None:
    """Moving about, "#5", a language's own name, a list of commands or of past assessments."""
    named: list[tuple[str, Wish]] = [(action.name, action.wish) for action in EVERYWHERE]
    named += [(detail.value, detail) for detail in (Detail.COMMANDS, Detail.HISTORY)]
    named += [(f"language.{language}", Intent(ChooseLanguage, (language,))) for language in LANGUAGES]
    found = next((wish for name, wish in named if plain in words.text.words(f"words.{name}")), None)
    return found or (None if plain.isdecimal() else _item(plain, words))
