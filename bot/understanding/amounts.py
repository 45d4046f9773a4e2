"""Shares, changes and figures that somebody names, for the question on the screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

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
    found = quantities(text) if isinstance(rule, Share) else ()
    if not found or any(one.unit != speech().known.percent for one in found) or len(text) > LONGEST:
        return None
    rest = bare("".join(_between(text, found)))
    if is_negated(rest):
        return None
    bands = {_band(one, rule, question) for one in found}  # type: ignore[arg-type]
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
    mark = ""
    for said in _clauses(text, found, saying):
        mark = next((word for word in saying.lasting if word in said.words), mark)
        name = _figure(said, mark, [name for name in names if name not in placed], saying, rubric)
        value = counted(said.quantity, rubric.figure[name].unit) if name else None
        if name is None or value is None:
            return None
        placed[name] = value
    return placed


def _is_a_year(one: Quantity) -> bool:
    """2024年 is not a figure."""
    return one.value in YEARS and one.unit == speech().units["year"]


def _is_range(text: str, found: Sequence[Quantity]) -> bool:
    """ "20-30台" is no number."""
    gaps = (text[one.end : other.start].strip() for one, other in zip(found, found[1:], strict=False))
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


def _figure(said: Said, mark: str, names: Sequence[str], saying: Saying, rubric: Rubric) -> str | None:
    """The one figure that it can be; among those that only a year tells apart, the first without a year said."""
    units = [name for name in names if counted(said.quantity, rubric.figure[name].unit) is not None]
    if said.quantity.large and said.quantity.unit is None:  # an amount of money, if there is one to be given
        units = [name for name in units if speech().known.magnitudes.get(rubric.figure[name].unit[0])] or units
    subjects = {saying.figures[name][0] for name in saying.figures}
    of = said.words & subjects
    fits = [name for name in units if not of or saying.figures[name][0] in of]
    marks = {saying.figures[name][1] for name in saying.figures} - {""} - set(saying.lasting)
    which = said.words & marks
    fits = [name for name in fits if _is_marked(saying.figures[name][1], which, mark, saying)]
    if len({saying.figures[name][0] for name in fits}) > 1:
        return None
    return fits[0] if fits else None


def _is_marked(mark: str, which: frozenset[str], lasting: str, saying: Saying) -> bool:
    if mark in saying.lasting:
        return not lasting or mark == lasting
    return mark in which if which else not mark
