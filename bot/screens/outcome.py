"""Commitment, results and re-check: what can be done there."""

from collections.abc import Sequence

from bot.screens.aim import AIM, WHAT_IF
from bot.screens.identity import IDENTITY
from bot.screens.parts import BACK, DONE, HELP, OVERVIEW, PAUSE, RESUME, Action, Choice, Screen, letter, list_names
from bot.screens.wishes import FILES, Detail, Wish
from bot.words.wording import Wording
from flows.cards import (
    AnewCard,
    CommitmentCard,
    ProvisionalCard,
    RecheckCard,
    ResultCard,
)
from flows.inputs import (
    Anew,
    Browse,
    Commit,
    Overview,
    Pick,
    Recheck,
    Resume,
)

HISTORY = Action("history", Detail.HISTORY)


def outcome_screen(card: CommitmentCard | ProvisionalCard | ResultCard | AnewCard, words: Wording) -> Screen:
    """What can be done at the commitment and at a result."""
    text = words.text
    match card:
        case CommitmentCard(firm=firm, again=again):
            who = firm or text("commitment.firm")
            more = (Action("more_changes", Overview()),) if again else ()
            return Screen(
                text("commitment.title"),
                body=(text("commitment.text", firm=who),),
                hint=words.hint("commitment"),
                actions=(Action("commit", Commit()), *more, BACK, HELP, PAUSE),
            )
        case ProvisionalCard(settled=settled, identified=identified):
            return Screen(
                _provisional_title(card, words),
                hint=words.hint("provisional" if settled is None else "provisional.settled"),
                actions=(RESUME, *_details(), *_identity(identified=identified), OVERVIEW, PAUSE),
                default=Resume(),
            )
        case AnewCard():
            return Screen(
                text("anew.title"),
                body=(text("anew.kept"),),
                hint=words.hint("anew"),
                actions=(Action("begin_anew", Anew()), HISTORY, BACK, HELP, PAUSE),
            )
        case ResultCard(identified=identified):
            return Screen(
                text("result.title"),
                hint=words.hint("result"),
                actions=(
                    *_details(),
                    _detail(Detail.ZIP),
                    *_identity(identified=identified),
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
    """What to do comes first, then what to know, then what to hand on, as far as it may be provisional."""
    ahead = (Detail.PLAN, Detail.GAP)
    files = (wanted for wanted in FILES if wanted is not Detail.ZIP)
    more = (Detail.MARGIN, Detail.POLICY, Detail.REQUIREMENTS, Detail.PROOF, *files)
    return (*map(_detail, ahead), AIM, WHAT_IF, *map(_detail, more))


def _identity(*, identified: bool) -> tuple[Action, ...]:
    """Before the first paper it is asked anyway."""
    return (IDENTITY,) if identified else ()


def _detail(wanted: Detail) -> Action:
    return Action(wanted.value, wanted)


def recheck_screen(card: RecheckCard, words: Wording) -> Screen:
    """What has happened, by letters, or one of the lists of items, by numbers; what is chosen is asked at once.

    Who types need not turn to the lists.
    """
    return _recheck_list(card, words) if card.list else _what_happened(card, words)


def _what_happened(card: RecheckCard, words: Wording) -> Screen:
    text = words.text
    events: list[tuple[str, Wish]] = [
        (text(f"change.{name}"), Pick(items, on=True)) for name, items in card.changes.items()
    ]
    lists: list[tuple[str, Wish]] = [(name, Browse(page)) for page, name in list_names(card.lists, words).items()]
    choices = tuple(Choice(letter(i), name, wish, label=name) for i, (name, wish) in enumerate([*events, *lists]))
    return Screen(
        text("recheck.title"),
        body=_marked(card, words),
        choices=choices,
        hint=words.hint("recheck" if events else "recheck.items"),
        actions=(*((DONE,) if card.picked else ()), BACK, HELP, PAUSE),
        typed=_changed(words.rubric.items, words),
        bare=True,
    )


def _recheck_list(card: RecheckCard, words: Wording) -> Screen:
    return Screen(
        words.text("recheck.list", list=list_names(card.lists, words)[card.list]),
        choices=_changed(card.lists[card.list], words),
        hint=words.hint("recheck.list"),
        actions=(BACK, HELP, PAUSE),
        typed=_changed(words.rubric.items, words),
        bare=True,
    )


def _changed(items: Sequence[str], words: Wording) -> tuple[Choice, ...]:
    return tuple(_item(item, words) for item in items)


def _item(item: str, words: Wording) -> Choice:
    name = words.item_label(item)
    return Choice(str(words.item_number(item)), name, Pick((item,), on=True), label=name)


def _marked(card: RecheckCard, words: Wording) -> tuple[str, ...]:
    return (words.text("recheck.picked", items=words.items(card.picked)),) if card.picked else ()
