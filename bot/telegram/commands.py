"""The commands of the menu. Each is a function from a visit and what follows the command to a decision."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from html import escape
from zoneinfo import available_timezones

from bot.delivery.retention import Keep
from bot.dialogue.reading import compared, look_back, normalised
from bot.screens.wishes import Detail
from bot.telegram import replies
from bot.telegram.acts import CHOICE_MARK, Act, Choice, Commanded, Tapped, Typed
from bot.telegram.callback_data import consent, decode
from bot.telegram.visit import Rules, Visit, apply, detail, say, show, zone_of
from bot.words.wording import Medium, Wording, wording
from flows.inputs import Back, Jump, Overview, Provisional, Quick, Recheck, Resume
from flows.session import Phase
from locales import LANGUAGES
from scoring.rubric import load_rubric
from storage.store import Decision

Command = Callable[[Visit, str], Decision]
LONGEST_TEXT = 1000
ITEM = re.compile(r"q(\d{1,2})")


def _start(visit: Visit, argument: str) -> Decision:
    """Hello; a payload of a link ("recheck", "q5") goes straight there, if it can. A link alone begins nothing."""
    if not visit.known:
        return show(visit)
    if argument in COMMANDS and argument != "start":
        return COMMANDS[argument](visit, "")
    number = ITEM.fullmatch(argument)
    items = visit.words.rubric.items
    if number and 1 <= int(number[1]) <= len(items) and visit.session.begun:
        return apply(visit, Jump(items[int(number[1]) - 1]))
    return _resume(visit, "")


def _resume(visit: Visit, _: str) -> Decision:
    session = visit.session
    if session.phase in (Phase.WELCOME, Phase.RESULT, Phase.AIM) and not session.paused:
        return show(visit)
    return apply(visit, Resume())


def _quick(visit: Visit, _: str) -> Decision:
    return apply(visit, Quick())


def _overview(visit: Visit, _: str) -> Decision:
    if visit.session.phase is Phase.WELCOME:
        return show(visit)
    return apply(visit, Overview())


def _result(visit: Visit, _: str) -> Decision:
    """The finished result, or what it comes to so far."""
    if visit.session.phase in (Phase.RESULT, Phase.PROVISIONAL, Phase.WELCOME):
        return show(visit)
    if visit.session.phase is Phase.AIM:
        return apply(visit, Back())
    reviewed = apply(visit, Overview())
    if reviewed.session is None or reviewed.session.phase is not Phase.REVIEW:
        return reviewed
    shown = visit.with_session(reviewed.session)
    return replace(apply(shown, Provisional()), log=reviewed.log)


def _recheck(visit: Visit, _: str) -> Decision:
    if visit.session.phase is Phase.WELCOME:
        return show(visit)
    return apply(visit, Recheck())


def _history(visit: Visit, argument: str) -> Decision:
    """The list; or two of it side by side ("/history 1 3")."""
    if not argument:
        return detail(visit, Detail.HISTORY)
    wanted = compared(argument)
    return detail(visit, wanted) if wanted.numbers else show(visit, visit.words.text("history.compare.two"))


def _help(visit: Visit, _: str) -> Decision:
    return detail(visit, Detail.COMMANDS)


def _language(visit: Visit, _: str) -> Decision:
    return say(visit, replies.languages(visit.words, LANGUAGES, visit.now))


def _privacy(visit: Visit, _: str) -> Decision:
    """What is stored and why, where it goes, who answers for it, how long it stays."""
    html = "\n".join(escape(line, quote=False) for line in privacy(visit.words, visit.rules))
    return say(visit, replies.text(html, visit.now))


def privacy(words: Wording, rules: Rules) -> Iterator[str]:
    """The privacy text, line by line."""
    yield words.text("privacy.stored")
    yield words.text("privacy.why")
    yield words.text("privacy.telegram")
    if rules.operator or rules.contact:
        who = words.text("list.separator").join(filter(None, (rules.operator, rules.contact)))
        yield words.text("privacy.operator", who=who)
    else:
        yield words.text("privacy.nobody")
    yield from _how_long(words, rules.keep)
    yield words.text("privacy.rights")


def _how_long(words: Wording, keep: Keep) -> Iterator[str]:
    text = words.text
    unfinished, finished = keep.unfinished, keep.finished
    yield text("privacy.unfinished.until", days=_days(unfinished)) if unfinished else text("privacy.unfinished")
    yield text("privacy.finished.until", days=_days(finished)) if finished else text("privacy.finished")


def _days(kept: timedelta) -> int:
    return max(1, round(kept / timedelta(days=1)))


@cache
def _zones() -> frozenset[str]:
    """Read from the disk once."""
    return frozenset(available_timezones())


def _reminders(visit: Visit, argument: str) -> Decision:
    """On, off, and the time zone ("/reminders Asia/Urumqi")."""
    if argument and argument not in _zones():
        return show(visit, visit.words.text("reminders.unknown_zone", zone=argument[:40]))
    contact = visit.contact.model_copy(update={"zone": argument}) if argument else visit.contact
    zone = zone_of(contact, visit.rules)
    state = visit.words.text("reminders.on" if contact.reminders else "reminders.off")
    how = visit.words.text("reminders.how", zone=zone.key)
    choice = Choice.NEVER if contact.reminders else Choice.REMIND
    message = replies.text(escape(f"{state}\n{how}", quote=False), visit.now, [replies.button(visit.words, choice)])
    return replace(say(visit, message), contact=contact)


def _my_data(visit: Visit, _: str) -> Decision:
    """Everything stored about the person: a file that is made when its turn comes."""
    if not visit.known:
        return say(visit, replies.text(visit.words.text("mydata.nothing"), visit.now))
    return Decision(outbox=(replies.file(replies.EXPORT, visit.now),))


def _delete(visit: Visit, _: str) -> Decision:
    """Ask once. "Yes" holds for the assessment about which it was asked, not for one begun after that."""
    yes = {**replies.button(visit.words, Choice.DELETE), "callback_data": consent(visit.session)}
    buttons = [yes, replies.button(visit.words, Choice.KEEP)]
    return Decision(outbox=(replies.text(escape(visit.words.text("delete.ask"), quote=False), visit.now, buttons),))


COMMANDS: dict[str, Command] = {
    "start": _start,
    "resume": _resume,
    "quick": _quick,
    "overview": _overview,
    "result": _result,
    "recheck": _recheck,
    "history": _history,
    "language": _language,
    "reminders": _reminders,
    "mydata": _my_data,
    "delete": _delete,
    "privacy": _privacy,
    "help": _help,
}
"""In the order of the menu; each has a description `command.<name>` in the catalogues."""

ARCHIVED = ("history",)
"""Commands that show more than the session, so that it has to be read first."""


def shows_archive(act: Act) -> bool:
    """Whether more than the session may have to be read first: asked before it is known who speaks which language."""
    match act:
        case Commanded(name=name, argument=argument):
            return name in ARCHIVED or (name == "start" and argument in ARCHIVED)
        case Tapped(data=data):
            tap = decode(data, load_rubric())
            return data == f"{CHOICE_MARK}{Choice.COMPARE_LAST}" or (tap is not None and tap.wish is Detail.HISTORY)
        case Typed(text=text) if len(text) <= LONGEST_TEXT:
            plain = normalised(text)
            return any(look_back(plain, wording(language, Medium.TAPPING)) for language in LANGUAGES)
        case _:
            return False
