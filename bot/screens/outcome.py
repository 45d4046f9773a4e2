"""Commitment, results and re-check: what can be done there."""

from bot.screens.aim import AIM, WHAT_IF
from bot.screens.parts import BACK, DONE, HELP, OVERVIEW, PAUSE, RESUME, Action, Choice, Screen, letter
from bot.screens.wishes import FILES, Detail
from bot.words.wording import Wording
from flows.cards import (
    CommitmentCard,
    ProvisionalCard,
    RecheckCard,
    ResultCard,
)
from flows.inputs import (
    Anew,
    Commit,
    Pick,
    Recheck,
    Resume,
)

HISTORY = Action("history", Detail.HISTORY)


def outcome_screen(card: CommitmentCard | ProvisionalCard | ResultCard, words: Wording) -> Screen:
    """What can be done at the commitment and at a result."""
    text = words.text
    match card:
        case CommitmentCard(firm=firm):
            who = firm or text("commitment.firm")
            return Screen(
                text("commitment.title"),
                body=(text("commitment.text", firm=who),),
                hint=words.hint("commitment"),
                actions=(Action("commit", Commit()), BACK, HELP, PAUSE),
            )
        case ProvisionalCard(settled=settled):
            return Screen(
                _provisional_title(card, words),
                hint=words.hint("provisional" if settled is None else "provisional.settled"),
                actions=(RESUME, *_details(), OVERVIEW, PAUSE),
                default=Resume(),
            )
        case ResultCard():
            return Screen(
                text("result.title"),
                hint=words.hint("result"),
                actions=(
                    *_details(),
                    HISTORY,
                    Action("recheck", Recheck()),
                    Action("anew", Anew()),
                    PAUSE,
                ),
            )


def _provisional_title(card: ProvisionalCard, words: Wording) -> str:
    """How far this is from final; when the grade is settled, that comes first."""
    text = words.text
    match card.settled:
        case None:
            return text.count("provisional.title", card.missing)
        case 0:
            return text.count("provisional.settled.none", card.missing)
        case grade:
            return text.count("provisional.settled", card.missing, grade=words.short_grade(grade))


def _details() -> tuple[Action, ...]:
    """What to do comes first, then what to know, then what to hand on."""
    ahead = (Detail.GAP, Detail.PLAN)
    more = (Detail.MARGIN, Detail.POLICY, Detail.PROOF, *FILES)
    return (*map(_detail, ahead), AIM, WHAT_IF, *map(_detail, more))


def _detail(wanted: Detail) -> Action:
    return Action(wanted.value, wanted)


def recheck_screen(card: RecheckCard, words: Wording) -> Screen:
    """By event (letters) or item by item (numbers)."""
    text = words.text
    events = tuple(
        Choice(
            letter(i),
            text("recheck.change", change=text(f"change.{name}"), items=words.items(items)),
            Pick(items, not set(items) <= set(card.picked)),
            set(items) <= set(card.picked),
        )
        for i, (name, items) in enumerate(card.changes.items())
    )
    singles = tuple(
        Choice(
            str(words.item_number(item)),
            words.item_label(item),
            Pick((item,), item not in card.picked),
            item in card.picked,
        )
        for item in words.rubric.items
    )
    picked = (text("recheck.picked", items=words.items(card.picked)),) if card.picked else ()
    return Screen(
        text("recheck.title"),
        body=picked,
        choices=(*events, *singles),
        hint=words.hint("recheck" if events else "recheck.items"),
        actions=(DONE, BACK, HELP, PAUSE),
    )
