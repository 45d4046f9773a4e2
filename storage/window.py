"""A window: one person at one address of a channel, looking at the dossiers of firms."""

from pydantic import AwareDatetime

from flows.session import CardRef, Value


class Unconfirmed(Value):
    """An e-mail address that somebody gave; `hash` is that of what was mailed there, good until a time."""

    address: str
    hash: str
    until: AwareDatetime


class Window(Value):
    """How to reach somebody, and how they want to be reached.

    `card` is the channel's reference of the message that holds the live card; `zone` an IANA time zone, None for the
    default. `blocked`: the person takes no messages; `returned`: when they came back, so that a refusal of before is
    known to be old. `seen` is the card that was sent there last, as far as is known: others may have moved on from it.
    `puzzled`: so many lines in a row were not understood. `email` is an address that is known to be theirs, to which
    reminders may go; `unconfirmed` one of which that is still to be seen.
    """

    language: str | None = None
    zone: str | None = None
    card: str | None = None
    reminders: bool = True
    blocked: bool = False
    returned: AwareDatetime | None = None
    seen: CardRef | None = None
    puzzled: int = 0
    email: str | None = None
    unconfirmed: Unconfirmed | None = None
