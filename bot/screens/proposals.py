"""What somebody said in their own words, to be agreed to: one answer on its item's card, or several in a list."""

from collections.abc import Iterator

from bot.screens.parts import BACK, HELP, OVERVIEW, PAUSE, Action, Choice, Screen, header_line, moves
from bot.words.wording import Wording, calculation
from flows.cards import ProposalCard, ProposalsCard
from flows.events import AnswerValue
from flows.inputs import Agree, Amend, Back, Confirm, Discard
from flows.session import Proposing


def proposal_screen(card: ProposalCard, words: Wording) -> Screen:
    """One answer: is it right? A level may be raised as far as the words go."""
    text, answer = words.text, card.draft.answer
    higher = (Action("raise", Amend(card.item, card.raised)),) if card.raised is not None else ()
    worked_out = (calculation(card.calculation),) if card.calculation else ()
    return Screen(
        text("proposal.title", answer=words.answer(answer)),
        header=header_line(card.progress, words),
        body=(text("proposal.said", said=card.draft.said), *_meaning(card.item, answer, words), *worked_out),
        hint=words.hint("proposal"),
        actions=(Action("yes", Confirm()), *higher, Action("no", Back()), *moves(card.item, card.progress)),
        default=Confirm(),
    )


def _meaning(item: str, answer: AnswerValue | None, words: Wording) -> Iterator[str]:
    """What the answer says, a line each."""
    if isinstance(answer, int):
        yield words.level_text(item, answer)
        return
    for letter in answer or ():
        yield words.text("proposal.option", letter=letter, text=words.option_text(item, letter))


def proposals_screen(card: ProposalsCard, words: Wording) -> Screen:
    """Several answers, by the numbers of their items: a tap raises a level as far as the words go, or crosses out."""
    text, items = words.text, tuple(card.items)
    choices = tuple(
        Choice(
            str(words.item_number(item)),
            _line(item, draft, card.amended[item], words),
            Amend(item, card.amended[item]),
            draft.answer is not None,
        )
        for item, draft in card.items.items()
    )
    rest = (text.count("proposals.rest", card.rest),) if card.rest else ()
    return Screen(
        text("proposals.title"),
        body=rest,
        choices=choices,
        hint=words.hint("proposals"),
        actions=(
            Action("agree", Agree(items)),
            Action("discard", Discard(items)),
            BACK,
            HELP,
            OVERVIEW,
            PAUSE,
        ),
        default=Agree(items),
    )


def _line(item: str, draft: Proposing, amended: AnswerValue | None, words: Wording) -> str:
    """The item, the answer and the words that it rests on; and what would make it more."""
    text = words.text
    if draft.answer is None:
        return text("proposals.off", item=words.item_label(item), said=draft.said)
    line = text("proposals.line", item=words.item_label(item), answer=words.answer(draft.answer), said=draft.said)
    if isinstance(amended, int):
        return line + text("proposals.more", level=words.level_name(amended))
    return line
