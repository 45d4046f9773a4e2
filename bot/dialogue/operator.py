"""What whoever runs this can do from their own chat: see how many there are, and tell them something.

To everybody else it is as if these commands and buttons were not there.
"""

from bot.dialogue.buttons import BROADCAST, data_of
from bot.dialogue.messages import Pressed
from bot.dialogue.replies import Announcement, Broadcasting, Named, Statistics
from bot.dialogue.situation import Situation, refuse, retirement, stale
from flows.text import tidy
from storage.broadcasts import LONGEST_BROADCAST, Audience, Confirm, Draft, Drop, Order, Stop
from storage.store import Decision

STOP = "stop"
ID = 16
"""Characters of a broadcast's id."""
MOST_DIGITS = 9
DROP = "drop"


def statistics(situation: Situation, _: str) -> Decision:
    """The numbers as they are when they are sent; the card stays where it is."""
    return Decision(outbox=(situation.outgoing(Statistics()),))


def broadcast(situation: Situation, argument: str) -> Decision:
    """A draft, shown as people will see it, with who could get it; or the end of what runs; or how that stands."""
    text = "\n".join(map(tidy, argument.split("\n"))).strip()
    if not text:
        return _tell(situation, Broadcasting())
    if text.casefold() == STOP:
        return _tell(situation, Broadcasting(), Stop(situation.now))
    if len(text) > LONGEST_BROADCAST:
        said = Named("broadcast.too_long", {"length": str(len(text)), "most": str(LONGEST_BROADCAST)})
        return refuse(situation, said)
    draft = Draft(situation.context.fresh.token[:ID], situation.context.channel, text, situation.now)
    preview, choice = situation.outgoing(Announcement(text)), situation.outgoing(Broadcasting(draft.id))
    return Decision(outbox=(preview, choice), order=draft)


def decide(situation: Situation, wanted: str) -> Decision:
    """A button below a draft: `<id>:<audience>:<how many were named>`, or `<id>:drop`."""
    match wanted.split(":"):
        case [id_, audience, shown] if audience in [*Audience] and shown.isdecimal() and len(shown) <= MOST_DIGITS:
            confirm = Confirm(id_[:ID], Audience(audience), int(shown), situation.now)
            return _tell(situation, Broadcasting(confirm.id), confirm)
        case [id_, name] if name == DROP:
            return _tell(situation, Broadcasting(id_[:ID], dropped=True), Drop(id_[:ID]))
        case _:
            return refuse(situation, stale())


def _tell(situation: Situation, reply: Broadcasting, order: Order | None = None) -> Decision:
    """How it stands, once the order was carried out; the buttons that led here go."""
    pressed = situation.message.card if isinstance(situation.message, Pressed) else None
    retired = (retirement(pressed, situation.now),) if pressed and situation.known else ()  # a stranger's go anyway
    return Decision(outbox=(situation.outgoing(reply), *retired), order=order)


def choice(id_: str, audience: Audience, shown: int) -> str:
    """The data of the button that sends a draft."""
    return data_of(f"{BROADCAST}{id_}:{audience}:{shown}")


def dropping(id_: str) -> str:
    """The data of the button that drops a draft."""
    return data_of(f"{BROADCAST}{id_}:{DROP}")
