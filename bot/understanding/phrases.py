"""What people say in short (`data/phrases.json`), and text in the plain form in which it is compared.

Phrases of all languages are understood in every conversation. Nothing here is a pattern: words are looked up whole, as
beginnings and ends, or as parts, so that any line is read in one go.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

LONGEST = 60
"""Characters of something said in short; what is longer is a description."""
SENTENCE_ENDS = "。.!！?？~～…、,， \t\n"


class Piece(BaseModel):
    """A frozen part of the data; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Piece):
    """An intent of every text that has a word of each group."""

    intent: str
    groups: tuple[tuple[str, ...], ...]


class Changed(Piece):
    """What has been bought or begun: a verb, and the words of an event of a re-check."""

    verbs: tuple[str, ...]
    events: dict[str, tuple[str, ...]]


class Names(Piece):
    """What stands before a firm's name, what never is one, and what makes a question."""

    lead: tuple[str, ...]
    never: tuple[str, ...]
    questions: tuple[str, ...]


class Letters(Piece):
    """What may stand around and between letters; `words` are spelled with nothing but letters of options."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    between: tuple[str, ...]
    words: tuple[str, ...]


class Ordinals(Piece):
    """The second one."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    words: dict[str, int]


class Change(Piece):
    """Up, down, as it was; `rest` is what may be said beside it, `subjects` what of, by question."""

    up: tuple[str, ...]
    down: tuple[str, ...]
    flat: tuple[str, ...]
    rest: tuple[str, ...]
    subjects: dict[str, tuple[str, ...]]


class Phrases(Piece):
    """All of it. `before` and `after` only make a phrase polite; `said` stands around the words of an option."""

    traditional: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    intents: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    changed: Changed
    look_up: tuple[tuple[str, str], ...]
    names: Names
    letters: Letters
    ordinals: Ordinals
    split: tuple[str, ...]
    said: tuple[str, ...]
    negated: tuple[str, ...]
    change: Change

    @cached_property
    def simplified(self) -> Mapping[int, str]:
        """The traditional characters that are met here, as simplified ones."""
        signs = self.traditional
        return str.maketrans(dict(zip(signs[::2], signs[1::2], strict=True)))

    @cached_property
    def intent_of(self) -> Mapping[str, frozenset[str]]:
        """What a phrase may mean, by its bare form and without polite words."""
        found: dict[str, set[str]] = {}
        for intent, phrases in self.intents.items():
            for phrase in phrases:
                for form in (bare(phrase, self), polite(phrase, self)):
                    found.setdefault(form, set()).add(intent)
        return {form: frozenset(intents) for form, intents in found.items()}


@lru_cache
def phrases() -> Phrases:
    """The data, read once."""
    return Phrases.model_validate_json(files("bot.understanding").joinpath("data/phrases.json").read_bytes())


@lru_cache
def option_words() -> Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]:
    """Words for options that the standard does not use, by edition, question and letter."""
    known = TypeAdapter(dict[str, dict[str, dict[str, tuple[str, ...]]]])
    return known.validate_json(files("bot.understanding").joinpath("data/options.json").read_bytes())


def bare(text: str, known: Phrases | None = None) -> str:
    """Plain forms, lower case, simplified characters, without the signs at the ends."""
    plain = _simplified(text, known) if known else _plain(text)
    return plain.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip(SENTENCE_ENDS)


@lru_cache(maxsize=4)  # a line is looked at by every way of reading it
def _plain(text: str) -> str:
    return _simplified(text, phrases())


def _simplified(text: str, known: Phrases) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(known.simplified)


def polite(text: str, known: Phrases | None = None) -> str:
    """The bare text without what only makes it polite; the bare text if there is nothing else."""
    known = known or phrases()
    plain = bare(text, known)
    return trimmed(plain, known.before, known.after) or plain


def trimmed(text: str, before: Iterable[str], after: Iterable[str]) -> str:
    """A bare text without any of these at its ends, again and again."""
    before, after = tuple(before), tuple(after)
    while True:
        begin = next((word for word in before if starts(text, word)), "")
        end = next((word for word in after if ends(text, word)), "")
        shorter = text[len(begin) :] if begin else text[: len(text) - len(end)] if end else text
        shorter = shorter.strip(SENTENCE_ENDS)
        if shorter == text or len(text) > LONGEST * 4:
            return text
        text = shorter


def starts(text: str, word: str) -> bool:
    """It begins with a word; one in Latin letters is whole."""
    return text.startswith(word) and (not _latin(word[-1:]) or not _latin(text[len(word) : len(word) + 1]))


def ends(text: str, word: str) -> bool:
    """It ends with a word; one in Latin letters is whole."""
    return text.endswith(word) and (not _latin(word[:1]) or not _latin(text[: len(text) - len(word)][-1:]))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def has(text: str, word: str) -> bool:
    """A word is part of a bare text; one in Latin letters is whole."""
    place = text.find(word)
    while place >= 0:
        before, after = text[place - 1 : place] if place else "", text[place + len(word) : place + len(word) + 1]
        if not (_latin(word[:1]) and _latin(before)) and not (_latin(word[-1:]) and _latin(after)):
            return True
        place = text.find(word, place + 1)
    return False


def has_any(text: str, words: Iterable[str]) -> bool:
    """Any of the words is part of it."""
    return any(has(text, word) for word in words)


def intents(text: str) -> frozenset[str]:
    """What a whole phrase may mean: names of `intents`."""
    known, plain = phrases(), bare(text)
    if not plain or len(plain) > LONGEST:
        return frozenset()
    return known.intent_of.get(plain, frozenset()) | known.intent_of.get(polite(text), frozenset())


def ruled(text: str) -> str | None:
    """The intent of the first rule that a text meets; the signs at its end count."""
    plain = _plain(text)
    if len(plain) > LONGEST:
        return None
    met = (rule.intent for rule in phrases().rules if all(has_any(plain, group) for group in rule.groups))
    return next(met, None)


def looked_up(text: str) -> str | None:
    """The term that somebody asks about ("什么是PLC"), as it was typed."""
    plain = bare(text)
    if len(plain) > LONGEST:
        return None
    for before, after in phrases().look_up:
        if plain.startswith(before) and plain.endswith(after) and len(plain) > len(before) + len(after):
            return plain[len(before) : len(plain) - len(after)].strip(SENTENCE_ENDS) or None
    return None


def changed_event(text: str) -> str | None:
    """The event of a re-check that somebody tells of ("我们上了ERP"); not what is only planned."""
    plain, known = bare(text), phrases().changed
    if len(plain) > LONGEST or is_negated(plain) or not has_any(plain, known.verbs):
        return None
    return next((event for event, words in known.events.items() if has_any(plain, words)), None)


def is_negated(plain: str) -> bool:
    """It says no, not yet, or used to."""
    return any(word in plain for word in phrases().negated)


def firm_name(text: str) -> str | None:
    """The name in what was typed; None if it is a greeting, a question or anything else that is none."""
    known, plain = phrases().names, bare(text)
    said = text.strip()
    if plain in known.never or plain in map(bare, known.never) or said.startswith("/"):
        return None
    if unicodedata.normalize("NFKC", said).endswith("?") or has_any(plain, known.questions):
        return None
    if intents(text) & {"park", "skip", "back", "help", "pause", "progress"}:
        return None
    lead = next((word for word in known.lead if len(said) > len(word) and said.casefold().startswith(word)), "")
    return said[len(lead) :].strip(' :：“”"。') if lead else said
