"""Where longer looks are: each detail has an address, with a way back."""

from urllib.parse import urlencode

from bot.dialogue.buttons import decode
from bot.dialogue.messages import Message, Pressed
from bot.dialogue.replies import Compared, Explained, File, Firms, Look, Privacy, Reply
from bot.screens.wishes import FILES, Detail, Leaf, Wish
from flows.inputs import Suppose, Want
from scoring.rubric import Rubric

CARD, KEEP, OPEN, RENEWED = "/", "/keep", "/open", "/keep/new"
VERIFY = "/verify"
NEXT = "next"
"""The cookie with a new link, until it has taken the place of the old one."""


def place_of(reply: Reply) -> str | None:
    """The address of what a reply shows; None for what stands with the card."""
    match reply:
        case Explained(item=item):
            return _detail(Detail.HELP, item)
        case Compared(numbers=numbers):
            return _detail(Detail.COMPARED, "-".join(map(str, numbers)))
        case Firms(wanted=wanted):
            return _detail(Detail.FIRMS, wanted)
        case Privacy():
            return _detail(Detail.PRIVACY)
        case Look(wanted=wanted, about=about):
            return _detail(wanted, about)
        case File(format=wanted, past=past):
            return _at(f"/file/{wanted}", past)
        case _:
            return None


def mark_of_item(item: str, rubric: Rubric) -> str:
    """By what an item is found on the card's page."""
    return f"i{rubric.position[item]}"


def card_after(message: Message, rubric: Rubric) -> str:
    """The address of the card, once a message is applied: where one has just tapped among many items, that item."""
    press = decode(message.data, rubric) if isinstance(message, Pressed) else None
    match press.wish if press else None:
        case Suppose(item=item) | Want(item=item):
            return f"{CARD}#{mark_of_item(item, rubric)}"
        case _:
            return CARD


def place_of_wish(wish: Wish) -> str | None:
    """The address of what a button looks at; None for an input, which is a form."""
    match wish:
        case Detail.CARD:
            return CARD
        case Detail() if wish in FILES:
            return f"/file/{wish.value}"
        case Detail():
            return _detail(wish)
        case Leaf(wanted=wanted, about=about):
            return _at(f"/file/{wanted.value}", about) if wanted in FILES else _detail(wanted, about)
        case _:
            return None


def reply_at(detail: str, about: str) -> Reply | None:
    """What is shown at the address of a detail; None if there is no such."""
    match detail:
        case Detail.HELP:
            return Explained(about)
        case Detail.COMPARED:
            return Compared(tuple(int(number) for number in about.split("-") if number.isdecimal()))
        case Detail.FIRMS:
            return Firms(about)
        case Detail.PRIVACY:
            return Privacy()
        case Detail.CARD:
            return None
        case _ if detail in {*Detail} - {*FILES}:
            return Look(Detail(detail), about)
        case _:
            return None


def _detail(wanted: Detail, about: str = "") -> str:
    return _at(f"/d/{wanted.value}", about)


def _at(path: str, about: str) -> str:
    return f"{path}?{urlencode({'about': about})}" if about else path
