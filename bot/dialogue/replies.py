"""What is said, whatever the channel: typed replies, kept as JSON until they are sent, and put into words only then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from bot.screens.wishes import Detail


@dataclass(frozen=True, slots=True)
class Named:
    """A text of the catalogues by its name, and what stands in its places."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


Line = Named | str
"""A sentence: by name, or, about what has just happened, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What all have in common, of somebody of whom nothing is stored: their language, and the card they tapped on."""

    language: str | None = None
    over: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Reply):
    """What may be longer than a screen: the page that is shown, from 0, where it is shown in pages."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Card(Reply):
    """The live card as it is when it is sent, with a word on what has just happened.

    `warned`: what is said is why nothing has happened. `paused`: the person has just said that it is enough for now.
    """

    notices: tuple[Line, ...] = ()
    warned: bool = False
    paused: bool = False
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class Text(Reply):
    """A few sentences, and choices below them (`bot.dialogue.buttons`)."""

    lines: tuple[Line, ...]
    buttons: tuple[str, ...] = ()
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Look(Paged):
    """A longer part of a result, of the history, what can be typed, or what the standard says of an item."""

    wanted: Detail
    about: str = ""
    kind: Literal["look"] = "look"


@dataclass(frozen=True, slots=True)
class Compared(Paged):
    """Two past assessments side by side."""

    numbers: tuple[int, ...] = ()
    kind: Literal["compared"] = "compared"


@dataclass(frozen=True, slots=True)
class Explained(Paged):
    """What an item means."""

    item: str
    kind: Literal["explained"] = "explained"


@dataclass(frozen=True, slots=True)
class Firms(Paged):
    """The dossiers that the window has sight of; `wanted`: those of them with this in their names."""

    wanted: str = ""
    kind: Literal["firms"] = "firms"


@dataclass(frozen=True, slots=True)
class Privacy(Paged):
    """What is stored and why, where it goes, who answers for it, how long it stays."""

    kind: Literal["privacy"] = "privacy"


@dataclass(frozen=True, slots=True)
class File(Reply):
    """A report, or all that is stored ("json"), made when its turn comes; `past`: of which finished assessment."""

    format: str
    past: str = ""
    kind: Literal["file"] = "file"


@dataclass(frozen=True, slots=True)
class Reminder(Reply):
    """An unfinished assessment waits; once its session has moved on from this revision, for as long from then on."""

    session: str
    revision: int
    kind: Literal["reminder"] = "reminder"


@dataclass(frozen=True, slots=True)
class Recheck(Reply):
    """The reminder that somebody asked for after a result."""

    kind: Literal["recheck"] = "recheck"


@dataclass(frozen=True, slots=True)
class Announcement(Reply):
    """What the operator tells very many."""

    text: str
    kind: Literal["announcement"] = "announcement"


@dataclass(frozen=True, slots=True)
class Broadcasting(Reply):
    """To an operator: what becomes of a broadcast, the last one without an id; a draft with its buttons."""

    id: str | None = None
    dropped: bool = False
    kind: Literal["broadcasting"] = "broadcasting"


@dataclass(frozen=True, slots=True)
class Statistics(Reply):
    """To an operator: how many, and how far."""

    kind: Literal["statistics"] = "statistics"


@dataclass(frozen=True, slots=True)
class Retire(Reply):
    """An old card loses its buttons: two with live buttons would puzzle anybody."""

    card: str
    kind: Literal["retire"] = "retire"


@dataclass(frozen=True, slots=True)
class Prepared(Reply):
    """A message that an earlier version has written already, in the form of its channel."""

    message: dict[str, Any]
    kind: Literal["prepared"] = "prepared"


AnyReply = Annotated[
    Card
    | Text
    | Look
    | Compared
    | Explained
    | Firms
    | Privacy
    | File
    | Reminder
    | Recheck
    | Announcement
    | Broadcasting
    | Statistics
    | Retire
    | Prepared,
    Field(discriminator="kind"),
]
_FORM: TypeAdapter[Any] = TypeAdapter(AnyReply)


def written(reply: Reply) -> str:
    """A reply as it waits in the outbox."""
    return _FORM.dump_json(reply, exclude_defaults=False, exclude_none=True).decode()


def read(text: str) -> Any:
    """A reply of the outbox. Raises ValueError for what is none."""
    return _FORM.validate_json(text)
