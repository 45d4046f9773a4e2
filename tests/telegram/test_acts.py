"""What people do in Telegram, as the conversation hears it; all else is none of its business."""

import json
from collections.abc import Callable

import pytest

from bot.dialogue.messages import Commanded, Followed, InPublic, Membership, Message, Pressed, Puzzling, Typed
from bot.telegram.updates import Act, act_of
from tests.telegram.people import Group, Person
from tests.telegram.world import World

Does = Callable[[Person], object]


def heard(does: Does) -> list[Act | None]:
    """What comes of something that somebody does."""
    world = World()
    ann = world.person("Ann", "en")
    does(ann)
    return [act_of(json.loads(pending.body)) for pending in world.updates.queue.values()]


def _edits(ann: Person) -> None:
    ann.edit(ann.say("B"), "C")


def _taps(ann: Person) -> None:
    asked = ann.chat.add(
        {}, outgoing=True, text="?", markup={"inline_keyboard": [[{"text": "B", "callback_data": "s|1|q1|aB"}]]}
    )
    ann.tap("B", asked)


@pytest.mark.parametrize(
    ("does", "message"),
    [
        (lambda ann: ann.say("BC"), Typed("BC")),
        (lambda ann: ann.say(" "), Typed(" ")),
        (lambda ann: ann.say("/start"), Commanded("start")),
        (lambda ann: ann.say("/start q5"), Commanded("start", "q5")),
        (lambda ann: ann.say("/HELP@shuping_test_bot"), Commanded("help")),
        (lambda ann: ann.say("/history 1  3"), Commanded("history", "1  3")),
        (lambda ann: ann.say("/"), Commanded("")),
        (lambda ann: ann.say("/start open-abc"), Followed("abc")),
        (lambda ann: ann.say("/link abc"), Followed("abc")),
        (lambda ann: ann.say("/link"), Commanded("link")),
        (lambda ann: ann.sticker(), Puzzling("sticker")),
        (lambda ann: ann.photo(caption="B"), Puzzling("photo")),
        (lambda ann: ann.voice(), Puzzling("voice")),
        (lambda ann: ann.document("answers.txt"), Puzzling("document")),
        (lambda ann: ann.send(contact={"phone_number": "1", "first_name": "x"}), Puzzling()),
        (lambda ann: ann.send(location={"latitude": 1.0, "longitude": 2.0}), Puzzling()),
        (lambda ann: ann.send(dice={"emoji": "🎲", "value": 3}), Puzzling()),
        (_edits, Puzzling("edited")),
        (_taps, Pressed("s|1|q1|aB", "1")),
        (Person.block, Membership(blocked=True)),
        (Person.unblock, Membership(blocked=False)),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)
def test_what_somebody_does_in_private(does: Does, message: Message) -> None:
    act = heard(does)[-1]
    assert act
    assert (act.message, act.language) == (message, "en")
    assert bool(act.query) == isinstance(message, Pressed)


def in_a_group(does: Callable[[Person, Group], object]) -> list[Act | None]:
    def with_group(ann: Person) -> None:
        does(ann, ann.world.group("Team", ann))

    return heard(with_group)[1:]  # the first is that the bot was added


@pytest.mark.parametrize(("text", "addressee"), [("/start", ""), ("/start@Shuping_Test_Bot x", "shuping_test_bot")])
def test_a_command_in_a_group_is_one_in_public(text: str, addressee: str) -> None:
    (act,) = in_a_group(lambda ann, group: ann.say(text, group))
    assert act
    assert (act.message, act.addressee) == (InPublic(), addressee)


@pytest.mark.parametrize(
    "does",
    [
        lambda ann, group: ann.say("hello", group),
        lambda ann, group: ann.send(group, dice={"emoji": "🎲", "value": 3}),
        lambda ann, group: ann.join(group),
        lambda ann, group: group.remove_bot(ann),
    ],
    ids=["words", "a dice", "somebody joins", "the bot is thrown out"],
)
def test_what_is_said_among_others_is_not_for_us(does: Callable[[Person, Group], object]) -> None:
    assert not any(in_a_group(does))
