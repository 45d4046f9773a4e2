"""What whoever runs this can do from their own chat, and that nobody else learns of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.buttons import LIMIT
from bot.dialogue.messages import Commanded, InPublic, Message, Pressed
from bot.dialogue.operator import choice, dropping
from bot.dialogue.pages import TextPage, View, page_of
from bot.dialogue.replies import Announcement, Broadcasting, Reply, Retire, Statistics, written
from bot.words.wording import Medium
from storage.broadcasts import LONGEST_BROADCAST, Audience, Broadcast, Confirm, Draft, Drop, Progress, Stop
from storage.outbox import Urgency
from storage.stats import Stats
from storage.store import State
from tests.dialogue.support import CARD, FRESH, NOW, PAGE, RULES, STRANGER, Heard, at, hear
from tests.flows.driver import RUBRIC
from tests.flows.scenes import scene

ADMIN = "telegram:42"
OPERATED = replace(RULES, admins=frozenset({ADMIN, "telegram:43"}))
KNOWN = at(scene("single"))
ID = FRESH.token[:16]
SEND = choice(ID, Audience.UNFINISHED, 120)
ORDERS: list[Message] = [
    Commanded("stats"),
    Commanded("broadcast"),
    Commanded("broadcast", "stop"),
    Commanded("broadcast", "大家好"),
    Pressed(SEND, "9"),
    Pressed(dropping(ID), "9"),
]


def say(message: Message, state: State = KNOWN, window: str = ADMIN) -> Heard:
    return hear(message, state, rules=OPERATED, window=window)


def operated(heard: Heard) -> list[Reply]:
    return [reply for reply in heard.said if not isinstance(reply, Retire)]


# who


@pytest.mark.parametrize("state", [KNOWN, STRANGER], ids=["known", "stranger"])
@pytest.mark.parametrize("message", ORDERS, ids=str)
@pytest.mark.parametrize("window", ["telegram:4", "telegram:421", "telegram:-42", "web:42", "terminal:42", "42", ""])
def test_to_everybody_else_it_is_as_if_it_were_not_there(message: Message, state: State, window: str) -> None:
    """The same answer as to anything that was never there, to the last byte."""
    unknown: Message = Pressed("!nonsense:x:1", "9")
    if isinstance(message, Commanded):
        unknown = Commanded("nonsense", getattr(message, "argument", ""))
    heard, usual = (say(one, state, window).decision for one in (message, unknown))
    assert heard == usual
    assert heard.order is None


@pytest.mark.parametrize("payload", ["stats", "broadcast"])
def test_no_link_leads_there(payload: str) -> None:
    heard = say(Commanded("start", payload))
    assert heard.decision == say(Commanded("start", "nonsense")).decision


def test_in_a_group_nothing_of_it_is_said() -> None:
    heard = hear(
        InPublic(), STRANGER, rules=replace(RULES, admins=frozenset({"telegram:-100"})), window="telegram:-100"
    )
    assert (heard.names, heard.decision.order) == (["in_public"], None)


def test_a_page_of_the_same_name_is_nobody() -> None:
    heard = hear(Commanded("stats"), KNOWN, rules=OPERATED, window="web:42", manner=PAGE)
    assert heard.names == ["unknown_command"]


# numbers


@pytest.mark.parametrize("state", [KNOWN, STRANGER], ids=["known", "stranger"])
def test_the_numbers_come_below_and_the_card_stays(state: State) -> None:
    heard = say(Commanded("stats"), state)
    assert [type(reply) for reply in heard.said] == [Statistics]
    assert heard.decision.outbox[0].key is None


# drafting


@pytest.mark.parametrize("state", [KNOWN, STRANGER], ids=["known", "stranger"])
def test_a_draft_is_shown_as_people_will_see_it_with_the_choice_below(state: State) -> None:
    heard = say(Commanded("broadcast", "明晚八点维护\n请先保存。"), state)
    text = "明晚八点维护\n请先保存。"
    assert [reply.kind for reply in heard.said] == ["announcement", "broadcasting"]
    preview, control = heard.said
    assert (preview.text, control.id) == (text, ID)
    assert heard.decision.order == Draft(ID, "telegram", text, NOW)
    assert page(replace(preview, language=None)) == page(Announcement(text))
    if state is STRANGER:
        assert {one.urgency for one in heard.decision.outbox} == {Urgency.GREETING}


def test_what_is_announced_is_text_and_nothing_else() -> None:
    heard = say(Commanded("broadcast", "  a\u202eb\x1b[31m  <b>c</b>\u200b \r\n\n d  "))
    assert isinstance(heard.decision.order, Draft)
    assert heard.decision.order.text == "ab[31m <b>c</b>\n\nd"


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\n\n"])
def test_without_a_text_it_tells_how_it_is_used(text: str) -> None:
    heard = say(Commanded("broadcast", text))
    assert (heard.said, heard.decision.order) == ([Broadcasting()], None)
    assert shown(Broadcasting())[0].startswith("/broadcast")


def test_a_text_that_is_too_long_is_not_taken() -> None:
    just, more = "好" * LONGEST_BROADCAST, "好" * (LONGEST_BROADCAST + 1)
    assert isinstance(say(Commanded("broadcast", just)).decision.order, Draft)
    heard = say(Commanded("broadcast", more))
    assert (heard.names, heard.decision.order) == (["broadcast.too_long"], None)
    huge = say(Commanded("broadcast", "好" * 1_000_000))
    assert len(huge.decision.outbox[0].reply) < 1000


# deciding


@pytest.mark.parametrize("state", [KNOWN, STRANGER], ids=["known", "stranger"])
def test_a_tap_confirms_with_who_is_meant_and_how_many_were_named(state: State) -> None:
    heard = say(Pressed(SEND, "9"), state)
    assert heard.decision.order == Confirm(ID, Audience.UNFINISHED, 120, NOW)
    assert [(reply.kind, getattr(reply, "id", None)) for reply in heard.said] == [
        ("broadcasting", ID),
        ("retire", None),
    ]


def test_a_tap_drops_a_draft() -> None:
    heard = say(Pressed(dropping(ID), "9"))
    assert heard.decision.order == Drop(ID)
    assert operated(heard) == [Broadcasting(ID, dropped=True)]


@pytest.mark.parametrize("word", ["stop", "STOP", " Stop "])
def test_a_word_stops_what_runs(word: str) -> None:
    heard = say(Commanded("broadcast", word))
    assert (heard.decision.order, heard.said) == (Stop(NOW), [Broadcasting()])


@pytest.mark.parametrize(
    "data",
    [
        "!broadcast:",
        f"!broadcast:{ID}",
        f"!broadcast:{ID}:everybody:1",
        f"!broadcast:{ID}:all:-1",
        f"!broadcast:{ID}:all:1e9",
        f"!broadcast:{ID}:all:9999999999",
        f"!broadcast:{ID}:all:1:2",
        f"!broadcast:{ID}:drop:1",
    ],
)
def test_a_forged_button_is_an_old_one(data: str) -> None:
    heard = say(Pressed(data, CARD))
    assert (heard.names, heard.decision.order) == (["event.stale"], None)


@pytest.mark.parametrize("audience", Audience)
def test_buttons_fit(audience: Audience) -> None:
    assert len(choice(ID, audience, 999_999_999)) <= LIMIT


# what is seen


def page(reply: Reply, at_: datetime = NOW, **more: Any) -> TextPage:
    made = page_of(reply, View(KNOWN, at_, OPERATED, Medium.TAPPING, RUBRIC, **more))
    assert isinstance(made, TextPage)
    return made


def shown(reply: Reply, at_: datetime = NOW, **more: Any) -> list[str]:
    return [line for section in page(reply, at_, **more).sections for line in section.lines]


def labels(reply: Reply, **more: Any) -> list[str]:
    return [button.label for row in page(reply, **more).buttons for button in row]


DRAFT = Broadcast(ID, ADMIN, "telegram", "x", NOW)
DAY, NIGHT = (datetime(2025, 3, 1, hour, 30, tzinfo=ZoneInfo("Asia/Shanghai")) for hour in (10, 23))


def test_a_draft_offers_every_audience_that_there_is_with_its_number() -> None:
    recipients = {Audience.ALL: 12_345, Audience.UNFINISHED: 3, Audience.FINISHED: 0}
    drawn = labels(Broadcasting(ID), broadcast=DRAFT, recipients=recipients)
    assert drawn == ["发给所有人（12,345）", "发给没做完的（<5）", "不发了"]


def test_without_recipients_a_draft_can_only_be_dropped() -> None:
    assert labels(Broadcasting(ID), broadcast=DRAFT, recipients=dict.fromkeys(Audience, 0)) == ["不发了"]


def test_at_night_it_is_said_that_people_rest() -> None:
    recipients = {Audience.ALL: 7}
    by_day, by_night = (shown(Broadcasting(ID), at_, broadcast=DRAFT, recipients=recipients) for at_ in (DAY, NIGHT))
    assert by_night[:1] == by_day
    assert "23:30" in by_night[1]


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress.RUNNING, "正在发给所有人：排了 3 人，其中 2 人还在路上。要停就发 /broadcast stop。"),
        (Progress.ENDED, "发给所有人，3 人都排好了，2 人还在路上。"),
        (Progress.STOPPED, "停了。3 人已经收到，其余的不发了。"),
    ],
)
def test_what_was_confirmed_says_how_it_stands_and_has_no_buttons(progress: Progress, said: str) -> None:
    broadcast = replace(DRAFT, progress=progress, queued=3, waiting=2)
    assert shown(Broadcasting(ID), broadcast=broadcast) == [said]
    assert labels(Broadcasting(ID), broadcast=broadcast) == []
    part = replace(broadcast, audience=Audience.FINISHED)
    assert "3" not in shown(Broadcasting(ID), broadcast=part)[0]


def test_a_draft_that_is_gone_is_said_to_be() -> None:
    assert shown(Broadcasting(ID)) == ["这条已经不在了，没有新发出什么。"]
    assert labels(Broadcasting(ID)) == []


def test_no_number_of_statistics_is_written_before_it_is_sent() -> None:
    assert written(Statistics()) == '{"kind":"statistics"}'
    assert "企业：<5 家" in shown(Statistics(), stats=Stats(NOW, dossiers=2))
