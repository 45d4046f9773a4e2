"""The words of the trade, and of language: `data/<edition>.json` and `data/grammar.json`, checked as a whole."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from scoring.editions import load_rubric
from scoring.rubric import Name, Part, Rubric, Text

DATA = Path(__file__).parent / "data"
ENDING = ".json"
LEXICONS = ("miit-2024",)
"""The editions that have one."""
ASK = "lexicon.ask."
"""What the ids of the questions to ask next begin with; then come the item and the level that it is about."""

Word = Annotated[str, Field(min_length=1, max_length=32)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]
Letters = Annotated[str, Field(pattern="^[A-Z]+$")]
Kind = Literal[
    "area",
    "entry",
    "count",
    "not",
    "off",
    "turn",
    "now",
    "rest",
    "whole",
    "all",
    "join",
    "on",
    "back",
    "there",
    "since",
    "yearly",
    "once",
    "filler",
    "noise",
]
"""What a word does in a sentence; `Grammar` says what each means."""


class LexiconError(ValueError):
    """A lexicon that does not hold together; `faults` are sentences, each with its place."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Claim(Part):
    """What words say of an item: letters of a question, or a level.

    `least` is the level that the words say, `most` the greatest that the same words may mean; without `least` they
    say nothing by themselves, but let other words mean more.
    """

    item: Text
    letters: Letters | None = None
    least: Annotated[int, Field(ge=0)] | None = None
    most: Annotated[int, Field(ge=0)] | None = None


class Example(Part):
    """A sentence with the word, and what is understood of it: letters, a level, or a level and the greatest one."""

    text: Text
    says: Mapping[str, str | int | tuple[int, int]]


class Area(Part):
    """Words for a part of the business, and the scenarios that it belongs to."""

    id: Name
    items: Annotated[tuple[Text, ...], Field(min_length=1)]
    words: Words


class Tool(Part):
    """What it says of a scenario that a tool of this sort is used there, and of which ones when it is "the rest"."""

    named: tuple[Claim, ...]
    rest: tuple[Text, ...] = ()

    @cached_property
    def of(self) -> Mapping[str, Claim]:
        """The claims by item."""
        return {claim.item: claim for claim in self.named}


class Together(Part):
    """A level that follows when tools of a sort are used for several areas."""

    tool: Text
    areas: Annotated[tuple[Text, ...], Field(min_length=1)]
    claim: Claim


class Entry(Part):
    """A software, a device, a habit: its words, and what it says of the items.

    `tool` is its sort: what it says of an area that is named beside it. `alone` holds where no area is named, or the
    area of that very item; `always` holds in any case. `system`: it counts as an information system. `collects`: it
    brings in data by itself where it is used. `vague`: beside another entry it says nothing more ("ERP system").
    """

    id: Name
    words: Words
    tool: Text | None = None
    alone: tuple[Claim, ...] = ()
    always: tuple[Claim, ...] = ()
    system: bool = False
    collects: bool = False
    vague: bool = False
    example: Example

    @cached_property
    def own(self) -> Mapping[str, Claim]:
        """What it says where no area is named, by item."""
        return {claim.item: claim for claim in self.alone}


class Coverage(Part):
    """The question that counts areas with an information system: from so many areas on, this letter."""

    item: Text
    steps: tuple[tuple[Annotated[int, Field(ge=1)], Letters], ...]


class Collection(Part):
    """The question of the areas whose data come in by themselves: a letter for each scenario."""

    item: Text
    letters: Mapping[str, Letters]


class Count(Part):
    """Nouns that say what a number counts: a figure of the rubric; `apart`: a sort of it that adds to other sorts."""

    figure: Text
    words: Words
    apart: bool = False


class Lexicon(Part):
    """What the words of the trade mean in an edition of the standard."""

    edition: Text
    areas: tuple[Area, ...]
    tools: Mapping[str, Tool]
    together: tuple[Together, ...] = ()
    entries: tuple[Entry, ...]
    counts: tuple[Count, ...] = ()
    coverage: Coverage | None = None
    collection: Collection | None = None

    def claims(self) -> Iterator[tuple[str, Claim]]:
        """Every claim, with its place."""
        for name, tool in self.tools.items():
            yield from ((f"tools.{name}.named", claim) for claim in tool.named)
        for number, rule in enumerate(self.together):
            yield f"together.{number}", rule.claim
        for entry in self.entries:
            for part in ("alone", "always"):
                yield from ((f"entries.{entry.id}.{part}", claim) for claim in getattr(entry, part))

    def asks(self) -> frozenset[str]:
        """The ids of all questions that it may want to ask next."""
        return frozenset(
            f"{ASK}{claim.item}_{claim.most}" for _, claim in self.claims() if (claim.most or 0) > (claim.least or 1)
        )


class Grammar(Part):
    """Words of a language that say how others are meant, whatever the edition.

    `not` denies what follows; `off` says that a clause is not how things are now (planned, past, hearsay, a question,
    somebody else's firm). `turn` and `now` begin a clause anew. `rest`: everything else; `whole`: everything; `all`:
    all of what was named. `on` leads from an area to its tool, `back` from a tool to its area, `there` means the tool
    before. `since`: after digitalisation; `yearly`: in every year, `once`: in a certain one. `filler` adds nothing;
    `noise` looks like other words and is none. `ends` end a sentence, `parts` a clause, `asking` end a question.
    """

    traditional: str
    simplified: str
    ends: str
    parts: str
    asking: str
    words: Mapping[Kind, Words]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word does, and which part of the lexicon it names, if any."""

    kind: Kind
    of: Area | Entry | Count | None = None


@dataclass(frozen=True)
class Vocabulary:
    """All words, normalised, with their meaning."""

    lexicon: Lexicon
    grammar: Grammar
    meaning: Mapping[str, Meaning]

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How long the words are that begin with a character, the longest first."""
        found: dict[str, set[int]] = {}
        for word in self.meaning:
            found.setdefault(word[0], set()).add(len(word))
        return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}

    @cached_property
    def spelling(self) -> Mapping[int, int]:
        """Traditional characters in simplified ones."""
        return str.maketrans(self.grammar.traditional, self.grammar.simplified)


@lru_cache
def vocabulary(edition: str) -> Vocabulary | None:
    """The words for an edition; None if it comes with no lexicon."""
    file = DATA / f"{edition}{ENDING}"
    if edition not in LEXICONS:
        return None
    grammar = (DATA / f"grammar{ENDING}").read_text(encoding="utf-8")
    return checked(json.loads(file.read_text(encoding="utf-8")), json.loads(grammar), load_rubric(edition))


def checked(lexicon: Any, grammar: Any, rubric: Rubric) -> Vocabulary:
    """The words, if all is right with them. Raises LexiconError, which names everything that is not."""
    try:
        parts = Lexicon.model_validate(lexicon), Grammar.model_validate(grammar)
    except ValidationError as error:
        raise LexiconError(map(_shape, error.errors(include_url=False))) from None
    faults = [*_claim_faults(parts[0], rubric), *_name_faults(parts[0], rubric)]
    meaning: dict[str, Meaning] = {}
    for word, what, place in _words(*parts):
        if word in meaning:
            faults.append(f"{place}: the word “{word}” stands there twice, or elsewhere, too")
        meaning[word] = what
    if faults:
        raise LexiconError(faults)
    return Vocabulary(*parts, meaning)


def _shape(error: Any) -> str:
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def _words(lexicon: Lexicon, grammar: Grammar) -> Iterator[tuple[str, Meaning, str]]:
    for area in lexicon.areas:
        yield from ((word.lower(), Meaning("area", area), f"areas.{area.id}") for word in area.words)
    for entry in lexicon.entries:
        yield from ((word.lower(), Meaning("entry", entry), f"entries.{entry.id}") for word in entry.words)
    for number, count in enumerate(lexicon.counts):
        yield from ((word.lower(), Meaning("count", count), f"counts.{number}") for word in count.words)
    for kind, words in grammar.words.items():
        yield from ((word.lower(), Meaning(kind), f"grammar.words.{kind}") for word in words)


def _claim_faults(lexicon: Lexicon, rubric: Rubric) -> Iterator[str]:
    for place, claim in lexicon.claims():
        if claim.item in rubric.scenario:
            top = len(rubric.scenario[claim.item].levels)
            if claim.letters is not None or (claim.least is None and claim.most is None):
                yield f"{place}: {claim.item} is a scenario and takes `least` and `most`, no `letters`"
            if max(claim.least or 0, claim.most or 0) > top:
                yield f"{place}: {claim.item} has only {top} levels"
            if claim.most is not None and claim.most < (claim.least or 0):
                yield f"{place}: `most` of {claim.item} is below `least`"
        elif claim.item in rubric.question:
            if claim.letters is None or not {*claim.letters} <= {*rubric.question[claim.item].letters}:
                yield f"{place}: {claim.item} is a question and takes `letters` out of its options"
        else:
            yield f"{place}: the edition has no item {claim.item}"


def _name_faults(lexicon: Lexicon, rubric: Rubric) -> Iterator[str]:
    if lexicon.edition != rubric.id:
        yield f"edition: the lexicon is of {lexicon.edition}, not of {rubric.id}"
    areas = {area.id for area in lexicon.areas}
    named: list[tuple[str, str, Container[str]]]
    named = [(f"areas.{area.id}", item, rubric.scenario) for area in lexicon.areas for item in area.items]
    named += [(f"tools.{name}.rest", item, tool.of) for name, tool in lexicon.tools.items() for item in tool.rest]
    named += [(f"entries.{entry.id}", entry.tool, lexicon.tools) for entry in lexicon.entries if entry.tool]
    named += [(f"counts.{count.figure}", count.figure, rubric.figure) for count in lexicon.counts]
    for number, rule in enumerate(lexicon.together):
        named += [(f"together.{number}", area, areas) for area in rule.areas]
        named.append((f"together.{number}", rule.tool, lexicon.tools))
    if lexicon.coverage:
        named.append(("coverage", lexicon.coverage.item, rubric.question))
    if lexicon.collection:
        named.append(("collection", lexicon.collection.item, rubric.question))
        named += [("collection", item, rubric.scenario) for item in lexicon.collection.letters]
    yield from (f"{place}: there is no “{name}”" for place, name, known in named if name not in known)
