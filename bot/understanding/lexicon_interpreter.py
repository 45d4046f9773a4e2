"""Descriptions understood by a lexicon: no model, no network; what is not in the words is not proposed."""

from collections.abc import Sequence

from bot.understanding.binding import uses_of
from bot.understanding.clauses import clauses_of, normalised
from bot.understanding.counts import Figured, figured
from bot.understanding.evidence import Said, evidence, limits
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
        uses = uses_of(clauses)
        said = evidence(clauses, uses, words.lexicon)
        reach = limits(uses, words.lexicon)
        counted = {entry.item: entry for entry in figured(text, clauses, rubric)}
        found = (_proposal(text, rubric, item, said, counted.get(item), reach.get(item)) for item in rubric.items)
        return tuple(proposal for proposal in found if proposal)


def _proposal(
    text: str, rubric: Rubric, item: str, said: Sequence[Said], counted: Figured | None, limit: int | None
) -> Proposal | None:
    about = [entry for entry in said if entry.claim.item == item]
    if counted:
        return Proposal(item, (counted.letter,), text[counted.start : counted.end], counted.figures)
    if item in rubric.question:
        return _letters(text, rubric.question[item], about)
    return _level(text, item, about, limit)


def _letters(text: str, question: Question, said: Sequence[Said]) -> Proposal | None:
    """All letters of a multiple choice that are spoken of; of a single one, the highest."""
    letters = {letter for entry in said for letter in entry.claim.letters or ""}
    chosen = tuple(letter for letter in question.letters if letter in letters)
    if question.kind.unfit(chosen):
        chosen = chosen[1:] if question.kind.ticks else chosen[-1:]
    basis = [entry for entry in said if {*(entry.claim.letters or "")} & {*chosen}]
    return Proposal(question.id, chosen, _quoted(text, basis)) if chosen else None


def _level(text: str, item: str, said: Sequence[Said], limit: int | None) -> Proposal | None:
    """The highest least level, and the highest that any of the words may mean."""
    sure = [entry for entry in said if entry.claim.least is not None]
    if not sure:
        return None
    best = max(sure, key=lambda entry: (entry.claim.least or 0, entry.claim.most or 0))
    least = best.claim.least or 0
    most = max(least, *(entry.claim.most or 0 for entry in said))
    least = min(least, least if limit is None else limit)
    quoted = _quoted(text, [best])
    if most > least > 0:
        return Proposal(item, least, quoted, most=most, ask=f"{ASK}{item}_{most}")
    return Proposal(item, least, quoted)


def _quoted(text: str, said: Sequence[Said]) -> str:
    """The words, verbatim: all of them if they stand close together, or the first."""
    start, end = min(entry.start for entry in said), max(entry.end for entry in said)
    if end - start > SHORT:
        start, end = said[0].start, said[0].end
    return text[start:end][:SHORT]
