"""Shares, changes and figures that somebody names, for the question on the screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.understanding.numbers import Quantity, counted, quantities, speech
from bot.understanding.phrases import LONGEST, bare, has, has_any, is_negated, phrases, trimmed
from scoring.figures import Number
from scoring.rubric import Change, Question, Rubric, Share

CLAUSES = "，,。;；、\n"
YEARS = range(1990, 2100)


# shares


def share_band(text: str, question: Question) -> tuple[str, ...] | None:
    """The option of a share that was said ("45%", 一半左右, 三成), if all shares of the text are in one band."""
    rule = question.figures
    if not isinstance(rule, Share) or len(text) > LONGEST:
        return None
    found = quantities(text)
    if not found or any(one.unit != speech().known.percent for one in found):
        return None
    rest = bare("".join(_between(text, found)))
    if is_negated(rest):
        return None
    bands = {_band(one, rule, question) for one in found}
    band = bands.pop()
    return (band,) if band and not bands else None


def _between(text: str, found: Sequence[Quantity]) -> Iterator[str]:
    place = 0
    for one in found:
        yield text[place : one.start]
        place = one.end
    yield text[place:]


def _band(share: Quantity, rule: Share, question: Question) -> str | None:
    """More than an upper end is the next band."""
    if not 0 <= share.value <= 100:
        return None
    fits = (
        i for i, upper in enumerate(rule.bands) if share.value < upper or (share.value == upper and not share.above)
    )
    return question.letters[next(fits, len(rule.bands) - 1)]


# changes


def change(text: str, question: Question) -> tuple[str, ...] | None:
    """The option of a change that was said in words ("降低了", "差不多"), if nothing else was said."""
    rule, known, plain = question.figures, phrases().change, bare(text)
    if not isinstance(rule, Change) or len(plain) > LONGEST or quantities(text):
        return None
    of_this = known.subjects.get(question.id, ())
    for words, option in ((known.flat, rule.flat), (known.up, rule.rise), (known.down, rule.fall)):
        for word in sorted(words, key=len, reverse=True):
            if has(plain, word) and not _rest(plain.replace(word, " ", 1), (*known.rest, *of_this)):
                return (option,)
    return None


def _rest(text: str, words: Sequence[str]) -> str:
    """What is left of a text without these words."""
    ordered = sorted(words, key=len, reverse=True)
    return "".join(trimmed(part, ordered, ordered) for part in text.split(" ") if part not in ordered)


# figures


@dataclass(frozen=True)
class Saying:
    """How the figures of an edition are named: what of (`subjects`), and which one (`marks`); a mark of time lasts."""

    figures: Mapping[str, tuple[str, str]]
    words: Mapping[str, tuple[str, ...]]
    lasting: tuple[str, ...]


@lru_cache
def _sayings() -> Mapping[str, Saying]:
    known = TypeAdapter(dict[str, Saying])
    return known.validate_json(files("bot.understanding").joinpath("data/figures.json").read_bytes())


@dataclass(frozen=True, slots=True)
class Said:
    """A number with the words of its clause that tell which figure it is."""

    quantity: Quantity
    words: frozenset[str]


def figures_said(text: str, asked: Sequence[str], rubric: Rubric) -> dict[str, Number] | None:
    """Figures by name, of those `asked`, in any order: by the words near them, by their units, by their turn.

    None if any number of the text fits none of them, or several: nothing is put where its unit does not fit.
    """
    saying = _sayings().get(rubric.id)
    found = [one for one in quantities(text) if not _is_a_year(one)]
    names = [name for name in asked if saying and name in saying.figures and rubric.figure[name].kind != "series"]
    if saying is None or not found or not names or _is_range(text, found):
        return None
    placed: dict[str, Number] = {}
    mark = subject = ""
    for said in _clauses(text, found, saying):
        mark = next((word for word in saying.lasting if word in said.words), mark)
        name = _figure(said, (mark, subject), [name for name in names if name not in placed], saying, rubric)
        value = counted(said.quantity, rubric.figure[name].unit) if name else None
        if name is None or value is None:
            return None
        placed[name] = value
        subject = saying.figures[name][0]
    return placed


def _is_a_year(one: Quantity) -> bool:
    """2024年 is not a figure."""
    return one.value in YEARS and one.unit == speech().units["years"]


def _is_range(text: str, found: Sequence[Quantity]) -> bool:
    """ "20-30台" is no number."""
    gaps = (text[one.end : other.start].strip() for one, other in pairwise(found))
    return any(gap in ("-", "~", "\N{EN DASH}", "\N{EM DASH}") for gap in gaps)


def _clauses(text: str, found: Sequence[Quantity], saying: Saying) -> Iterator[Said]:
    """Words before a number, up to the one before it, and behind it, up to the next comma or number.

    Between two numbers without a comma, words belong to the first one if nothing stands before that.
    """
    taken = 0
    for position, one in enumerate(found):
        following = found[position + 1].start if position + 1 < len(found) else len(text)
        left, right = text[taken : one.start], text[one.end : following]
        comma = min((place for sign in CLAUSES if (place := right.find(sign)) >= 0), default=len(right))
        cut = max((left.rfind(sign) for sign in CLAUSES), default=-1)
        near = _words_in(left[cut + 1 :], saying) | _lasting_in(left, saying)
        own = {word for word in near if word not in saying.lasting}
        open_end = comma == len(right) and following < len(text)
        behind = frozenset() if open_end and own else _words_in(right[:comma], saying)
        behind = frozenset(word for word in behind if word not in saying.lasting) if open_end else behind
        yield Said(one, near | behind | _words_in(text[one.start : one.end], saying))
        taken = one.end + (comma if behind and open_end else 0)


def _words_in(text: str, saying: Saying) -> frozenset[str]:
    plain = bare(text)
    return frozenset(name for name, words in saying.words.items() if has_any(plain, words))


def _lasting_in(text: str, saying: Saying) -> frozenset[str]:
    return _words_in(text, saying) & frozenset(saying.lasting)


def _figure(said: Said, lasting: tuple[str, str], names: Sequence[str], saying: Saying, rubric: Rubric) -> str | None:
    """The one figure that it can be; among those that only a year tells apart, the first without a year said.

    `lasting`: the year and the thing that were spoken of last.
    """
    mark, subject = lasting
    if said.quantity.unit is None and not said.quantity.large and not said.words:
        return None  # a number among other words, that nothing says the meaning of
    units = [name for name in names if counted(said.quantity, rubric.figure[name].unit) is not None]
    if said.quantity.large and said.quantity.unit is None:  # an amount of money, if there is one to be given
        units = [name for name in units if speech().known.magnitudes.get(rubric.figure[name].unit[0])]
    of = said.words & {about for about, _ in saying.figures.values()}
    which = said.words & ({mark for _, mark in saying.figures.values()} - {"", *saying.lasting})
    fits = [
        name
        for name in units
        if (not of or saying.figures[name][0] in of) and _is_marked(saying.figures[name][1], which, mark, saying)
    ]
    if len({saying.figures[name][0] for name in fits}) > 1:
        fits = [name for name in fits if saying.figures[name][0] == subject]
    return fits[0] if fits else None


def _is_marked(mark: str, which: frozenset[str], lasting: str, saying: Saying) -> bool:
    if mark in saying.lasting:
        return not lasting or mark == lasting
    return mark in which if which else not mark


# energy


class Fuelled(BaseModel):
    """How a fuel is named; `unit`: the one that tells it without a name.

    `into`: what the standard's table lacks is another fuel's, by a coefficient of ours; `official` is its unit then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    unit: str | None = None
    into: str | None = Field(None, alias="as")
    official: str | None = None
    coefficient: Decimal | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts by fuel of the standard, each in its own unit; `converted` names those that we have worked out."""

    by_fuel: Mapping[str, Number]
    converted: tuple[str, ...] = ()


@lru_cache
def _fuels() -> Mapping[str, Mapping[str, Fuelled]]:
    known = TypeAdapter(dict[str, dict[str, Fuelled]])
    return known.validate_json(files("bot.understanding").joinpath("data/fuels.json").read_bytes())


def fuels_said(text: str, rubric: Rubric) -> Amounts | None:
    """Amounts of fuels ("电40万度，天然气3万方"); None if any number of the text is none, or has no unit."""
    amounts: dict[str, Number] = {}
    converted: list[str] = []
    taken = 0
    for one in quantities(text):
        if _is_a_year(one):
            continue
        named = _fuel(one, bare(text[taken : one.start]), rubric)
        if named is None:
            return None
        name, fuel = named
        value = counted(one, fuel.official or rubric.fuel[name].unit)
        target = fuel.into or name
        if value is None or one.unit is None or target in amounts:
            return None
        amounts[target] = value if fuel.coefficient is None else value * fuel.coefficient
        converted += [name] if fuel.into else []
        taken = one.end
    return Amounts(amounts, tuple(converted)) if amounts else None


def _fuel(one: Quantity, before: str, rubric: Rubric) -> tuple[str, Fuelled] | None:
    """By the word that stands nearest before the number, the longest of those; else by the unit."""
    known = _fuels().get(rubric.id, {})
    named = [
        (before.rfind(word), len(word), name) for name, fuel in known.items() for word in fuel.words if word in before
    ]
    if named:
        name = max(named)[-1]
        return name, known[name]
    return next(((name, fuel) for name, fuel in known.items() if one.unit and fuel.unit == one.unit), None)
