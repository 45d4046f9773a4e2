"""Descriptions understood by a lexicon: no model, no network; what is not in the words is not proposed."""

from collections.abc import Iterator, Sequence

from bot.understanding.binding import uses_of
from bot.understanding.clauses import clauses_of, normalised
from bot.understanding.counts import Figured, figured
from bot.understanding.evidence import Said, evidence
from bot.understanding.lexicon import ASK, vocabulary
from flows.inputs import Proposal
from scoring.rubric import Question, Rubric

LONGEST = 1000
"""Characters of a description at most; of a longer one, the beginning is read."""
SHORT = 40
"""Characters of the words that are quoted."""


class LexiconInterpreter:
    """Proposes for each item the least that the words say, and says what they may mean at most."""

    def interpret(self, text: str, rubric: Rubric) -> tuple[Proposal, ...]:
        """What the text says of the rubric's items; nothing if there is no lexicon for this edition."""
        words = vocabulary(rubric.id)
        if words is None:
            return ()
        text = text[:LONGEST]
        plain = normalised(text, words)
        clauses = clauses_of(plain, words)
        said = evidence(clauses, uses_of(clauses), words.lexicon)
        counted = {entry.item: entry for entry in figured(text, clauses, rubric)}
        return tuple(_proposals(text, rubric, said, counted))


def _proposals(text: str, rubric: Rubric, said: Sequence[Said], counted: dict[str, Figured]) -> Iterator[Proposal]:
    for item in rubric.items:
        about = [entry for entry in said if entry.claim.item == item]
        if item in counted:
            entry = counted[item]
            yield Proposal(item, (entry.letter,), text[entry.start : entry.end], entry.figures)
        elif question := rubric.question.get(item):
            yield from _letters(text, question, about)
        else:
            yield from _level(text, item, about)


def _letters(text: str, question: Question, said: Sequence[Said]) -> Iterator[Proposal]:
    """All letters of a multiple choice that are spoken of; of a single one, the highest."""
    letters = {letter for entry in said for letter in entry.claim.letters or ""}
    chosen = tuple(letter for letter in question.letters if letter in letters)
    if question.kind.unfit(chosen):
        chosen = chosen[1:] if question.kind.ticks else chosen[-1:]
    if chosen:
        basis = [entry for entry in said if {*(entry.claim.letters or "")} & {*chosen}]
        yield Proposal(question.id, chosen, _quoted(text, basis))


def _level(text: str, item: str, said: Sequence[Said]) -> Iterator[Proposal]:
    """The highest least level, and the highest that any of the words may mean."""
    sure = [entry for entry in said if entry.claim.least is not None]
    if not sure:
        return
    best = max(sure, key=lambda entry: (entry.claim.least or 0, entry.claim.most or 0))
    least = best.claim.least or 0
    most = max(least, *(entry.claim.most or 0 for entry in said))
    quoted = _quoted(text, [best])
    if most > least > 0:
        yield Proposal(item, least, quoted, most=most, ask=f"{ASK}{item}_{most}")
    else:
        yield Proposal(item, least, quoted)


def _quoted(text: str, said: Sequence[Said]) -> str:
    """The words, verbatim: all of them if they stand close together, or the first."""
    start, end = min(entry.start for entry in said), max(entry.end for entry in said)
    if end - start > SHORT:
        start, end = said[0].start, said[0].end
    return text[start:end][:SHORT]
