"""From typed text to what a person wants, given what is on the screen. Typing works wherever tapping does."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import digits

from bot.dialogue.facts import FactWords, at_identity, fact_named
from bot.dialogue.own_words import own_words, shown_or_told
from bot.screens import Screen
from bot.screens.parts import BACK, HELP, OVERVIEW, PARK, PAUSE, QUICK, RESUME
from bot.screens.wishes import NAMELESS, Comparison, Detail, Leaf, Look, Meant, Wish
from bot.understanding.numbers import quantities, read_numbers, speech
from bot.understanding.options import letters
from bot.understanding.phrases import polite
from bot.understanding.requests import Elsewhere, Request
from bot.words.history import MOST_DIGITS
from bot.words.wording import Wording
from flows.cards import (
    Card,
    EnergyCard,
    FigureCard,
    IdentityCard,
    LadderCard,
    PlanCard,
    ProposalCard,
    ProvisionalCard,
    QuestionCard,
    ResultCard,
    ReviewCard,
    WelcomeCard,
    WhatIfCard,
)
from flows.inputs import (
    Answer,
    Back,
    ChooseLanguage,
    Done,
    Identify,
    Jump,
    Numbers,
    PickLevel,
    Proposal,
    Propose,
    Suppose,
    TakeLevel,
    Tick,
    Want,
    Wanted,
)
from flows.session import FirmFact
from locales import LANGUAGES
from scoring.editions import load_rubric
from scoring.figures import Number
from scoring.rubric import Rubric

LONGEST = 1000
"""Characters of a line; nobody means anything by more."""
FEWER = 100_000
"""Machines or people that a firm has."""
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
EVERYWHERE = (BACK, PARK, HELP, OVERVIEW, PAUSE, RESUME, QUICK)
NUMBERS = re.compile(r"\d{1,9}")
APART = re.compile(r"[\d\s,;、#]+")
"""Numbers and the signs between them."""
ITEM = re.compile(r"(?:q|#)?\s*(\d{1,2})")
WISHED = re.compile(r"(\D+)(\d{1,2})")
SUPPOSED = re.compile(r"[q#]?\s*(\d{1,2})(?:\s*[=:]\s*|\s+)(?:([0-9])|([a-z](?:[\s,、]*[a-z])*))")


@dataclass(frozen=True, slots=True)
class Units:
    """The unit of each number, in order; `all`: there must be a number for each. `most`: so many at most.

    `large`: hundreds of thousands are nothing odd there, and are asked back by what comes of them.
    """

    each: tuple[str, ...]
    all: bool = False
    most: int | None = None
    large: bool = False


def read(text: str, card: Card, screen: Screen, words: Wording) -> Meant | Request | None:
    """The wish behind a line of text, or None if it is not understood here.

    Words of the actions on the screen come first, then words that are understood everywhere, then the screen's
    letters and choices, then what the card takes freely (numbers, a name), the number of an item; last, what people
    say in their own words.
    """
    if not text.strip():
        return screen.default
    if len(text) > LONGEST or UNREADABLE in text:
        return None
    plain = normalised(text)
    if not plain:
        return None
    return next((meant for meant in _ways(text, plain, card, screen, words) if meant is not None), None)


def _ways(text: str, plain: str, card: Card, screen: Screen, words: Wording) -> Iterator[Meant | Request | None]:
    """Each way to read it, the plainest first."""
    yield _action(plain, screen, words)
    yield _nothing_said(plain, card, words)
    yield _anywhere(plain, words)
    yield _letters(text, plain, card)
    yield _choice(plain, screen)
    yield _free(text, plain, card, words)
    yield None if plain.isdecimal() else _item(plain, words)
    yield own_words(text, card, words)
    yield _detail(plain, card, words)


def normalised(text: str) -> str:
    """Full-width forms made plain, case folded, ends trimmed; a question mark behind words changes nothing."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain.rstrip("。.!? ") or plain.rstrip("。.! ")


@lru_cache
def known_words(name: str, words: Wording) -> frozenset[str]:
    """What may be typed for an action, as `normalised` leaves it."""
    return frozenset(map(normalised, words.text.words(f"words.{name}")))


def _action(plain: str, screen: Screen, words: Wording) -> Wish | None:
    said = {plain, polite(plain)}
    return next((action.wish for action in screen.actions if said & known_words(action.name, words)), None)


def _nothing_said(plain: str, card: Card, words: Wording) -> Wish | None:
    """ "没有", "跳过" where the facts of the firm are asked: nothing is told, and nothing is changed."""
    if not isinstance(card, IdentityCard) or plain not in known_words("nothing_said", words):
        return None
    return Back() if card.fact else Done()


def _choice(plain: str, screen: Screen) -> Wish | None:
    choices = (*screen.choices, *screen.typed)
    return next((choice.wish for choice in choices if choice.key.casefold() == plain), None)


def _free(text: str, plain: str, card: Card, words: Wording) -> Wish | None:
    match card:
        case WelcomeCard() if plain in known_words("begin", words):
            return ChooseLanguage(words.language)
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
        case IdentityCard():
            return at_identity(text, card, _facts(words))
        case ResultCard() | ProvisionalCard():
            return Identify() if plain in known_words("identity", words) else fact_named(plain, _facts(words))
        case _:
            return None


def _facts(words: Wording) -> FactWords:
    """What may be typed for each fact of the firm, and to change it."""
    of = {fact: known_words(fact.value, words) for fact in FirmFact}
    return FactWords(of, known_words("change", words), known_words("settle", words), known_words("firm_ends", words))


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
    given = tuple(sorted({letter.upper() for letter in match[3] or "" if letter.isalpha()}))
    return Suppose(item, given or int(match[2]))


def _letters(text: str, plain: str, card: Card) -> Wish | None:
    """ "BC", "b, c" or "B" are the whole answer; "+B" and "-B" tick and untick one option of several.

    Letters that may be a word are asked back. Who is asked what they mean may also say it in letters, or as a level.
    """
    if isinstance(card, ProposalCard):
        return _instead(text, plain, card)
    if not isinstance(card, QuestionCard):
        return None
    if plain[0] in "+-" and card.question.kind.ticks:
        letter = plain[1:].strip().upper()
        return Tick(letter, plain[0] == "+") if letter in card.question.letters else None
    found = letters(text)
    if found is None:
        return None
    chosen, surely = found
    if surely:
        return Answer(chosen)
    known = set(chosen) <= set(card.question.letters)
    return Propose((Proposal(card.question.id, chosen, text.strip()),)) if known else None


def _instead(text: str, plain: str, card: ProposalCard) -> Wish | None:
    if isinstance(card.draft.least, int):
        return TakeLevel(int(plain)) if plain.isdecimal() and len(plain) == 1 else None
    found = letters(text)
    return Answer(found[0]) if found and found[1] else None


def _detail(plain: str, card: Card, words: Wording) -> Detail | Elsewhere | None:
    """A look at a result, by its word, where there is no button for it."""
    named = (detail for detail in Detail if detail not in NAMELESS and plain in known_words(detail.value, words))
    wanted = next(named, None)
    return wanted and shown_or_told(wanted, card)


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
    if values is not None and not units.large and _are_amounts(text, units.each):
        return None
    if values is None or (units.all and len(values) != len(units.each)):
        return None
    return values if units.most is None or len(values) <= units.most else None


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
            yield Units(tuple(unit[name] for name in still_asked), large=rubric.calculates(card.figure))
        else:
            own = [name for name in rule.asks if rubric.figure[name].year_of is None]
            yield from (
                Units(tuple(unit[name] for name in names), most=_most(names, rubric)) for names in (rule.asks, own)
            )


def _are_amounts(text: str, units: Sequence[str]) -> bool:
    """Something is counted by the hundred thousand, without a word of what: an amount of money, most likely."""
    return any(
        one.large
        and one.unit is None
        and one.value >= FEWER
        and units[min(place, len(units) - 1)] in speech().known.units
        for place, one in enumerate(quantities(text))
    )


def _most(names: Sequence[str], rubric: Rubric) -> int | None:
    """One number a figure; of a series, years that are more than can be are refused later, with a reason."""
    return None if any(rubric.figure[name].kind == "series" for name in names) else len(names)


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
    """ "history", "history 2"; "compare 1 3": they need nothing but past assessments. The text is `normalised`."""
    named = plain.rstrip(digits)
    if named.rstrip() in known_words(Detail.HISTORY.value, words):
        number = plain[len(named) :][:MOST_DIGITS]
        return Leaf(Detail.PAST, about=number) if number else Detail.HISTORY
    rests = (plain.removeprefix(word) for word in known_words("compare", words) if plain.startswith(word))
    return next((compared(rest) for rest in rests if _numbers_only(rest, words)), None)


def _numbers_only(text: str, words: Wording) -> bool:
    """Numbers with "and" between them, or nothing; a firm called "Compare Ltd" is more."""
    return {*APART.split(text), ""} <= {*known_words("and", words), ""}


def compared(numbers: str) -> Comparison:
    """The numbers in a text."""
    return Comparison(tuple(map(int, NUMBERS.findall(numbers))))
