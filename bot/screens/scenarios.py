"""The ladder of a scenario, and all its levels at once."""

from bot.screens.parts import (
    Action,
    Choice,
    Screen,
    asked,
    first_words,
    fitting,
    header_line,
    label,
    moves,
    present,
    unchanged,
)
from bot.words.wording import Wording
from flows.cards import (
    LadderCard,
    LevelCard,
)
from flows.inputs import (
    Climb,
    PickLevel,
    Rung,
    TakeLevel,
)


def ladder_screen(card: LadderCard, words: Wording) -> Screen:
    """One level: fully met?"""
    scenario, text = words.rubric.scenario[card.scenario.id], words.text
    name = words.level_name(card.level)
    kept = (present(words.level_name(card.answered), card.progress, words),) if card.answered is not None else ()
    return Screen(
        asked(scenario.id, words),
        header=header_line(card.progress, words),
        body=(*kept, text("ladder.requirement", level=name, text=words.plain(scenario.id, str(card.level)))),
        hint=words.hint("ladder"),
        actions=(
            Action("met", Rung(met=True)),
            Action("unmet", Rung(met=False)),
            Action("levels", PickLevel()),
            *unchanged(card.progress, answered=card.answered is not None),
            *moves(scenario.id, card.progress),
        ),
    )


def levels_screen(card: LevelCard, words: Wording) -> Screen:
    """All levels of a scenario."""
    scenario = words.rubric.scenario[card.scenario.id]
    keys = tuple(map(str, range(len(scenario.levels) + 1)))
    choices = tuple(
        Choice(
            key,
            words.plain(scenario.id, key),
            TakeLevel(int(key)),
            int(key) == card.answered,
            label(scenario.id, key, words),
        )
        for key in keys
    )
    kept = unchanged(card.progress, answered=card.answered is not None)
    screen = Screen(
        asked(scenario.id, words),
        header=header_line(card.progress, words),
        body=first_words(card.progress, words),
        choices=choices,
        hint=words.hint("levels"),
        actions=(Action("climb", Climb()), *kept, *moves(scenario.id, card.progress)),
    )
    return fitting(screen, scenario.id, words)
