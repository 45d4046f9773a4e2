"""The ladder of a scenario, and all its levels at once."""

from bot.screens.parts import KEEP, Action, Choice, Screen, header_line, moves
from bot.words.wording import Wording
from flows.cards import (
    LadderCard,
    LevelCard,
)
from flows.inputs import (
    PickLevel,
    Rung,
    TakeLevel,
)


def _scenario_title(name: str, words: Wording, *, restrictive: bool) -> str:
    return words.text("scenario.restrictive" if restrictive else "scenario.guiding", name=name)


def ladder_screen(card: LadderCard, words: Wording) -> Screen:
    """One level: fully met?"""
    scenario, text = words.rubric.scenario[card.scenario.id], words.text
    level = words.level_name(card.level)
    present = (words.hint("present", answer=words.level_name(card.answered)),) if card.answered is not None else ()
    kept = (KEEP,) if card.answered is not None else ()
    return Screen(
        _scenario_title(scenario.name, words, restrictive=scenario.restrictive),
        header=header_line(card.progress, (words.rubric.operations, scenario.group), words),
        body=(*present, text("ladder.requirement", level=level, text=scenario.levels[card.level - 1])),
        hint=words.hint("ladder"),
        actions=(
            Action("met", Rung(met=True)),
            Action("unmet", Rung(met=False)),
            Action("levels", PickLevel()),
            *kept,
            *moves(scenario.id, card.progress),
        ),
    )


def levels_screen(card: LevelCard, words: Wording) -> Screen:
    """All levels of a scenario."""
    scenario, text = words.rubric.scenario[card.scenario.id], words.text
    requirements = (text("levels.zero", level=words.level_name(1)), *scenario.levels)
    choices = tuple(
        Choice(
            str(level),
            requirement if not level else text("levels.line", level=words.level_name(level), text=requirement),
            TakeLevel(level),
            level == card.answered,
        )
        for level, requirement in enumerate(requirements)
    )
    return Screen(
        _scenario_title(scenario.name, words, restrictive=scenario.restrictive),
        header=header_line(card.progress, (words.rubric.operations, scenario.group), words),
        body=(text("levels.reminder"),),
        choices=choices,
        hint=words.hint("levels", top=len(scenario.levels)),
        actions=moves(scenario.id, card.progress),
    )
