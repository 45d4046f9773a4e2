"""From a text to clauses: the words that are known, by longest match, and how each clause is meant."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.understanding.lexicon import Area, Count, Entry, Kind, Vocabulary

HAN = 0x4E00, 0x9FFF
"""The first and the last of the common Chinese characters."""
MOST_WORDS = 60
"""Of a clause; a longer one is read in pieces, so that reading takes time in proportion to the text."""
CONTENT = ("area", "entry", "rest", "there")
LIGHT = ("join", "all", "whole", "filler", "now", "turn", "not", "off")
"""Words that say nothing by themselves of what a clause is about."""


@dataclass(frozen=True, slots=True)
class Token:
    """A known word, or the end of a clause ("part"), a sentence ("end") or a question ("asking")."""

    start: int
    end: int
    kind: Kind | str
    of: Area | Entry | Count | None = None


@dataclass
class Clause:
    """The words of a clause. `plain`: nothing stands in it besides known words. `last`: a sentence ends here."""

    start: int
    end: int
    tokens: list[Token]
    plain: bool
    last: bool = False
    off: bool = False
    """Not how things are now, as a whole."""
    denied: set[int] = field(default_factory=set)
    """Where the words stand that are denied."""

    def of(self, *kinds: str) -> list[Token]:
        """Its words of these kinds."""
        return [token for token in self.tokens if token.kind in kinds]

    def affirms(self, token: Token) -> bool:
        """It says that there is such a thing now."""
        return not self.off and token.start not in self.denied


def normalised(text: str, words: Vocabulary) -> str:
    """Plain forms, lower case, simplified characters; as long as the text, sign by sign."""
    return "".join(map(_plain, text)).translate(dict(words.spelling))


def _plain(sign: str) -> str:
    plain = unicodedata.normalize("NFKC", sign).lower()
    return plain if len(plain) == 1 else sign


def clauses_of(text: str, words: Vocabulary) -> list[Clause]:
    """The clauses of a normalised text, with what is denied, planned, past or asked found out."""
    clauses = list(_cut(text, list(_tokens(text, words))))
    for clause in clauses:
        _deny(clause)
    for before, clause in pairwise(clauses):
        if not before.last:
            _carry(before, clause)
    return clauses


# words


def _tokens(text: str, words: Vocabulary) -> Iterator[Token]:
    place = 0
    while place < len(text):
        token = _word_at(text, place, words) or _mark_at(text, place, words)
        if token:
            yield token
        place = token.end if token else place + 1


def _word_at(text: str, place: int, words: Vocabulary) -> Token | None:
    for size in words.lengths.get(text[place], ()):
        end = place + size
        meaning = words.meaning.get(text[place:end])
        if meaning and _stands_alone(text, place, end):
            return Token(place, end, meaning.kind, meaning.of)
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A Latin word is one only if no letter goes on before or behind it."""
    return not (_runs_on(text, start) or _runs_on(text, end))


def _runs_on(text: str, place: int) -> bool:
    return 0 < place < len(text) and _is_latin(text[place - 1]) and _is_latin(text[place])


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and ord(sign) < 0x250


def _mark_at(text: str, place: int, words: Vocabulary) -> Token | None:
    """The end of a clause or a sentence; between digits a point is none; a space is one between Chinese words."""
    sign, grammar = text[place], words.grammar
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign in grammar.asking:
        return Token(place, place + 1, "asking")
    if sign in ".,":
        if after.isdigit() and before.isdigit():
            return None
        return Token(place, place + 1, "part" if sign == "," or (after and not after.isspace()) else "end")
    if sign in grammar.ends:
        return Token(place, place + 1, "end")
    if sign in grammar.parts or (sign == " " and _is_han(before) and _is_han(after)):
        return Token(place, place + 1, "part")
    return None


def _is_han(sign: str) -> bool:
    return sign != "" and HAN[0] <= ord(sign) <= HAN[1]


# clauses


def _cut(text: str, tokens: Sequence[Token]) -> Iterator[Clause]:
    """At the marks, and before every turn ("but") that follows something."""
    start, inside = 0, list[Token]()
    for token in (*tokens, Token(len(text), len(text), "end")):
        if token.kind in ("part", "end", "asking"):
            clause = _clause(text, start, token.start, inside)
            clause.last, clause.off = token.kind != "part", token.kind == "asking"
            yield clause
            start, inside = token.end, []
        elif len(inside) == MOST_WORDS or (token.kind in ("turn", "now") and any(w.kind in CONTENT for w in inside)):
            yield _clause(text, start, token.start, inside)
            start, inside = token.start, [token]
        else:
            inside.append(token)


def _clause(text: str, start: int, end: int, tokens: list[Token]) -> Clause:
    spoken = sum(not sign.isspace() for sign in text[start:end])
    known = sum(not sign.isspace() for token in tokens for sign in text[token.start : token.end])
    return Clause(start, end, tokens, spoken == known and not any(token.kind == "noise" for token in tokens))


# how it is meant


def _deny(clause: Clause) -> None:
    clause.off = clause.off or bool(clause.of("off"))
    deny = said = False
    for place, token in enumerate(clause.tokens):
        if token.kind == "not":
            deny, said = True, False
            _deny_before(clause, place)
        elif token.kind in ("on", "turn", "now") and said:
            deny = False
        elif deny and token.kind in ("area", "entry", "count", "rest", "all", "there"):
            clause.denied.add(token.start)
            said = said or token.kind == "entry"


def _deny_before(clause: Clause, place: int) -> None:
    """ "MES还没有" denies what stands before it; "用金蝶没有MES" does not."""
    before = clause.tokens[:place]
    behind = any(token.kind in CONTENT for token in clause.tokens[place + 1 :])
    for number in range(len(before) - 1, -1, -1):
        token = before[number]
        if token.kind in ("on", "not", "noise"):
            return
        if token.kind == "entry":
            affirmed = any(earlier.kind == "on" for earlier in before[:number])
            if not (behind and affirmed):
                clause.denied.add(token.start)
        elif behind and token.kind not in LIGHT:
            return


def _carry(before: Clause, clause: Clause) -> None:
    """What one clause says of another: "我朋友的厂，用SAP"; "ERP，都停了"; "没有ERP，MES"."""
    tools = clause.of("entry", "there")
    anew = bool(clause.tokens) and clause.tokens[0].kind in ("now", "turn")
    if before.off and not before.of("entry", "there") and tools and not anew:
        clause.off = True
    if not tools and clause.plain and clause.of("off", "not") and not clause.of("rest", "area", "count"):
        before.off = True
    bare = clause.plain and all(token.kind in ("entry", "join", "filler") for token in clause.tokens)
    if bare and not anew and (before.off or before.denied):
        clause.off = True
