"""What somebody said in their own words: proposed item by item, and recorded only once it is agreed to."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

from flows.events import AnswerValue, Event, Refusal
from flows.inputs import Agree, Amend, Discard, Proposal, ProposalInput, Propose
from flows.outcome import successor_of
from flows.recording import item_answer, record_figures, record_letters, record_level
from flows.session import Draft, Entering, Phase, Proposing, Record, Session
from flows.text import tidy
from flows.turn import Step, Turn, current_draft
from flows.walking import advance, at_result, onward
from scoring.answers import check_figures
from scoring.errors import AnswersError
from scoring.figures import derive
from scoring.rubric import Rubric

FINISHED = (Phase.RESULT, Phase.RECHECK)
LONGEST_SAID = 200
"""Characters of somebody's words that are kept with what they come to."""


def about_proposals(turn: Turn, given: ProposalInput) -> Step:
    """What is proposed, and what is said to it."""
    match given:
        case Propose(proposals=proposals):
            return _propose(at_result(turn), proposals)
        case Agree(items=items):
            return _agree(turn, items)
        case Amend(item=item, answer=answer):
            return _amend(turn, item, answer)
        case Discard(items=items):
            return _discard(turn, items)


def proposed(rubric: Rubric, session: Session) -> tuple[str, ...]:
    """The items for which something waits for a yes, in the standard's order."""
    return tuple(item for item in rubric.items if isinstance(session.drafts.get(item), Proposing))


def reached(rubric: Rubric, item: str, wanted: AnswerValue, present: AnswerValue | None) -> bool:
    """Whether an answer is as high as the one wanted: a level at least; of a question, what its kind calls so."""
    if isinstance(wanted, int):
        return isinstance(present, int) and present >= wanted
    return isinstance(present, tuple) and rubric.question[item].kind.reaches(present, wanted)


# proposing


def _propose(turn: Turn, proposals: tuple[Proposal, ...]) -> Step:
    """What is said of the item on the screen alone is asked there; anything else in a list."""
    possible = [_orderly(proposal) for proposal in proposals if _possible(turn.rubric, proposal)]
    session = turn.session
    if session.asking and [proposal.item for proposal in possible] == [session.item]:
        return turn.draft(_draft(possible[0], current_draft(session)))
    new = {proposal.item: proposal for proposal in _news(turn.rubric, session.record, possible)}
    if not new:
        return turn.refuse(Refusal.NOTHING_NEW if possible else Refusal.NOT_HERE)
    if session.phase in FINISHED:
        session = successor_of(turn, tuple(item for item in turn.rubric.items if item in new))
    drafts = dict(session.drafts)
    for item, proposal in new.items():
        begun = drafts.get(item)
        drafts[item] = _draft(_with_earlier(turn.rubric, proposal, begun), begun)
    return turn.go("propose", session.but(page="", drafts=drafts))


def _possible(rubric: Rubric, proposal: Proposal) -> bool:
    """It would be an answer at all; who read the words may be no part of this program."""
    item, answer = proposal.item, proposal.answer
    if isinstance(answer, int):
        scenario = rubric.scenario.get(item)
        return scenario is not None and 0 <= answer <= len(scenario.levels)
    question = rubric.question.get(item)
    if question is None or not answer or not set(answer) <= set(question.letters) or question.kind.unfit(answer):
        return False
    return not proposal.figures or _given_by_figures(rubric, proposal)


def _orderly(proposal: Proposal) -> Proposal:
    """Each option once and in the standard's order, as answers are kept."""
    if isinstance(proposal.answer, int):
        return proposal
    return replace(proposal, answer=tuple(sorted(set(proposal.answer))))


def _given_by_figures(rubric: Rubric, proposal: Proposal) -> bool:
    try:
        derivation = derive(rubric.question[proposal.item], check_figures(rubric, proposal.figures))
    except AnswersError:
        return False
    return derivation is not None and (derivation.option,) == proposal.answer


def _news(rubric: Rubric, record: Record, proposals: list[Proposal]) -> Iterator[Proposal]:
    """What is more than the answers say already; options are added to those that were chosen."""
    for proposal in proposals:
        present = item_answer(record, proposal.item)
        if present is None:
            yield proposal
        elif not reached(rubric, proposal.item, proposal.answer, present):
            answer = _added(rubric, proposal, present)
            if answer != present:
                yield replace(proposal, answer=answer)


def _added(rubric: Rubric, proposal: Proposal, present: AnswerValue) -> AnswerValue:
    if isinstance(proposal.answer, int) or isinstance(present, int):
        return proposal.answer
    return reduce(rubric.question[proposal.item].kind.after, proposal.answer, present)


def _with_earlier(rubric: Rubric, proposal: Proposal, earlier: Draft | None) -> Proposal:
    """What is said in several messages adds up: less than what waits already changes nothing; new figures count."""
    if not isinstance(earlier, Proposing) or earlier.answer is None or proposal.figures:
        return proposal
    before = replace(
        proposal, answer=earlier.answer, said=earlier.said, most=earlier.most, ask=earlier.ask, figures=earlier.figures
    )
    if reached(rubric, proposal.item, proposal.answer, earlier.answer):
        return before
    answer = _added(rubric, proposal, earlier.answer)
    return before if answer == earlier.answer else replace(proposal, answer=answer)


def _draft(proposal: Proposal, begun: Draft | None) -> Proposing:
    """What had been begun at the item comes back if this is not right."""
    return Proposing(
        answer=proposal.answer,
        least=proposal.answer,
        said=tidy(proposal.said)[:LONGEST_SAID],
        figures=dict(proposal.figures),
        most=proposal.most,
        ask=proposal.ask,
        under=begun.under if isinstance(begun, Proposing) else begun,
    )


# agreeing


def confirm_proposal(turn: Turn) -> Step:
    """The proposal for the item on the screen is right."""
    item = turn.session.item or ""
    session, events = _recorded(turn.rubric, turn.session, item)
    return advance(turn, session, *events)


def _agree(turn: Turn, items: tuple[str, ...]) -> Step:
    session, events = turn.session, list[Event]()
    if not _listed(turn, items):
        return turn.refuse(Refusal.NOT_HERE)
    for item in items:
        session, told = _recorded(turn.rubric, session, item)
        events += told
    return _next(turn, session, *events)


def _recorded(rubric: Rubric, session: Session, item: str) -> tuple[Session, tuple[Event, ...]]:
    """With what is proposed for an item on record; what was crossed out is dropped."""
    draft = session.drafts.get(item)
    match draft:
        case Proposing(answer=int(level)):
            return record_level(session, item, level)
        case Proposing(answer=tuple((option,)), figures=figures) if figures:
            return record_figures(rubric, session, item, option, Entering(values=figures))
        case Proposing(answer=tuple(letters)):
            return record_letters(rubric, session, item, letters)
        case _:
            return _dropped(session, (item,)), ()


def _amend(turn: Turn, item: str, answer: AnswerValue | None) -> Step:
    """Another level up to what the words may mean, or nothing; the letters of a question are only crossed out."""
    session = turn.session
    draft = session.drafts.get(item)
    if not isinstance(draft, Proposing) or (session.phase is not Phase.PROPOSALS and session.item != item):
        return turn.refuse(Refusal.NOT_HERE)
    if answer not in (None, draft.least) and not _may_mean(draft, answer):
        return turn.refuse(Refusal.UNKNOWN_LEVEL)
    changed = draft.model_copy(update={"answer": answer})
    return Step(session.but(drafts={**session.drafts, item: changed}))


def _may_mean(draft: Proposing, answer: AnswerValue | None) -> bool:
    least, most = draft.least, draft.most
    return isinstance(answer, int) and isinstance(least, int) and most is not None and least <= answer <= most


def amended(draft: Proposing) -> AnswerValue | None:
    """What one more tap makes of a proposal: a level higher as far as the words go, then nothing, then as it was."""
    answer = draft.answer
    if answer is None:
        return draft.least
    return answer + 1 if isinstance(answer, int) and answer < (draft.most or 0) else None


def _discard(turn: Turn, items: tuple[str, ...]) -> Step:
    if not _listed(turn, items):
        return turn.refuse(Refusal.NOT_HERE)
    return _next(turn, _dropped(turn.session, items))


def _listed(turn: Turn, items: tuple[str, ...]) -> bool:
    waiting = proposed(turn.rubric, turn.session)
    return turn.session.phase is Phase.PROPOSALS and bool(items) and set(items) <= set(waiting)


def _dropped(session: Session, items: tuple[str, ...]) -> Session:
    drafts = dict(session.drafts)
    for item in items:
        draft = drafts.pop(item)
        if isinstance(draft, Proposing) and draft.under is not None:
            drafts[item] = draft.under
    return session.but(drafts=drafts)


def _next(turn: Turn, session: Session, *events: Event) -> Step:
    """The list as long as something waits in it."""
    return Step(session, events) if proposed(turn.rubric, session) else onward(turn, session, *events)
