"""Deleting: a firm's dossier wherever it is open, or only this window's sight of it; with a receipt."""

from dataclasses import replace

from bot.dialogue.buttons import Choice, consent, data_of
from bot.dialogue.replies import Card, Named, Text, written
from bot.dialogue.situation import CARD, Situation, told_elsewhere
from storage.outbox import Outgoing
from storage.store import Decision, Forgetting


def ask_delete(situation: Situation) -> Decision:
    """Ask once, and say what goes. "Yes" holds for the assessment about which it was asked, not for a later one."""
    session, state = situation.session, situation.state
    choices = [consent(Choice.DELETE, session, shared=state.shared), data_of(Choice.KEEP)]
    lines = [Named("delete.ask")]
    if state.shared:
        lines.append(Named("delete.shared"))
        choices.insert(1, consent(Choice.LEAVE, session))
    if len(state.dossiers) > 1:
        firm = session.firm.name or situation.words.text("firms.unnamed")
        lines.insert(0, Named("delete.which", {"firm": firm}))
    return Decision(outbox=(situation.outgoing(Text(tuple(lines), tuple(choices))),))


def delete(situation: Situation) -> Decision:
    """The dossier goes, with all windows, which are told; the receipt stays in the outbox until it has arrived."""
    at, others = _moment(situation), len(situation.state.dossiers) > 1
    said = Named("delete.receipt.firm", {"at": at}) if others else Named("delete.receipt", {"at": at})
    told = Text((Named("delete.elsewhere", {"at": at}),), language=situation.session.language)
    return replace(_forgotten(situation, Forgetting.DOSSIER, said), echo=told_elsewhere(situation, told))


def leave(situation: Situation) -> Decision:
    """This window has no sight of the dossier any more; others have."""
    return _forgotten(situation, Forgetting.SIGHT, Named("delete.left", {"at": _moment(situation)}))


def _moment(situation: Situation) -> str:
    return f"{situation.now:%Y-%m-%d %H:%M} UTC"


def _forgotten(situation: Situation, what: Forgetting, said: Named) -> Decision:
    """A second tap gets a second receipt. Where other firms are left, the newest of them comes to the front."""
    receipt = Text((said,), language=situation.session.language)
    outbox = [Outgoing(written(receipt), situation.now)]
    if len(situation.state.dossiers) > 1:
        outbox.append(Outgoing(written(Card()), situation.now, CARD, anew=True))
    return Decision(outbox=tuple(outbox), forgotten=what if situation.known else None)
