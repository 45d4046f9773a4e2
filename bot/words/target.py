"""The target that somebody kept, beside what is: which of it is done."""

from bot.words.sections import Section
from bot.words.wording import Wording
from flows.events import AnswerValue
from flows.proposals import reached
from flows.recording import item_answer
from flows.session import Session


def target(session: Session, words: Wording) -> list[Section]:
    """A line for each item of the target; nothing without one."""
    goal = session.goal.target
    if not goal:
        return []
    lines = [_line(session, item, wanted, words) for item, wanted in goal.items()]
    return [Section(words.text("target.title"), tuple(lines))]


def _line(session: Session, item: str, wanted: AnswerValue, words: Wording) -> str:
    present = item_answer(session.record, item)
    name, goal = words.item_name(item), words.answer(wanted)
    if reached(words.rubric, item, wanted, present):
        return words.text("target.done", item=name, wanted=goal)
    return words.text("target.open", item=name, present=words.answer(present), wanted=goal)
