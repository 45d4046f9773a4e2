"""Numbers as people type them: "200 90", "1,200", in Chinese, full-width, with or without units."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from locales import DEFAULT_LANGUAGE, LANGUAGES, catalogue
from scoring.figures import Number

TEN_THOUSAND = 10**4
LONGEST = 200
CHINESE_COMMA = re.compile(r"(?<=[0-9])，")
"""Between plain digits it parts numbers; only among full-width ones can it part thousands."""


@dataclass(frozen=True)
class Speech:
    """How numbers are spoken: number words in one spelling, magnitudes by word, and the unit that a word stands for."""

    spelling: Mapping[int, int]
    magnitudes: Mapping[str, int]
    aliases: Mapping[str, str]
    token: re.Pattern[str]


@lru_cache
def _speech() -> Speech:
    """Chinese number words are understood whatever script and language the conversation is in, and so are all units."""
    texts = catalogue(DEFAULT_LANGUAGE)
    wan, yi = texts.words("number.magnitudes")
    spelled = "".join(map(_number_words, LANGUAGES))
    spelling = str.maketrans(spelled, _number_words(DEFAULT_LANGUAGE) * len(LANGUAGES))
    units = (pair for language in LANGUAGES for pair in catalogue(language).words("number.units"))
    aliases = dict(pair.translate(spelling).split("=") for pair in units)
    digits, magnitude = texts("number.digits"), f"[{wan}{yi}]"
    spoken = "|".join(re.escape(word) for word in sorted(aliases, key=len, reverse=True))
    separators = f"[\\s,;/{texts('number.separators')}]"
    thousands = r"(?<![\d,])\d{1,3}(?:,\d{3})+(?!,*\d)"
    token = re.compile(
        rf"(?:(?P<digits>-?(?:{thousands}|\d+)(?:\.\d+)?)(?:\s*(?P<times>{magnitude}+))?"
        rf"|(?P<chinese>[{digits}](?:[{digits}]|{magnitude})*))(?:\s*(?P<unit>{spoken}))?(?P<gap>{separators}*)",
        re.IGNORECASE,
    )
    return Speech(spelling, {wan: TEN_THOUSAND, yi: TEN_THOUSAND**2}, aliases, token)


def _number_words(language: str) -> str:
    """Every character of a language's number words; the same place means the same number in all languages."""
    texts = catalogue(language)
    return "".join((texts("number.digits"), *texts.words("number.magnitudes")))


def read_numbers(text: str, *units: str) -> tuple[Number, ...] | None:
    """All numbers of a text; None if it is anything but numbers.

    Each is counted in its own one of the official `units`, further ones in the last. A unit such as 万元 holds
    ten thousand already: an amount spoken with a magnitude, or in the plain unit, is divided, so that 320, 320万,
    320万元, 3200000元 and 三百二十万 all mean the same. A number said in a unit of another kind is not understood.
    """
    if len(text) > LONGEST:
        return None
    speech = _speech()
    text = unicodedata.normalize("NFKC", CHINESE_COMMA.sub(";", text)).strip().translate(speech.spelling)
    numbers: list[Number] = []
    position = 0
    while position < len(text):
        match = speech.token.match(text, position) if len(text) <= LONGEST else None
        unit = units[min(len(numbers), len(units) - 1)]
        value = _counted(match, unit, speech) if match else None
        if match is None or value is None or _runs_on(match, text):
            return None
        numbers.append(int(value) if value == value.to_integral_value() else value)
        position = match.end()
    return tuple(numbers) or None


def _runs_on(match: re.Match[str], text: str) -> bool:
    """The next number follows without anything between: together they are a number that is not understood."""
    return match.end() < len(text) and not match["unit"] and not match["gap"]


def _counted(match: re.Match[str], unit: str, speech: Speech) -> Decimal | None:
    """The number in the official unit; None if it makes no sense, or was said in a unit of another kind."""
    value = _value(match, speech)
    wan = next(iter(speech.magnitudes))
    said = speech.aliases.get((match["unit"] or "").lower(), "")
    if value is None or not unit.removeprefix(wan).startswith(said):
        return None
    inside = unit.startswith(wan) and (bool(said) or _magnified(match, speech))
    return value / TEN_THOUSAND if inside else value


def _magnified(match: re.Match[str], speech: Speech) -> bool:
    return bool(match["times"]) or any(word in (match["chinese"] or "") for word in speech.magnitudes)


def _value(match: re.Match[str], speech: Speech) -> Decimal | None:
    if match["chinese"]:
        return _chinese(match["chinese"])
    value = Decimal(match["digits"].replace(",", ""))
    for word in match["times"] or "":
        value *= speech.magnitudes[word]
    return value


def _chinese(text: str) -> Decimal | None:
    """Chinese numerals by cn2an, which is imported only when somebody uses them; None if they make no sense."""
    from cn2an import cn2an

    try:
        return Decimal(str(cn2an(text, "smart")))
    except (ValueError, KeyError, IndexError):
        return None
