"""Which options of a question somebody means: by letters, by their place, by their own words."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from bot.understanding.phrases import (
    LONGEST,
    bare,
    has,
    intents,
    is_negated,
    option_words,
    phrases,
    polite,
    trimmed,
)
from bot.words.wording import Wording
from scoring.rubric import Question, Scenario

UPPER = re.compile(r"[A-Z]+")
LOWER = re.compile(r"[a-z]+")
TICKING = ("+", "-")
VOWELS = frozenset("aeiou")
SHORTEST = 2
"""Characters of a part of an option that may stand for it."""
WITHIN = 3
"""So many in a row within what was said."""


def letters(text: str) -> tuple[tuple[str, ...], bool] | None:
    """Letters as an answer, and whether they were written so that nothing else can be meant.

    Upper case, alone, or parted by something: plain. A run of lower case is asked back if it reads like letters in
    their order ("bcd"), and is a word otherwise.
    """
    known = phrases().letters
    said = trimmed_case(unicodedata.normalize("NFKC", text))
    if said[:1] in TICKING:
        return None
    parts = _parts(said)
    alone = len(parts) == 1 and len(parts[0]) == 1
    if not parts or (not alone and any(part.casefold() in known.words for part in (bare(text), *parts))):
        return None
    found = tuple(dict.fromkeys(letter.upper() for part in parts for letter in part))
    if all(len(part) == 1 for part in parts):
        return found, True
    if all(UPPER.fullmatch(part) for part in parts):
        return found, all(_in_order(part) for part in parts)
    if all(LOWER.fullmatch(part) and _in_order(part) and not VOWELS & set(part) for part in parts):
        return found, False
    return None


def _in_order(part: str) -> bool:
    return list(part) == sorted(set(part))


def trimmed_case(text: str) -> str:
    """Without what stands around letters ("选B吧"); their case stays."""
    known = phrases().letters
    text = text.strip(" 。.!?，,、")
    plain = text.casefold().translate(phrases().simplified)
    if len(plain) != len(text) or len(text) > LONGEST:
        return text
    core = trimmed(plain, known.before, known.after)
    place = plain.find(core)
    return text[place : place + len(core)]


def _parts(said: str) -> list[str]:
    """Runs of Latin letters with nothing between them but what may part letters; none if there is anything else."""
    for sign in phrases().letters.between:
        said = said.replace(sign, " ") if not sign.isalpha() or not sign.isascii() else said.replace(f" {sign} ", " ")
    parts = said.split()
    return parts if all(part.isascii() and part.isalpha() for part in parts) else []


def nth(text: str, count: int) -> int | None:
    """The position that somebody names ("第二个", "the last one"), from 0."""
    from bot.understanding.numbers import read_numbers

    known, plain = phrases().ordinals, polite(text)
    core = trimmed(plain, known.before, known.after)
    if core == plain:
        return None
    position = known.words.get(core)
    if position is None and plain.startswith(known.before[0]):
        numbers = read_numbers(core, "")
        position = int(numbers[0]) if numbers and len(numbers) == 1 else None
    if position is None or not (position == -1 or 1 <= position <= count):
        return None
    return count - 1 if position == -1 else position - 1


def chosen(text: str, question: Question, words: Wording) -> tuple[str, ...] | None:
    """The options that a text names by their own words; None if a part of it names none, or more than one.

    Negated words never choose: only that there is nothing at all is the option that says so.
    """
    none = _nothing(question, words)
    if "nothing" in intents(text):
        return (none,) if none else None
    plain = bare(text)
    if len(plain) > LONGEST or is_negated(plain):
        return None
    position = nth(text, len(question.letters))
    if position is not None:
        return (question.letters[position],)
    known = _texts(question, words)
    found = [_named(part, known) for part in _segments(plain)]
    if not found or None in found:
        return None
    letters = tuple(letter for letter in question.letters if letter in found)
    return letters if letters and none not in letters else None


def level_named(text: str, scenario: Scenario, words: Wording) -> int | None:
    """The level of a scenario that a text names: by its name, or by its short words; at "nothing", none of them."""
    if intents(text) & {"nothing", "unmet"}:
        return 0
    plain = bare(text)
    if not SHORTEST <= len(plain) <= LONGEST or is_negated(plain):
        return None
    levels = range(1, len(scenario.levels) + 1)
    named = {level: (bare(words.level_name(level)), bare(words.short(scenario.id, str(level)))) for level in levels}
    found = [level for level, texts in named.items() if any(has(plain, one) or has(one, plain) for one in texts)]
    return found[0] if len(found) == 1 else None


def _nothing(question: Question, words: Wording) -> str | None:
    """The option that says that there is nothing: the first one, by its text or its label."""
    option = question.options[0]
    said = (option.text, words.short(question.id, option.id))
    return option.id if any("nothing" in intents(text) for text in said) else None


def _segments(plain: str) -> Iterator[str]:
    """The parts of an enumeration, each without what only says that one has it."""
    known = phrases()
    for sign in known.split:
        plain = plain.replace(sign, "\n")
    for part in plain.split("\n"):
        if core := trimmed(part.strip(), known.said, known.said):
            yield core


def _texts(question: Question, words: Wording) -> Mapping[str, tuple[str, ...]]:
    """All that is said of each option: officially, plainly, on its button, and in other words."""
    others = option_words().get(words.rubric.id, {}).get(question.id, {})
    return {
        option.id: tuple(
            map(
                bare,
                (
                    option.text,
                    words.plain(question.id, option.id),
                    words.short(question.id, option.id),
                    *others.get(option.id, ()),
                ),
            )
        )
        for option in question.options
    }


def _named(part: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """The one option whose words a part is, or has; the longest in a row decides."""
    if len(part) < SHORTEST:
        return None
    whole = {letter for letter, texts in known.items() if any(has(text, part) for text in texts)}
    if whole:
        exact = {letter for letter in whole if part in known[letter]}
        return next(iter(exact or whole)) if len(exact or whole) == 1 else None
    lengths = {letter: max(_common(part, text) for text in texts) for letter, texts in known.items()}
    best = max(lengths.values())
    winners = [letter for letter, length in lengths.items() if length == best]
    return winners[0] if best and len(winners) == 1 else None


def _common(part: str, text: str) -> int:
    """How much of a part stands in a text in a row, or the other way round; words in Latin letters are whole."""
    if len(text) >= SHORTEST and has(part, text):
        return len(text)
    if part.isascii():
        tokens = part.split()
        runs = (" ".join(tokens[i:j]) for i in range(len(tokens)) for j in range(i + 1, len(tokens) + 1))
        return max((len(run) for run in runs if len(run) > WITHIN and has(text, run)), default=0)
    runs = (part[i:j] for i in range(len(part)) for j in range(i + WITHIN, len(part) + 1))
    return max((len(run) for run in runs if run in text), default=0)
