"""The commands of the menu. Each is a function from a situation and what follows the command to a decision."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from zoneinfo import available_timezones

from bot.dialogue.buttons import LANGUAGE, Choice, data_of
from bot.dialogue.deletion import ask_delete
from bot.dialogue.firms import list_firms, offer_link
from bot.dialogue.papers import AT_RESULT
from bot.dialogue.reading import compared
from bot.dialogue.replies import Compared, Named, Privacy, Text
from bot.dialogue.situation import Situation, detail, file, refuse, say, show
from bot.dialogue.steps import advance
from bot.screens.wishes import Detail, Leaf
from bot.words.history import MOST_DIGITS
from flows.inputs import Back, EditFirm, Identify, Jump, Overview, Provisional, Quick, Recheck, Resume
from flows.session import Phase
from locales import LANGUAGES
from storage.store import Decision

Command = Callable[[Situation, str], Decision]
LONGEST_TEXT = 1000
ITEM = re.compile(r"q(\d{1,2})")
EXPORT = "json"
"""All that is stored about a person, beside the kinds of report."""


def _start(situation: Situation, argument: str) -> Decision:
    """Hello; a payload of a link ("recheck", "q5") goes straight there, if it can. A link alone begins nothing."""
    if not situation.known:
        return show(situation)
    if argument in COMMANDS and argument != "start":
        return COMMANDS[argument](situation, "")
    number = ITEM.fullmatch(argument)
    items = situation.words.rubric.items
    if number and 1 <= int(number[1]) <= len(items) and situation.session.begun:
        return advance(situation, Jump(items[int(number[1]) - 1]))
    return resume(situation, "")


def resume(situation: Situation, _: str) -> Decision:
    """At the first open item."""
    session = situation.session
    if session.phase in (Phase.WELCOME, Phase.RESULT, Phase.AIM, Phase.IDENTITY) and not session.paused:
        return show(situation)
    return advance(situation, Resume())


def _quick(situation: Situation, _: str) -> Decision:
    return advance(situation, Quick())


def _overview(situation: Situation, _: str) -> Decision:
    if situation.session.phase is Phase.WELCOME:
        return show(situation)
    return advance(situation, Overview())


def _result(situation: Situation, _: str) -> Decision:
    """The finished result, or what it comes to so far."""
    if situation.session.phase in (Phase.RESULT, Phase.PROVISIONAL, Phase.WELCOME):
        return show(situation)
    if situation.session.phase in (Phase.AIM, Phase.IDENTITY):
        return _out(situation)
    reviewed = advance(situation, Overview())
    if reviewed.session is None or reviewed.session.phase is not Phase.REVIEW:
        return reviewed
    shown = situation.with_session(reviewed.session)
    return replace(advance(shown, Provisional()), log=reviewed.log)


def _out(situation: Situation) -> Decision:
    """Back, as often as it takes to be at the result."""
    phase = situation.session.phase
    decision = advance(situation, Back())
    if decision.session is None or decision.session.phase is not phase:
        return decision
    return _out(situation.with_session(decision.session))


def _recheck(situation: Situation, _: str) -> Decision:
    if situation.session.phase is Phase.WELCOME:
        return show(situation)
    return advance(situation, Recheck())


def _history(situation: Situation, argument: str) -> Decision:
    """The list; one of it ("/history 2"); or two of it side by side ("/history 1 3")."""
    if not argument:
        return detail(situation, Detail.HISTORY)
    if argument.isdecimal():
        return detail(situation, Leaf(Detail.PAST, about=argument[:MOST_DIGITS]))
    wanted = compared(argument)
    if not wanted.numbers:
        return refuse(situation, Named("history.compare.two"))
    return say(situation, Compared(wanted.numbers))


def _help(situation: Situation, _: str) -> Decision:
    return detail(situation, Detail.COMMANDS)


def _firm_info(situation: Situation, _: str) -> Decision:
    """What papers tell of the firm, at a result; before that, what was asked at the beginning."""
    session = situation.session
    if session.phase is Phase.WELCOME:
        return show(situation)
    if session.asking or session.phase is Phase.REVIEW:
        return advance(situation, EditFirm())
    return (
        advance(situation, Identify()) if session.phase in AT_RESULT else refuse(situation, Named("elsewhere.identity"))
    )


def _language(situation: Situation, _: str) -> Decision:
    choices = tuple(data_of(f"{LANGUAGE}{language}") for language in LANGUAGES)
    return say(situation, Text((Named("command.language"),), choices))


def _privacy(situation: Situation, _: str) -> Decision:
    return say(situation, Privacy())


@cache
def _zones() -> frozenset[str]:
    """Read from the disk once."""
    return frozenset(available_timezones())


def _reminders(situation: Situation, argument: str) -> Decision:
    """On, off, and the time zone ("/reminders Asia/Urumqi")."""
    if argument and argument not in _zones():
        return refuse(situation, Named("reminders.unknown_zone", {"zone": argument[:40]}))
    window = situation.window.model_copy(update={"zone": argument}) if argument else situation.window
    zone = situation.context.rules.zone_of(window)
    lines = (Named("reminders.on" if window.reminders else "reminders.off"), Named("reminders.how", {"zone": zone.key}))
    choice = Choice.NEVER if window.reminders else Choice.REMIND
    return replace(say(situation, Text(lines, (data_of(choice),))), window=window)


def _my_data(situation: Situation, _: str) -> Decision:
    """Everything stored about the person: a file that is made when its turn comes."""
    if not situation.known:
        return say(situation, Text((Named("mydata.nothing"),)))
    return Decision(outbox=(file(situation, EXPORT),))


COMMANDS: dict[str, Command] = {
    "start": _start,
    "resume": resume,
    "quick": _quick,
    "overview": _overview,
    "result": _result,
    "recheck": _recheck,
    "history": _history,
    "firminfo": _firm_info,
    "firms": list_firms,
    "link": lambda situation, _: offer_link(situation),
    "language": _language,
    "reminders": _reminders,
    "mydata": _my_data,
    "delete": lambda situation, _: ask_delete(situation),
    "privacy": _privacy,
    "help": _help,
}
"""In the order of the menu; each has a description `command.<name>` in the catalogues."""
