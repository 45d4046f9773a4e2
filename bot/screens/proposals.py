"""What somebody said in their own words, to be agreed to: one answer on its item's card, or several in a list."""

from dataclasses import replace

from bot.screens.parts import BACK, HELP, OVERVIEW, PAUSE, Action, Choice, Screen, asked, header_line, lines, moves
from bot.words.paging import LINES
from bot.words.wording import Wording, calculation
from flows.cards import ProposalCard, ProposalsCard
from flows.events import AnswerValue
from flows.inputs import Agree, Amend, Back, Confirm, Discard
from flows.session import Proposing

SPELLED = 3
"""Of so many options the whole lines are shown; of more, short words."""
QUOTED = 12
"""Characters of what was said that stand in a list."""


def proposal_screen(card: ProposalCard, words: Wording) -> Screen:
    """One answer: is it right? A level may be raised as far as the words go."""
    text, draft = words.text, card.draft
    higher = (Action("raise", Amend(card.item, card.raised)),) if card.raised is not None else ()
    ask = (_next_question(card.item, draft, card.raised, words, asking=True),) if card.raised is not None else ()
    worked_out = (calculation(card.calculation),) if card.calculation else ()
    return Screen(
        text("proposal.title", said=draft.said),
        header=header_line(card.progress, words),
        body=(asked(card.item, words), *_meaning(card.item, draft.answer, words), *worked_out, *ask),
        hint=words.hint("proposal"),
        actions=(Action("right", Confirm()), *higher, Action("wrong", Back()), *moves(card.item, card.progress)),
        default=Confirm(),
    )


def _meaning(item: str, answer: AnswerValue | None, words: Wording) -> list[str]:
    """What the answer says, a line each."""
    if isinstance(answer, int):
        return [words.text("ladder.requirement", level=words.level_name(answer), text=words.plain(item, str(answer)))]
    letters = answer or ()
    say = words.plain if len(letters) <= SPELLED else words.short
    lines = [words.text("proposal.option", letter=letter, text=say(item, letter)) for letter in letters]
    return lines if len(letters) <= SPELLED else [words.text("list.separator").join(lines)]


def proposals_screen(card: ProposalsCard, words: Wording) -> Screen:
    """Several answers, by the numbers of their items: a tap raises a level as far as the words go, or crosses out."""
    text, items = words.text, tuple(card.items)
    rest = (text.count("proposals.rest", card.rest),) if card.rest else ()
    screen = Screen(
        text("proposals.title"),
        body=rest,
        choices=_choices(card, words, asking=True),
        hint=words.hint("proposals"),
        actions=(Action("agree", Agree(items)), Action("discard", Discard(items)), BACK, HELP, OVERVIEW, PAUSE),
        default=Agree(items),
    )
    fits = not words.medium.is_small or lines(screen) <= LINES
    return screen if fits else replace(screen, choices=_choices(card, words, asking=False))


def _choices(card: ProposalsCard, words: Wording, *, asking: bool) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            str(words.item_number(item)),
            _line(item, draft, card.amended[item], words, asking=asking),
            Amend(item, card.amended[item]),
            draft.answer is not None,
            words.item_label(item).removesuffix("*"),
        )
        for item, draft in card.items.items()
    )


def _line(item: str, draft: Proposing, amended: AnswerValue | None, words: Wording, *, asking: bool) -> str:
    """The item, the answer and the words that it rests on; and what would make it more, in full where `asking`."""
    text, name = words.text, words.item_label(item)
    said = draft.said if len(draft.said) <= QUOTED else draft.said[: QUOTED - 1] + "…"
    if draft.answer is None:
        return text("proposals.off", item=name, said=said)
    line = text("proposals.line", item=name, answer=words.in_short(item, draft.answer), said=said)
    if draft.answer == draft.least and isinstance(amended, int):
        more = _next_question(item, draft, amended, words, asking=asking)
        return f"{line} {more}"
    return line


def _next_question(item: str, draft: Proposing, level: int, words: Wording, *, asking: bool) -> str:
    """What tells whether it is a level more: as whoever understood it would ask, or what that level demands."""
    if not asking:
        return words.text("proposals.more", level=words.level_name(level))
    asked = words.question(draft.ask) if level == draft.most else None
    return asked or words.text("ladder.requirement", level=words.level_name(level), text=words.plain(item, str(level)))
