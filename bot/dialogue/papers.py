"""Papers for officials: before the first one, what it tells of the firm is asked."""

from bot.dialogue.situation import Situation, detail
from bot.dialogue.steps import advance
from bot.screens.wishes import Detail, Leaf
from flows.inputs import Identify
from flows.session import PaperKind, Phase, Session
from storage.store import Decision

AT_RESULT = (Phase.RESULT, Phase.PROVISIONAL, Phase.AIM, Phase.IDENTITY)


def asks_first(session: Session, wanted: Detail | Leaf) -> PaperKind | None:
    """The paper that is wanted, if it is the first one at a result; None for whatever comes at once.

    Of a past assessment, papers come as they are: its card is not on the screen. A pack is of what is final.
    """
    leaf = wanted if isinstance(wanted, Leaf) else Leaf(wanted)
    if leaf.about or session.identified or session.phase not in AT_RESULT:
        return None
    if leaf.wanted is Detail.ZIP and session.finished_at is None:
        return None
    return next((kind for kind in PaperKind if kind.value == leaf.wanted.value), None)


def look(situation: Situation, wanted: Detail | Leaf) -> Decision:
    """A page of a detail, or a file; before the first paper, what it tells of the firm."""
    paper = asks_first(situation.session, wanted) if situation.known else None
    return advance(situation, Identify(paper)) if paper else detail(situation, wanted)
