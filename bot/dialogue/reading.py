"""From typed text to what a person wants, given what is on the screen. Typing works wherever tapping does."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.screens import Screen
from bot.screens.parts import BACK, HELP, OVERVIEW, PARK, PAUSE, QUICK, RESUME
from bot.screens.wishes import Comparison, Detail, Look, Meant, Wish
from bot.understanding.numbers import read_numbers
from bot.words.wording import Wording
from flows.cards import (
    Card,
    EnergyCard,
    FigureCard,
    FirmNameCard,
    LadderCard,
    PlanCard,
    QuestionCard,
    ReviewCard,
    WelcomeCard,
    WhatIfCard,
)
from flows.inputs import (
    Answer,
    ChooseLanguage,
    Jump,
    NameFirm,
    Numbers,
    PickLevel,
    Suppose,
    Tick,
    Want,
    Wanted,
)
from locales import LANGUAGES
from scoring.editions import load_rubric
from scoring.figures import Number
from scoring.rubric import Rubric

LONGEST = 1000
"""Characters of a line; nobody means anything by more."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
EVERYWHERE = (BACK, PARK, HELP, OVERVIEW, PAUSE, RESUME, QUICK)
LETTERS = re.compile(r"[a-z](?:[\s,;、]*[a-z])*", re.IGNORECASE)
NUMBERS = re.compile(r"\d{1,9}")
APART = re.compile(r"[\d\s,;、#]+")
"""Numbers and the signs between them."""
ITEM = re.compile(r"(?:q|#)?\s*(\d{1,2})")
WISHED = re.compile(r"(\D+)(\d{1,2})")
SUPPOSED = re.compile(r"[q#]?\s*(\d{1,2})(?:\s*[=:]\s*|\s+)(?:([0-9])|([a-z](?:[\s,、]*[a-z])*))")


@dataclass(frozen=True, slots=True)
class Units:
    """The unit of each number, in order; `all`: there must be a number for each."""

    each: tuple[str, ...]
    all: bool = False


def read(text: str, card: Card, screen: Screen, words: Wording) -> Meant | None:
    """The wish behind a line of text, or None if it is not understood here.

    Words of the actions on the screen come first, then words that are understood everywhere, then the screen's
    letters and choices, then what the card takes freely (numbers, a name); last, the number of an item.
    """
    if not text.strip():
        return screen.default
    if len(text) > LONGEST or UNREADABLE in text:
        return None
    plain = normalised(text)
    if not plain:
        return None
    wishes: tuple[Meant | None, ...] = (
        _action(plain, screen, words),
        _anywhere(plain, words),
        _letters(plain, card),
        _choice(plain, screen),
        _free(text, plain, card, words),
        None if plain.isdecimal() else _item(plain, words),
    )
    return next((wish for wish in wishes if wish is not None), None)


def normalised(text: str) -> str:
    """Full-width forms made plain, case folded, ends trimmed."""
    return unicodedata.normalize("NFKC", text).strip().casefold().rstrip("。.! ")


@lru_cache
def known_words(name: str, words: Wording) -> frozenset[str]:
    """What may be typed for an action, as `normalised` leaves it."""
    return frozenset(map(normalised, words.text.words(f"words.{name}")))


def _action(plain: str, screen: Screen, words: Wording) -> Wish | None:
    return next((action.wish for action in screen.actions if plain in known_words(action.name, words)), None)


def _choice(plain: str, screen: Screen) -> Wish | None:
    choices = (*screen.choices, *screen.typed)
    return next((choice.wish for choice in choices if choice.key.casefold() == plain), None)


def _free(text: str, plain: str, card: Card, words: Wording) -> Wish | None:
    match card:
        case WelcomeCard() if plain in known_words("begin", words):
            return ChooseLanguage(words.language)
        case FirmNameCard():
            return NameFirm(text.strip())
        case QuestionCard() | FigureCard() | EnergyCard():
            return _numbers(text, card, load_rubric(words.rubric.id))
        case LadderCard() if plain.isdecimal():
            return PickLevel()
        case ReviewCard():
            return _item(plain, words)
        case PlanCard():
            return _wished(plain, words)
        case WhatIfCard():
            return _supposed(plain, words)
        case _:
            return None


def _wished(plain: str, words: Wording) -> Wish | None:
    """ "必做 16", "not us 5"."""
    match = WISHED.fullmatch(plain)
    item = _item_at(match[2], words) if match else None
    if match is None or item is None:
        return None
    said = match[1].rstrip()
    wish = normalised(said[:-1] if said[-1:] in ("q", "#") else said)
    found = (wanted for wanted in Wanted if wish in known_words(wanted.value, words))
    return next((Want(item, wanted) for wanted in found), None)


def _supposed(plain: str, words: Wording) -> Wish | None:
    """ "16=3", "q1 bc": an item's number and an answer."""
    match = SUPPOSED.fullmatch(plain)
    item = _item_at(match[1], words) if match else None
    if match is None or item is None:
        return None
    letters = tuple(sorted({letter.upper() for letter in match[3] or "" if letter.isalpha()}))
    return Suppose(item, letters or int(match[2]))


def _letters(plain: str, card: Card) -> Wish | None:
    """ "BC", "b, c" or "B" are the whole answer; "+B" and "-B" tick and untick one option of several."""
    if not isinstance(card, QuestionCard):
        return None
    if plain[0] in "+-" and card.question.kind.ticks:
        letter = plain[1:].strip().upper()
        return Tick(letter, plain[0] == "+") if letter in card.question.letters else None
    if not LETTERS.fullmatch(plain):
        return None
    return Answer(tuple(dict.fromkeys(letter.upper() for letter in plain if letter.isalpha())))


def _numbers(text: str, card: QuestionCard | FigureCard | EnergyCard, rubric: Rubric) -> Wish | None:
    """Figures in the order asked, in the official units of the rubric.

    "90/200" gives a part of a whole, which is asked the other way round.
    """
    values = next((values for units in _units(card, rubric) if (values := _counted(text, units)) is not None), None)
    if values is None:
        return None
    rule = card.question.figures
    parted = "/" in unicodedata.normalize("NFKC", text) and len(values) == 2
    if parted and rule and rule.rule == "share" and rule.asks == (rule.whole, rule.part):
        values = values[::-1]
    return Numbers(values)


def _counted(text: str, units: Units) -> tuple[Number, ...] | None:
    values = read_numbers(text, *units.each)
    return None if values is None or (units.all and len(values) != len(units.each)) else values


def _units(card: QuestionCard | FigureCard | EnergyCard, rubric: Rubric) -> Iterator[Units]:
    """In which official units numbers may be counted, the likeliest first."""
    rule = card.question.figures
    if isinstance(card, EnergyCard):
        if card.fuel:
            yield Units((rubric.fuel[card.fuel].unit,))
    elif rule:
        unit = {name: rubric.figure[name].unit for name in rule.asks}
        if isinstance(card, FigureCard):
            following = rule.asks[rule.asks.index(card.figure) :]
            still_asked = [name for name in following if name not in card.known] or following
            yield Units(tuple(unit.values()), all=True)
            yield Units(tuple(unit[name] for name in still_asked))
        else:
            yield Units(tuple(unit.values()))
            yield Units(tuple(unit[name] for name in rule.asks if rubric.figure[name].year_of is None))


def _item(plain: str, words: Wording) -> Wish | None:
    """ "5", "q5", "#16": the number that the review shows."""
    match = ITEM.fullmatch(plain)
    item = _item_at(match[1], words) if match else None
    return None if item is None else Jump(item)


def _item_at(number: str, words: Wording) -> str | None:
    """The item with a number."""
    position = int(number) - 1
    return words.rubric.items[position] if 0 <= position < len(words.rubric.items) else None


def _anywhere(plain: str, words: Wording) -> Meant | None:
    """Moving about, a language's own name, a list of commands or of past assessments."""
    named: list[tuple[str, Wish]] = [(action.name, action.wish) for action in EVERYWHERE]
    named.append((Detail.COMMANDS.value, Detail.COMMANDS))
    named += [(f"language.{language}", ChooseLanguage(language)) for language in LANGUAGES]
    return next((wish for name, wish in named if plain in known_words(name, words)), None) or look_back(plain, words)


def look_back(plain: str, words: Wording) -> Look | None:
    """ "history"; "compare 1 3", which needs nothing but past assessments either. The text is `normalised`."""
    if plain in known_words(Detail.HISTORY.value, words):
        return Detail.HISTORY
    rests = (plain.removeprefix(word) for word in known_words("compare", words) if plain.startswith(word))
    return next((compared(rest) for rest in rests if _numbers_only(rest, words)), None)


def _numbers_only(text: str, words: Wording) -> bool:
    """Numbers with "and" between them, or nothing; a firm called "Compare Ltd" is more."""
    return {*APART.split(text), ""} <= {*known_words("and", words), ""}


def compared(numbers: str) -> Comparison:
    """The numbers in a text."""
    return Comparison(tuple(map(int, NUMBERS.findall(numbers))))
