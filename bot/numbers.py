"""Numbers as people type them: "200 90", "1,200", in Chinese, full-width, with or without units."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from locales import DEFAULT_LANGUAGE, catalogue
from scoring.figures import Number

TEN_THOUSAND = 10**4
LONGEST = 200


@dataclass(frozen=True)
class Speech:
    """How numbers are spoken: magnitudes by word, units, and the unit that a word stands for."""

    magnitudes: Mapping[str, int]
    aliases: Mapping[str, str]
    token: re.Pattern[str]


@lru_cache
def _speech() -> Speech:
    """Chinese number words are understood whatever the language of the conversation."""
    texts = catalogue(DEFAULT_LANGUAGE)
    wan, yi = texts.words("number.magnitudes")
    aliases = dict(pair.split("=") for pair in texts.words("number.units"))
    digits, magnitude = texts("number.digits"), f"[{wan}{yi}]"
    spoken = "|".join(re.escape(word) for word in sorted(aliases, key=len, reverse=True))
    separators = f"[\\s,;/{texts('number.separators')}]"
    token = re.compile(
        rf"{separators}*(?:(?P<digits>-?(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)\s*(?P<times>{magnitude}*)"
        rf"|(?P<chinese>[{digits}](?:[{digits}]|{magnitude})*))\s*(?P<unit>{spoken})?{separators}*",
        re.IGNORECASE,
    )
    return Speech({wan: TEN_THOUSAND, yi: TEN_THOUSAND**2}, aliases, token)


def read_numbers(text: str, unit: str) -> tuple[Number, ...] | None:
    """All numbers of a text, counted in `unit` (the official one); None if it is anything but numbers.

    A unit such as 万元 holds ten thousand already: an amount spoken with a magnitude, or in the plain unit, is
    divided, so that 320, 320万, 320万元, 3200000元 and 三百二十万 all mean the same.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    speech = _speech()
    wan = next(iter(speech.magnitudes))
    numbers: list[Number] = []
    while text:
        match = speech.token.match(text) if len(text) <= LONGEST else None
        value = _value(match, speech) if match else None
        if match is None or value is None:
            return None
        said = speech.aliases.get((match["unit"] or "").lower())
        if unit.startswith(wan) and (said == unit.removeprefix(wan) or _magnified(match, speech)):
            value /= TEN_THOUSAND
        numbers.append(int(value) if value == value.to_integral_value() else value)
        text = text[match.end() :]
    return tuple(numbers) or None


def _magnified(match: re.Match[str], speech: Speech) -> bool:
    return bool(match["times"]) or any(word in (match["chinese"] or "") for word in speech.magnitudes)


def _value(match: re.Match[str], speech: Speech) -> Decimal | None:
    if match["chinese"]:
        return _chinese(match["chinese"])
    value = Decimal(match["digits"].replace(",", ""))
    for word in match["times"]:
        value *= speech.magnitudes[word]
    return value


def _chinese(text: str) -> Decimal | None:
    """Chinese numerals by cn2an, which is imported only when somebody uses them; None if they make no sense."""
    from cn2an import cn2an

    try:
        return Decimal(str(cn2an(text, "smart")))
    except (ValueError, KeyError, IndexError):
        return None
