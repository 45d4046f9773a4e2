"""More about a result, on request: the same sections on every channel."""

from bot.screens.wishes import Detail
from bot.words.policy import concern
from bot.words.results import firmness, gap, headline_of, plan, proof, result_of
from bot.words.sections import Section
from bot.words.steps import whole_plan
from bot.words.wording import Wording
from flows.aiming import planned_gap
from flows.cards import unanswered
from flows.session import Session


def sections_of(session: Session, wanted: Detail, words: Wording) -> list[Section]:
    """What a detail of the session's result says."""
    result = result_of(session.record, words)
    match wanted:
        case Detail.GAP:
            return [gap(result, words)]
        case Detail.PLAN:
            return whole_plan(planned_gap(session), words, unanswered(words.rubric, session))
        case Detail.REQUIREMENTS:
            return [plan(planned_gap(session), words)]
        case Detail.MARGIN:
            return [firmness(result, words)]
        case Detail.POLICY:
            return concern(result, session.firm.kind, words)
        case _:
            return [headline_of(result, words), *proof(result, words)]


def explained(item: str, words: Wording) -> list[Section]:
    """Help for an item; for any other card, what can be typed."""
    if item not in words.rubric.items:
        return [commands_help(words)]
    return [Section(title, tuple(text.split("\n"))) for title, text in words.explanation(item)]


def commands_help(words: Wording) -> Section:
    """What can be typed at any time."""
    return Section(words.text("help.commands"), tuple(words.text("help.commands.text").split("\n")))
