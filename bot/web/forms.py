"""What a form says, within bounds."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.dialogue.messages import Filled, Message, Pressed, Typed, commanded
from flows.session import CardRef

LARGEST_BODY = 16_384
MOST_FIELDS = 12
MOST_DIGITS = 9
COMMAND_MARK, REF_MARK = "/", "|"
FACT = "fact."
"""What the names of fields begin with that tell something of the firm."""


class TooLargeError(Exception):
    """Nobody types so much."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form; of one that is given twice, the first. `own`: what shows that the page was ours."""

    fields: dict[str, str]

    @property
    def own(self) -> str:
        """What each of our forms brings along."""
        return self.fields.get("form", "")

    def get(self, name: str) -> str:
        """A field without the space around it; "" if there is none."""
        return self.fields.get(name, "").strip()

    @property
    def typed(self) -> list[str]:
        """All that tells one filling of the form from another."""
        facts = sorted(self.facts.items())
        return [self.fields.get("do", ""), self.fields.get("text", ""), *(part for fact in facts for part in fact)]

    @property
    def facts(self) -> dict[str, str]:
        """What it tells of the firm, by the names of facts."""
        return {name.removeprefix(FACT): text for name, text in self.fields.items() if name.startswith(FACT)}

    @property
    def length(self) -> int:
        """How many characters are to be read in it."""
        return len(self.fields.get("text", "")) + sum(map(len, self.facts.values()))

    @property
    def said(self) -> Message | None:
        """A button, or a text; None for a form without either."""
        if data := self.fields.get("do"):
            return Filled(data, self.facts) if self.facts else Pressed(data)
        return _typed(self.fields.get("text", ""), self.fields.get("ref", ""))


async def form_of(request: Request, largest: int = LARGEST_BODY) -> Form:
    """The form of a request. Raises TooLargeError."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise TooLargeError
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:  # no text, or too many fields
        return Form({})
    return Form(dict(reversed(pairs)))


def _typed(text: str, ref: str) -> Message | None:
    """A line, which is about the card that it was typed below; what begins with a slash is a command."""
    typed = text.strip()
    if not typed:
        return None
    if not typed.startswith(COMMAND_MARK) or len(typed) == 1:
        return Typed(text, _card(ref))
    name, _, argument = typed[1:].partition(" ")
    return commanded(name.lower(), argument.strip())


def written(ref: CardRef) -> str:
    """A card in a form."""
    return REF_MARK.join((ref.session, str(ref.revision), ref.card))


def _card(written: str) -> CardRef | None:
    session, _, rest = written.partition(REF_MARK)
    revision, _, card = rest.partition(REF_MARK)
    if not session or not revision.isdecimal() or len(revision) > MOST_DIGITS:
        return None
    return CardRef(session, card=card, revision=int(revision))
