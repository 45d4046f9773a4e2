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


def explained(item: str, words: Wording, key: str | None = None) -> list[Section]:
    """Help for an item, first of all for the option or level in question; for any other card, what can be typed."""
    if item not in words.rubric.items:
        return [commands_help(words)]
    return [Section(title, tuple(text.split("\n"))) for title, text in words.explanation(item, key)]


def official(item: str, words: Wording) -> list[Section]:
    """What the standard says of an item, word for word, and where; for any other card, what can be typed."""
    rubric = words.rubric
    if question := rubric.question.get(item):
        place = [words.page_name(rubric.dimension_of[item]), question.item]
        options = tuple(f"{option.id}  {option.text}" for option in question.options)
        return [Section(words.text("place.separator").join(place), (question.text, *options)), *_whose(words)]
    if scenario := rubric.scenario.get(item):
        place = [rubric.operations, scenario.group, words.item_label(item)]
        levels = (
            words.text("ladder.requirement", level=words.level_name(level), text=text)
            for level, text in enumerate(scenario.levels, start=1)
        )
        weight = words.text("scenario.restrictive" if scenario.restrictive else "scenario.guiding")
        lines = (weight, words.text("levels.reminder"), *levels)
        return [Section(words.text("place.separator").join(place), lines), *_whose(words)]
    return [commands_help(words)]


def _whose(words: Wording) -> list[Section]:
    """Whose the plain words on the cards are."""
    return [Section("", (words.text("plain.ours"),))] if words.has_plain else []


def commands_help(words: Wording) -> Section:
    """What can be typed at any time."""
    return Section(words.text("help.commands"), tuple(words.text("help.commands.text").split("\n")))
