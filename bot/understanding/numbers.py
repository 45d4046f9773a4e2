"""Numbers as people say them: "200 90", "1,200", "1万2千", 三成, 百分之九十七, "3.5 million yuan", with their units."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from math import prod

from pydantic import BaseModel, ConfigDict

from scoring.figures import Number

TEN_THOUSAND = 10**4
PUNCTUATION = " ,;/、。.!?"
LONGEST = 200
"""Characters of a text that is nothing but numbers."""
LONGEST_NUMERAL = 40
CHINESE_COMMA = re.compile(r"(?<=[0-9])\N{FULLWIDTH COMMA}")
"""Between plain digits it parts numbers; only among full-width ones can it part thousands."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at a place of a text; `value` is counted in `unit`, which holds no ten thousand (30万度: 300000 千瓦时).

    `unit` is a unit of the official forms, another one that people count in, or None if it was not said. `large`: said
    with 万, 亿, k or a million. `approximate`: about so many; `above`: more than that.
    """

    start: int
    end: int
    value: Decimal
    unit: str | None = None
    approximate: bool = False
    above: bool = False
    large: bool = False


class Money(BaseModel):
    """Signs before an amount, and their unit."""

    signs: str
    unit: str


class Vocabulary(BaseModel):
    """How numbers are spoken (`data/numbers.json`); of its words, those that begin with another one come first.

    `before_vague`, `few`, `neither` make a number of something that cannot be told; `loose`: a word for things counts
    several of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digits: str
    zeros: str
    point: str
    magnitudes: dict[str, int]
    separators: str
    of: str
    neither: tuple[str, ...]
    spelling: dict[str, str]
    about: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    between: tuple[str, ...]
    before_vague: tuple[str, ...]
    more: tuple[str, ...]
    few: tuple[str, ...]
    roughly: tuple[str, ...]
    after: tuple[str, ...]
    after_above: tuple[str, ...]
    times: dict[str, int]
    money: Money
    percent: str
    loose: dict[str, tuple[str, ...]]
    parts: dict[str, int]
    shares: dict[str, int | None]
    words: dict[str, int]
    units: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Speech:
    """The vocabulary, with a unit for each word of one, and the patterns made of it."""

    known: Vocabulary
    spelling: Mapping[int, str]
    units: Mapping[str, str]
    large: str
    token: re.Pattern[str]
    separators: re.Pattern[str]


def _either(words: Iterable[str]) -> str:
    """Any of the words, the longest first; looked at only where one can begin. Those in Latin letters are whole."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]) + ("(?![a-z])" if _is_latin(word[-1]) else ""))
    begin = "".join(map(re.escape, by_first))
    return f"(?=[{begin}])(?:" + "|".join(f"{re.escape(sign)}(?:{'|'.join(r)})" for sign, r in by_first.items()) + ")"


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


@lru_cache
def speech() -> Speech:
    """Number words and units are understood whatever script and language the conversation is in."""
    known = Vocabulary.model_validate_json(files("bot.understanding").joinpath("data/numbers.json").read_bytes())
    return Speech(
        known,
        str.maketrans(known.spelling),
        {word: unit for unit, words in known.units.items() for word in words},
        "".join(sign for sign, times in known.magnitudes.items() if times >= TEN_THOUSAND),
        _token(known),
        re.compile(rf"(?:[\s{known.separators}])*"),
    )


def _token(known: Vocabulary) -> re.Pattern[str]:
    """A number with all that belongs to it; every part is bounded or possessive, so that a line is read once."""
    units = [word for words in known.units.values() for word in words]
    inside = _either(word for word in units if word[0] in known.magnitudes)
    magnitude = f"(?:(?!{inside})[{''.join(known.magnitudes)}])"
    large = "".join(sign for sign in known.magnitudes if sign not in known.digits)
    thousands = r"(?<![\d,])\d{1,3}(?:,\d{3})++(?!,*+\d)"
    arabic = rf"(?:{thousands}|\d++)(?:\.\d++)?(?:(?:{magnitude}++\d++(?:\.\d++)?)++{magnitude}*+)?+"
    chinese = rf"(?:(?!{inside})[{known.digits}])(?:(?!{inside})[{known.digits}{large}])*+"
    word = _either(known.words)
    more, most = (f"(?P<{name}>{_either(known.more)})" for name in ("more", "most"))
    return re.compile(
        rf"(?P<vague>(?:{_either(known.before_vague)}) ?)?+"
        rf"(?:(?P<about>{_either(known.about)})|(?P<over>{_either(known.above)})|(?P<under>{_either(known.below)}))?+"
        rf" ?(?:(?:{_either(known.between)}) ?)?(?P<money>[{known.money.signs}])?"
        rf"(?P<number>(?P<share>{_either(known.shares)})"
        rf"|(?:(?P<whole>[{known.digits}]{{1,4}}){known.of})?(?:(?P<arabic>(?:(?<!\d)-)?{arabic})|(?P<chinese>{chinese}))"
        rf"|(?P<words>(?<![a-z])(?:{word})(?:[ -](?:and )?(?:{word}))*+))"
        rf"(?:{more}|(?P<few>{_either(known.few)})|(?P<roughly>{_either(known.roughly)}))?+"
        rf"(?:\s?(?P<part>{_either(known.parts)})"
        rf"|\s?+(?:(?P<near>{_either(units)})"
        rf"|(?P<times>{magnitude}++|(?:{_either(known.times)}))?+{most}?+\s?(?P<unit>{_either(units)})?))"
        rf"(?: ?(?:(?P<after>{_either(known.after)})|(?P<beyond>{_either(known.after_above)})))?",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in plain forms, lower case, simplified number words; `places[i]` is where its character i comes from."""

    text: str
    places: tuple[int, ...]


def folded(text: str) -> Folded:
    """Full-width forms and traditional number words made plain; places in the text are kept."""
    signs: list[str] = []
    places: list[int] = []
    spelling = speech().spelling
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign).translate(spelling).casefold():
            signs.append(plain)
            places.append(place)
    return Folded("".join(signs), (*places, len(text)))


def quantities(text: str) -> tuple[Quantity, ...]:
    """All numbers of a text, in order; what is no number that can be told (十几, 第三个, 5G, 两三百) is left out."""
    plain = folded(text)
    return tuple(_found(plain, speech().token.finditer(plain.text)))


def _found(plain: Folded, matches: Iterator[re.Match[str]]) -> Iterator[Quantity]:
    for match in matches:
        quantity = _quantity(match, plain)
        if quantity is not None:
            yield quantity


def _quantity(match: re.Match[str], plain: Folded) -> Quantity | None:
    unit = _unit(match)
    value = None if match["vague"] or match["few"] or unit == "" else _value(match)
    if value is None or _is_in_a_word(match, plain.text, unit):
        return None
    start = next(match.start(name) for name in ("about", "over", "under", "money", "number") if match[name])
    end = match.start() + len(match[0].rstrip())
    times = _times((match["times"] or "").lower())
    above = any(match[name] for name in ("over", "more", "most", "beyond"))
    about = any(match[name] for name in ("about", "under", "after", "roughly", "share"))
    numeral = match["arabic"] or match["chinese"] or ""
    return Quantity(
        plain.places[start],
        plain.places[end - 1] + 1,
        value if times == 1 else value * times,
        unit,
        approximate=about or above,
        above=above,
        large=times >= TEN_THOUSAND or times == 1000 or any(sign in numeral for sign in speech().large),
    )


def _unit(match: re.Match[str]) -> str | None:
    """ "" for words that only look like one (一些, 一定)."""
    known = speech().known
    if match["part"] or match["whole"] or match["share"]:
        return known.percent
    word = match["near"] or match["unit"]
    return speech().units[word.lower()] if word else known.money.unit if match["money"] else None


def _is_in_a_word(match: re.Match[str], text: str, unit: str | None) -> bool:
    """ "q5", "5G", "ISO9001": no number of anything; "8 CNC" is.

    A word for one digit counts with a unit, or by itself.
    """
    before, after = text[match.start("number") - 1 : match.start("number")], text[match.end() : match.end() + 1]
    if match["share"]:
        return False
    if _is_latin(before) and not match["chinese"]:
        return True
    if unit is None and _is_latin(after) and not match[0][-1].isspace():
        return True
    if before.isdigit() or before == "." or (before and before in speech().large):
        return True
    single = len(match["number"]) == 1 and not match["arabic"]
    alone = speech().known.words.get((match["words"] or "").lower(), 10) < 10
    return unit is None and (single or alone) and bool((before + after).strip(PUNCTUATION))


def _times(word: str) -> int:
    known = speech().known
    return known.times[word] if word in known.times else prod(known.magnitudes[sign] for sign in word)


def _value(match: re.Match[str]) -> Decimal | None:
    known = speech().known
    if match["share"]:
        share = known.shares[match["share"].lower()]
        return None if share is None else Decimal(share)
    value = _numeral(match)
    if value is not None and match["part"]:
        return value * known.parts[match["part"].lower()]
    if value is None or not match["whole"]:
        return value
    whole = known.magnitudes.get(match["whole"]) or _chinese(match["whole"])
    return 100 * value / whole if whole else None


def _numeral(match: re.Match[str]) -> Decimal | None:
    if match["words"]:
        return _spelled(match["words"].lower())
    if match["chinese"]:
        return _chinese(match["chinese"])
    plain = match["arabic"].replace(",", "")
    return Decimal(plain) if plain.lstrip("-").replace(".", "").isdecimal() else _chinese(plain)


def _spelled(text: str) -> Decimal | None:
    """ "two hundred and twenty", "thirty-five"."""
    total = current = 0
    for word in text.replace("-", " ").split():
        number = speech().known.words.get(word, 0)
        if number < 100:
            current += number
        elif number == 100:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * number, 0
    return Decimal(total + current)


def _chinese(text: str) -> Decimal | None:
    """Chinese and mixed numerals by cn2an, which is imported only when it is needed; None if they make no sense."""
    from cn2an import cn2an

    known = speech().known
    bare = text[0] in known.point or known.magnitudes.get(text[0], 0) > 10
    if len(text) > LONGEST_NUMERAL or bare or text[-1] in known.point or text[:2] in known.neither:
        return None
    try:
        return Decimal(str(cn2an(text, "smart")))
    except (ValueError, KeyError, IndexError):
        return None


# nothing but numbers


def read_numbers(text: str, *units: str) -> tuple[Number, ...] | None:
    """All numbers of a text; None if it is anything but numbers.

    Each is counted in its own one of the official `units`, further ones in the last. A unit such as 万元 holds
    ten thousand already: an amount spoken with a magnitude, or in the plain unit, is divided, so that 320, 320万,
    320万元, 3200000元 and 三百二十万 all mean the same. A number said in a unit of another kind is not understood.
    """
    if len(text) > LONGEST:
        return None
    text = CHINESE_COMMA.sub(";", text).strip()
    found = quantities(text)
    numbers: list[Number] = []
    position = 0
    for quantity in found:
        gap = text[position : quantity.start]
        between = speech().separators.fullmatch(unicodedata.normalize("NFKC", gap))
        runs_on = bool(numbers) and not gap and found[len(numbers) - 1].unit is None
        value = counted(quantity, units[min(len(numbers), len(units) - 1)])
        if between is None or value is None or runs_on:
            return None
        numbers.append(value)
        position = quantity.end
    if speech().separators.fullmatch(text, position) is None:
        return None
    return tuple(numbers) or None


def counted(quantity: Quantity, unit: str) -> Number | None:
    """A quantity in an official unit ("万元", "%"); None if it was said in a unit of another kind."""
    known = speech().known
    plain = unit if unit in known.units else unit[1:]
    if quantity.unit not in (None, plain) and plain not in known.loose.get(quantity.unit, ()):
        return None
    inside = unit != plain and (quantity.unit is not None or quantity.large)
    value = quantity.value / known.magnitudes[unit[0]] if inside else quantity.value
    return int(value) if value == value.to_integral_value() else value
