"""What a channel has to know about a person besides the assessment."""

from datetime import datetime

from flows.session import Value


class Contact(Value):
    """How to reach somebody, and how they want to be reached.

    `card` is the message that holds the live card; `zone` an IANA time zone, None for the default. `blocked`: the
    person has blocked the bot; `returned`: when they came back, so that a refusal of before is known to be old.
    """

    language: str | None = None
    zone: str | None = None
    card: int | None = None
    reminders: bool = True
    blocked: bool = False
    returned: datetime | None = None
