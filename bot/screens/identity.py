"""What papers tell of the firm: all of it on one card, and one fact at a time."""

from collections.abc import Iterator

from bot.screens.parts import BACK, HELP, PAUSE, Action, Choice, Screen, letter
from bot.words.wording import Medium, Wording
from flows.cards import IdentityCard
from flows.inputs import Back, Done, Identify, Skip
from flows.session import FirmFact

IDENTITY = Action("identity", Identify())


def identity_screen(card: IdentityCard, words: Wording) -> Screen:
    """All facts, to be left as they are by one tap; or, but on a page, the one that is typed next."""
    if card.fact is None or words.medium is Medium.PAGE:
        return _all(card, words)
    return _one(card, card.fact, words)


def fact_label(fact: FirmFact, words: Wording) -> str:
    """What papers call it."""
    return words.text("report.label.firm" if fact is FirmFact.NAME else f"report.label.{fact.value}")


def fact_actions() -> tuple[Action, ...]:
    """A button for each fact."""
    return tuple(Action(fact.value, Identify(fact=fact)) for fact in FirmFact)


def _all(card: IdentityCard, words: Wording) -> Screen:
    label = words.text("identity.make" if card.paper else "identity.fine")
    return Screen(
        words.text("identity.title"),
        body=(*_rows(card, words), words.text("identity.optional")),
        choices=(Choice(letter(0), label, Done(), label=label),),
        hint=words.hint("identity"),
        actions=(*fact_actions(), BACK, HELP, PAUSE),
        default=Done(),
        bare=words.medium.has_buttons,
    )


def _rows(card: IdentityCard, words: Wording) -> Iterator[str]:
    """Every fact, given or not."""
    text = words.text
    for fact in FirmFact:
        yield text("identity.row", fact=fact_label(fact, words), value=card.firm.fact(fact) or text("identity.none"))


def _one(card: IdentityCard, fact: FirmFact, words: Wording) -> Screen:
    text, present = words.text, card.firm.fact(fact)
    told = (text("identity.present", value=present),) if present else ()
    untold = (Action("untold", Skip()),) if present else ()
    return Screen(
        text(f"identity.ask.{fact.value}"),
        body=(*told, text(f"identity.how.{fact.value}")),
        hint=words.hint("identity.fact"),
        actions=(*untold, BACK, HELP, PAUSE),
        default=Back(),
    )
