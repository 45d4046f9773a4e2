"""What arrives at a window, whatever the channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.session import CardRef


@dataclass(frozen=True, slots=True)
class Typed:
    """A text; `ref`: the card that was before the person, where the channel knows it for sure."""

    text: str
    ref: CardRef | None = None


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command without its slash, lower case, and what follows it."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button with its data (`bot.dialogue.buttons`); `card` is the channel's reference of what it belongs to."""

    data: str
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of what papers tell of the firm, sent by a button with its data; `facts` by their names, as typed."""

    data: str
    facts: Mapping[str, str] = field(repr=False)


PUZZLING = ("edited", "voice", "photo", "sticker", "document")


@dataclass(frozen=True, slots=True)
class Puzzling:
    """A sticker, a photo, a voice: nothing that can be an answer; `what` it is, one of `PUZZLING`, if that is known."""

    what: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """The person has opened the channel again; `language`: the one that was asked for in so many words."""

    language: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A link to a dossier, by what was told of it. It is no text that may ever be written anywhere.

    `short`: by the few letters that are told of it for the page, which nobody can try there very often.
    """

    token: str = field(repr=False)
    short: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """The person takes no messages any more, or takes them again."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class InPublic:
    """A command where others read along: there is nothing to be assessed."""


def commanded(name: str, argument: str) -> Commanded | Followed:
    """A command; "/link CODE" follows the link of that code."""
    return Followed(argument) if name == "link" and argument else Commanded(name, argument)


Message = Typed | Commanded | Pressed | Filled | Puzzling | Returned | Followed | Membership | InPublic
