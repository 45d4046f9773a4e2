"""When somebody is to be reminded, and what makes it void."""

from datetime import timedelta

import pytest

from bot.dialogue.context import Keep, Manner
from bot.dialogue.messages import Commanded, Message, Pressed, Puzzling, Typed
from bot.dialogue.reminders import is_void, recheck_key, reminder_key, unfinished
from bot.dialogue.replies import Recheck, Reminder, read
from flows.inputs import ChooseLanguage, Commit, Pause
from flows.session import Phase, Session
from storage.outbox import Urgency
from storage.window import Window
from tests.dialogue.support import CARD, CONTEXT, DAY, NOW, PAGE, STRANGER, TYPING, Heard, at, hear, moment, press
from tests.flows.scenes import scene

SESSION = scene("single").but(updated_at=NOW - DAY)
UNREMINDED = Window(card=CARD, reminders=False)


def reminded(heard: Heard) -> tuple[list[timedelta], tuple[str, ...]]:
    """In what time there is a reminder, and what is cancelled."""
    return [one.due - NOW for one in heard.later], heard.decision.cancelled


@pytest.mark.parametrize("message", [Typed("B"), Typed("稍后"), Commanded("overview"), press(Pause(), SESSION)])
def test_progress_moves_the_reminder(message: Message) -> None:
    """It is queued under a key of its own, unless one waits already that will look at how things are."""
    heard = hear(message, at(SESSION))
    assert reminded(heard) == ([DAY], ())
    (later,) = heard.later
    assert (later.key, later.urgency, later.unless_sooner) == (reminder_key("d-one"), Urgency.REMINDER, NOW)
    assert read(later.reply) == Reminder(heard.session.id, heard.session.revision)


def test_of_several_windows_the_one_is_reminded_where_the_person_is() -> None:
    heard = hear(Typed("B"), at(SESSION, shared=True))
    assert reminded(heard) == ([DAY], (reminder_key("d-one"),))
    assert heard.later[0].unless_sooner is None


@pytest.mark.parametrize("message", [Commanded("privacy"), Commanded("mydata"), Typed("嗯嗯"), Puzzling()])
def test_what_is_no_progress_moves_nothing(message: Message) -> None:
    assert reminded(hear(message, at(SESSION))) == ([], ())


@pytest.mark.parametrize("name", ["result", "stopped"])
def test_nobody_is_reminded_of_what_a_paper_could_tell_of_the_firm(name: str) -> None:
    """At a result, or where no answer can change the grade any more."""
    heard = hear(Typed("报告"), at(scene(name)))
    assert heard.session.phase is Phase.IDENTITY
    assert reminded(heard) == ([], (reminder_key("d-one"),))
    assert not unfinished(heard.session)


def test_a_result_ends_it() -> None:
    committed = scene("commitment")
    assert reminded(hear(press(Commit(), committed), at(committed))) == ([], (reminder_key("d-one"),))


@pytest.mark.parametrize(("name", "due"), [("stopped", []), ("settled", [DAY]), ("provisional", [DAY])])
def test_who_got_what_the_quick_order_is_for_is_not_reminded_of_the_rest(name: str, due: list[timedelta]) -> None:
    assert reminded(hear(Commanded("language"), at(scene(name))))[0] == []
    assert reminded(hear(press(ChooseLanguage("en"), scene(name)), at(scene(name))))[0] == due


def test_who_has_not_got_to_an_item_is_not_reminded() -> None:
    assert reminded(hear(Typed("1"), STRANGER))[0] == []
    assert reminded(hear(Typed("示例厂"), at(scene("name"))))[0] == []


def test_who_wants_none_gets_none() -> None:
    """Others who look at the same firm keep theirs."""
    assert reminded(hear(Typed("B"), at(SESSION, window=UNREMINDED))) == ([], (reminder_key("d-one"),))
    assert reminded(hear(Typed("B"), at(SESSION, window=UNREMINDED, shared=True))) == ([], ())


@pytest.mark.parametrize("manner", [TYPING, PAGE], ids=["typing", "page"])
def test_where_nobody_can_be_reminded_what_waits_elsewhere_looks_for_itself(manner: Manner) -> None:
    assert reminded(hear(Typed("B"), at(SESSION, shared=True), manner=manner)) == ([], ())


def test_on_a_page_who_has_given_an_address_is_reminded() -> None:
    """There, from now on, and in no other window."""
    window = Window(email="anna@example.org")
    assert reminded(hear(Typed("B"), at(SESSION, window=window, shared=True), manner=PAGE)) == (
        [DAY],
        (reminder_key("d-one"),),
    )


@pytest.mark.parametrize(("email", "names"), [(None, []), ("anna@example.org", ["reminder.offer"])])
def test_a_reminder_after_a_result_is_offered_to_who_can_be_reminded(email: str | None, names: list[str]) -> None:
    session = scene("commitment")
    state = at(session, window=Window(email=email), shared=True)
    heard = hear(press(Commit(), session), state, manner=PAGE)
    assert heard.names == names
    assert heard.decision.cancelled == (reminder_key("d-one"),), "whoever waits for more has what they waited for"


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        ("2024-10-02T10:00", None, "2024-10-03T10:00"),
        ("2024-10-02T22:00", None, "2024-10-04T09:00"),
        ("2024-10-02T03:00", None, "2024-10-03T09:00"),
        ("2024-10-02T03:00", "America/New_York", "2024-10-03T03:00"),
    ],
)
def test_it_comes_by_the_persons_day(now: str, zone: str | None, due: str) -> None:
    window = Window(card=CARD, zone=zone)
    decision = hear(Typed("B"), at(SESSION, window=window), now=moment(now)).decision
    (later,) = (one for one in decision.outbox if one.urgency is Urgency.REMINDER)
    assert later.due == moment(due)


# its buttons


@pytest.mark.parametrize(("choice", "days"), [("tomorrow", 1), ("next_week", 7)])
def test_it_is_put_off(choice: str, days: int) -> None:
    heard = hear(Pressed(f"!{choice}", "3"), at(SESSION))
    assert reminded(heard) == ([days * DAY], ())
    assert heard.later[0].key == reminder_key("d-one"), "it takes the place of one that waits"
    assert heard.session == SESSION
    assert heard.names == ["reminders.put_off"]


def test_who_puts_it_off_for_too_long_is_told_when_all_is_deleted() -> None:
    rules = CONTEXT.rules
    soon = type(rules)(rules.schedule, rules.zone, keep=Keep(5 * DAY, None))
    assert hear(Pressed("!tomorrow", "3"), at(SESSION), rules=soon).names == ["reminders.put_off"]
    heard = hear(Pressed("!next_week", "3"), at(SESSION), rules=soon)
    assert heard.names == ["reminders.put_off", "reminders.too_late"]
    assert heard.values == {"date": (SESSION.updated_at + 5 * DAY).date().isoformat()}


@pytest.mark.parametrize("session", [scene("result"), scene("name")], ids=["finished", "not begun"])
def test_what_is_not_unfinished_is_not_put_off(session: Session) -> None:
    assert reminded(hear(Pressed("!tomorrow", "3"), at(session)))[0] == []


def test_all_are_switched_off_and_on() -> None:
    off = hear(Pressed("!never", "3"), at(SESSION))
    assert reminded(off) == ([], ()), "what other windows of the firm are to be told is theirs"
    assert off.decision.window
    assert not off.decision.window.reminders
    on = hear(Pressed("!remind", "3"), at(SESSION, window=UNREMINDED))
    assert reminded(on) == ([DAY], ())
    assert on.decision.window
    assert on.decision.window.reminders


@pytest.mark.parametrize(("window", "offered"), [(Window(), "!never"), (Window(reminders=False), "!remind")])
def test_the_command_offers_what_is_not_so_yet(window: Window, offered: str) -> None:
    assert hear(Commanded("reminders"), at(SESSION, window=window)).buttons == [offered]


# when it falls due


@pytest.mark.parametrize(
    ("answered", "now", "void"),
    [
        ("2024-10-01T10:00", "2024-10-02T10:00", False),  # no progress since
        ("2024-10-01T15:00", "2024-10-02T10:00", True),
        ("2024-10-01T15:00", "2024-10-02T15:00", False),
        ("2024-10-01T21:01", "2024-10-02T21:01", True),  # by day: at nine the morning after
        ("2024-10-01T21:01", "2024-10-03T09:00", False),
    ],
)
def test_after_progress_it_waits_on_until_it_is_time_for_it(answered: str, now: str, void: bool) -> None:
    """It was queued at ten; later answers do not move it. It looks at the last one when it falls due."""
    session = SESSION.but(updated_at=moment(answered), revision=SESSION.revision + (answered[11:] != "10:00"))
    reply = Reminder(SESSION.id, SESSION.revision)
    assert is_void(reply, at(session), CONTEXT.rules, moment(now)) is void


@pytest.mark.parametrize(("since", "void"), [(DAY, False), (DAY / 2, True)])
def test_one_of_a_firm_that_was_not_in_front_looks_at_its_last_answer(since: timedelta, void: bool) -> None:
    state = at(SESSION.but(updated_at=NOW - since))
    assert is_void(Reminder(session="", revision=0), state, CONTEXT.rules, NOW) is void


# after a result


def test_a_recheck_is_reminded_of_only_if_wished() -> None:
    result = scene("result")
    heard = hear(Pressed("!recheck_later", "3"), at(result))
    (later,) = heard.later
    assert (later.key, read(later.reply)) == (recheck_key("d-one"), Recheck())
    assert 89 * DAY < later.due - NOW < 92 * DAY
    assert heard.names == ["reminder.recheck.promised"]
