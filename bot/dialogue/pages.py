"""A reply in words, when it is sent, from what is stored then. Channels paint pages; they know no replies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.buttons import (
    CHOICE_MARK,
    DOSSIER_CHARACTERS,
    FIRM,
    LANGUAGE,
    NEW_FIRM,
    RECHECK,
    RESUME,
    SESSION_CHARACTERS,
    Choice,
    about,
    data_of,
    encode,
)
from bot.dialogue.context import Rules
from bot.dialogue.operator import choice, dropping
from bot.dialogue.reader import as_read
from bot.dialogue.reminders import unfinished
from bot.dialogue.replies import (
    Announcement,
    Broadcasting,
    Card,
    Compared,
    Explained,
    Firms,
    Line,
    Look,
    Named,
    Prepared,
    Privacy,
    Recheck,
    Reminder,
    Reply,
    Retire,
    Statistics,
    Text,
)
from bot.screens import Screen, screen_of
from bot.screens.details import commands_help, explained, official, sections_of
from bot.screens.paging import pages_of
from bot.screens.questions import other_fuels
from bot.screens.wishes import FILES, Detail, Leaf
from bot.words.history import compared, history, past_result
from bot.words.outcome import Outcome, outcome_of
from bot.words.sections import Section
from bot.words.stats import overview, progress_of_broadcast, send_label
from bot.words.wording import Medium, Wording, wording, words_at_hand, words_of
from flows.cards import Card as ShownCard
from flows.cards import (
    CommitmentCard,
    EnergyCard,
    IdentityCard,
    LadderCard,
    PlanCard,
    ProposalCard,
    ProvisionalCard,
    ResultCard,
    WhatIfCard,
    card_of,
)
from flows.progress import Progress, progress_of
from flows.reminders import next_reminder
from flows.session import Assessment, Session, new_session
from flows.text import inert
from locales import DEFAULT_LANGUAGE
from scoring.editions import known
from scoring.rubric import Rubric
from storage.broadcasts import LONGEST_BROADCAST, Audience, Broadcast
from storage.broadcasts import Progress as BroadcastProgress
from storage.stats import Stats
from storage.store import State

FINISHED = (ResultCard, CommitmentCard, IdentityCard, PlanCard, WhatIfCard)
"""Cards without a bar: nothing is on its way."""
LOOKED_AT = 9
"""So many past results have a button; others are asked for by their number."""
LISTED, OFFERED = 200, 30
"""So many firms are listed at most; so many of them have buttons."""
LOOKED_FOR = 16
"""So many bytes of what is looked for find a place in a button that turns the page."""


@dataclass(frozen=True, slots=True)
class View:
    """What is stored, and what a page depends on besides; `rubric` is the edition that new assessments begin with.

    `history`, `shelf`, `stats`, and `broadcast` with how many `recipients` a draft would have, are there for the
    replies that need them (`needs_history`, `needs_shelf`); `live`: what is said takes the place of the card.
    """

    state: State
    now: datetime
    rules: Rules
    medium: Medium
    rubric: Rubric
    history: Sequence[Assessment] = ()
    shelf: Sequence[tuple[str, Session]] = ()
    stats: Stats | None = None
    broadcast: Broadcast | None = None
    recipients: Mapping[Audience, int] = field(default_factory=dict)
    live: bool = False

    def session_for(self, reply: Reply) -> Session:
        """The one that is stored; for who has not begun, the one that would begin."""
        if read := as_read(self.state).session:
            return read
        window = self.state.window
        language = reply.language or (window.language if window else None) or DEFAULT_LANGUAGE
        return new_session("", self.rubric, language, self.now)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice below a text, and its data."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """The live card; `outcome`: the result that it is about. `fixed`: nothing is on its way, and there is no bar."""

    session: Session
    words: Wording
    card: ShownCard
    screen: Screen
    notices: tuple[str, ...]
    warned: bool
    paused: bool
    progress: Progress | None
    outcome: Outcome | None
    fixed: bool


@dataclass(frozen=True, slots=True)
class TextPage:
    """Sections, a bar of how far one is above the lines of the first, and rows of buttons below the last.

    `live`: it takes the place of the card. `past`: the one assessment that it is about, or several to be seen side by
    side, the newest first.
    """

    sections: tuple[Section, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    progress: Progress | None = None
    live: bool = False
    past: tuple[Assessment, ...] = ()


@dataclass(frozen=True, slots=True)
class FilePage:
    """A file and what is said with it; `format` is its ending."""

    format: str
    content: bytes
    name: str
    caption: str


@dataclass(frozen=True, slots=True)
class RetiredPage:
    """An old card that loses its buttons."""

    card: str


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """What an earlier version has written in the form of the channel."""

    message: dict[str, Any]


Page = CardPage | TextPage | FilePage | RetiredPage | PreparedPage


def needs_history(reply: Reply) -> bool:
    """Whether past assessments have to be read for it."""
    return isinstance(reply, Compared) or (isinstance(reply, Look) and reply.wanted in (Detail.HISTORY, Detail.PAST))


def needs_shelf(reply: Reply) -> bool:
    """Whether all firms of the window have to be read for it."""
    return isinstance(reply, Firms)


def page_of(reply: Reply, view: View) -> Page | None:
    """The page of a reply; None if there is nothing to be said any more. Files are made by `bot.delivery.reports`."""
    page = _page_of(reply, view)
    return (
        _in_place(page, reply, view)
        if isinstance(page, TextPage) and view.live and not isinstance(reply, Card)
        else page
    )


def _in_place(page: TextPage, reply: Reply, view: View) -> TextPage:
    """As much as a phone shows, or all where there is room, with ways to the rest of it and back to the card."""
    session = view.session_for(reply)
    words = _words(reply, session, view)
    leaves = pages_of(page.sections) if view.medium.is_small else [page.sections]
    at = min(getattr(reply, "page", 0), len(leaves) - 1)
    leaf = _leaf_of(reply)

    def to(label: str, wish: Detail | Leaf) -> Button:
        return Button(label, encode(wish, session.ref, words.rubric))

    turns = [
        to(words.text(f"button.page.{name}", page=there + 1, pages=len(leaves)), replace(leaf, page=there))
        for name, there in (("before", at - 1), ("after", at + 1))
        if leaf and 0 <= there < len(leaves)
    ]
    back = to(words.text("button.back"), Detail.CARD)
    rows = (*page.buttons, *((tuple(turns),) if turns else ()), (back,))
    return replace(page, sections=leaves[at], buttons=rows, live=True)


def _leaf_of(reply: Reply) -> Leaf | None:
    """By which name the further pages of a reply are asked for."""
    match reply:
        case Explained(item=item):
            return Leaf(Detail.HELP, about=item)
        case Compared(numbers=numbers):
            return Leaf(Detail.COMPARED, about="-".join(map(str, numbers)))
        case Firms(wanted=wanted) if len(wanted.encode()) <= LOOKED_FOR:
            return Leaf(Detail.FIRMS, about=wanted)
        case Privacy():
            return Leaf(Detail.PRIVACY)
        case Look(wanted=wanted, about=about):
            return Leaf(wanted, about=about)
        case _:
            return None


def _page_of(reply: Reply, view: View) -> Page | None:
    session = view.session_for(reply)
    words = _words(reply, session, view)
    match reply:
        case Card() if session.rubric != words.rubric.id:
            return _without_edition(session, words)
        case Card():
            left = session if view.state.session else session.but(paused=reply.paused)
            return card_page(left, words, reply)
        case Text(lines=lines, buttons=buttons):
            row = tuple(Button(label_of(data, words), data) for data in buttons)
            return TextPage((Section("", lines_of(lines, words)),), (row,) if row else ())
        case Look() | Compared() | Explained():
            return _looked(reply, session, words, view)
        case Firms(wanted=wanted):
            return _firms(view, wanted, words)
        case Privacy():
            return TextPage((Section("", tuple(privacy(words, view.rules))),))
        case Reminder() | Recheck():
            return _reminder(reply, session, words, view)
        case Announcement(text=text):
            return TextPage((Section("", (text,)),))
        case Statistics() | Broadcasting():
            return _operators(reply, words, view)
        case Retire(card=card):
            return RetiredPage(card)
        case Prepared(message=message):
            return PreparedPage(message)
        case _:
            raise TypeError(f"no page for {type(reply).__name__}")


def _words(reply: Reply, session: Session, view: View) -> Wording:
    """Those of the session's edition; what says nothing of an edition can be said where that is missing, too."""
    if isinstance(reply, Statistics):  # about everybody's
        return wording(session.language, view.rubric.id, view.medium)
    if isinstance(reply, Card | Text | Privacy | Firms | Announcement | Broadcasting | Retire | Prepared):
        return words_at_hand(session, view.rubric.id, view.medium)
    return words_of(session, view.medium)


def _without_edition(session: Session, words: Wording) -> TextPage:
    """In the place of a card that cannot be shown until the operator brings the edition back."""
    missing = words.text("complaint.edition", edition=inert(session.rubric), known=", ".join(known()))
    return TextPage((Section("", (missing,)),))


def card_page(session: Session, words: Wording, reply: Card) -> CardPage:
    """The present card of a session, and what is said with it."""
    shown = card_of(words.rubric, session)
    resulting = isinstance(shown, ResultCard | ProvisionalCard)
    outcome = outcome_of(session, words, provisional=isinstance(shown, ProvisionalCard)) if resulting else None
    known: Progress | None = getattr(shown, "progress", None)
    progress = known or progress_of(words.rubric, session)
    return CardPage(
        session=session,
        words=words,
        card=shown,
        screen=screen_of(shown, words),
        notices=lines_of(reply.notices, words),
        warned=reply.warned,
        paused=reply.paused,
        progress=progress,
        outcome=outcome,
        fixed=isinstance(shown, FINISHED),
    )


def lines_of(lines: Iterable[Line], words: Wording) -> tuple[str, ...]:
    """Sentences in words."""
    return tuple(words.text(line.name, **line.values) if isinstance(line, Named) else line for line in lines)


def label_of(data: str, words: Wording) -> str:
    """What stands on a button that is no part of a card."""
    name = data.removeprefix(CHOICE_MARK).partition(":")[0]
    if data.startswith(data_of(LANGUAGE)):
        return words.text(f"language.{data.removeprefix(data_of(LANGUAGE))}")
    if name in (RESUME, RECHECK):
        return words.text(f"button.{name}")
    return words.text(f"button.choice.{name}")


def _looked(reply: Look | Compared | Explained, session: Session, words: Wording, view: View) -> TextPage:
    match reply:
        case Explained(item=item):
            return TextPage(tuple(explained(item, words, in_question(item, card_of(words.rubric, session)))))
        case Compared(numbers=numbers):
            return TextPage((compared(view.history, numbers, words),))
        case Look(wanted=Detail.HISTORY):
            listed = tuple(history(view.history, words))
            several = tuple(view.history) if len(view.history) > 1 else ()
            return TextPage(listed, _of_history(session, words, view), past=several)
        case Look(wanted=Detail.PAST, about=about):
            found, sections = past_result(view.history, about, words)
            buttons = _of_past(found, session, words, view) if found else ()
            return TextPage(tuple(sections), buttons, past=(found,) if found else ())
        case Look(wanted=Detail.COMMANDS):
            return TextPage((commands_help(words),))
        case Look(wanted=Detail.FUELS) if isinstance(card := card_of(words.rubric, session), EnergyCard):
            return _fuels(card, session, words)
        case Look(wanted=Detail.OFFICIAL, about=item):
            return TextPage(tuple(official(item or session.item or "", words)))
        case Look(wanted=wanted):
            return TextPage(tuple(sections_of(session, wanted, words)))


def _of_history(session: Session, words: Wording, view: View) -> tuple[tuple[Button, ...], ...]:
    """A button for each of the newest, and one for what has changed between the last two."""
    if not view.medium.has_buttons:
        return ()
    looks = [
        Button(
            words.text("button.past", number=number),
            encode(Leaf(Detail.PAST, about=entry.id[:SESSION_CHARACTERS]), session.ref, words.rubric),
        )
        for number, entry in enumerate(view.history[:LOOKED_AT], start=1)
    ]
    rows = tuple(tuple(looks[at : at + 3]) for at in range(0, len(looks), 3))
    last = _about(Choice.COMPARE_LAST, view)
    return (*rows, (Button(label_of(last, words), last),)) if len(view.history) > 1 else rows


def _of_past(past: Assessment, session: Session, words: Wording, view: View) -> tuple[tuple[Button, ...], ...]:
    """Its files; and the list again."""
    if not view.medium.has_buttons:
        return ()
    about = past.id[:SESSION_CHARACTERS]
    files = tuple(
        Button(words.text(f"button.{wanted.value}"), encode(Leaf(wanted, about=about), session.ref, words.rubric))
        for wanted in FILES
    )
    listed = Button(words.text("button.history"), encode(Detail.HISTORY, session.ref, words.rubric))
    return (files[:-1], (files[-1], listed))


def _fuels(card: EnergyCard, session: Session, words: Wording) -> TextPage:
    """The fuels that few burn, to be chosen like those on the card."""
    others = other_fuels(card, words)
    buttons = [Button(one.label, encode(one.wish, session.ref, words.rubric)) for one in others]
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    return TextPage((Section(words.text("energy.others"), tuple(one.text for one in others)),), rows)


def in_question(item: str, card: ShownCard) -> str | None:
    """The level that is on the screen, or that somebody's words come to."""
    match card:
        case LadderCard(scenario=scenario, level=level) if scenario.id == item:
            return str(level)
        case ProposalCard(item=at, draft=draft) if at == item and isinstance(draft.answer, int) and draft.answer:
            return str(draft.answer)
        case _:
            return None


# reminders


def _reminder(reply: Reminder | Recheck, session: Session, words: Wording, view: View) -> TextPage | None:
    window = view.state.window
    if view.state.session is None or (window and (window.blocked or not window.reminders)):
        return None
    if isinstance(reply, Recheck):
        again = _about(RECHECK, view)
        named = _which(session, words, view)
        lines = (*named, words.text("reminder.recheck"))
        return TextPage((Section("", lines),), ((Button(label_of(again, words), again),),))
    return _unfinished(session, words, view) if unfinished(session) else None


def _which(session: Session, words: Wording, view: View) -> tuple[str, ...]:
    """The firm's name, where there are several."""
    several = len(view.state.dossiers) > 1
    return (session.firm.name or words.text("firms.unnamed"),) if several else ()


def _about(choice: str, view: View) -> str:
    """A choice, and of which firm it is: there may be others by the time that it is tapped."""
    dossier = view.state.dossier
    return data_of(about(choice, dossier) if dossier else choice)


def _unfinished(session: Session, words: Wording, view: View) -> TextPage:
    """How much is left, who waits, and three ways to put it off; the button goes on at the open item."""
    progress = progress_of(words.rubric, session)
    lines = [
        *_which(session, words, view),
        words.text.count("reminder.left", progress.rest, minutes=progress.minutes),
    ]
    if session.parked:
        lines.append(words.text("review.parked", items=words.items(session.parked)))
    if until := _last_until(session, view):
        lines.append(words.text("reminder.kept", date=until))
    onward = _about(RESUME, view)
    waits = [_about(choice, view) for choice in (Choice.TOMORROW, Choice.NEXT_WEEK, Choice.NEVER)]
    rows = ((Button(label_of(onward, words), onward),), tuple(Button(label_of(data, words), data) for data in waits))
    return TextPage((Section(words.text("reminder.title"), tuple(lines)),), rows, progress)


def _last_until(session: Session, view: View) -> str | None:
    """When the assessment is deleted, if this is the last reminder before that."""
    kept = view.rules.keep.unfinished
    if kept is None:
        return None
    zone = view.rules.zone_of(view.state.window)
    coming = next_reminder(view.rules.schedule, zone, session.updated_at, view.now)
    gone = session.updated_at + kept
    return gone.date().isoformat() if coming is None or coming >= gone else None


# firms


def _firms(view: View, wanted: str, words: Wording) -> TextPage:
    """A line a firm, those looked for or all; buttons for the newest of them, and for another one."""
    place = {dossier: number for number, dossier in enumerate(view.state.dossiers, start=1)}  # some may be damaged
    numbered = [(place[dossier], dossier, one) for dossier, one in view.shelf if dossier in place]
    found = [entry for entry in numbered if wanted.casefold() in (entry[2].firm.name or "").casefold()]
    shown = found[-LISTED:]
    lines = [_firm_line(number, one, words, front=dossier == view.state.dossier) for number, dossier, one in shown]
    title = words.text("firms.title") if found else words.text("firms.none", wanted=wanted)
    switches = [
        (Button(f"{number}. {_firm_name(one, words)}"[:60], data_of(f"{FIRM}{dossier[:DOSSIER_CHARACTERS]}")),)
        for number, dossier, one in shown[-OFFERED:]
        if dossier != view.state.dossier
    ]
    another = Button(words.text("button.choice.new_firm"), data_of(f"{FIRM}{NEW_FIRM}"))
    buttons = (*switches, (another,)) if view.medium.has_buttons else ()
    return TextPage((Section(title, (*lines, words.hint("firms"))),), buttons)


def _firm_name(session: Session, words: Wording) -> str:
    return session.firm.name or words.text("firms.unnamed")


def _firm_line(number: int, session: Session, words: Wording, *, front: bool) -> str:
    """Which firm, and how far it is."""
    answered = len(session.record.choices) + len(session.record.levels)
    total = answered + len({*session.agenda, *session.parked})
    open_ = words.text("firms.open", answered=answered, total=total)
    told = words.text("firms.finished") if session.finished_at else open_
    line = words.text("firms.line", number=number, firm=_firm_name(session, words), state=told)
    return words.text("firms.front", line=line) if front else line


# what only whoever runs this sees


def _operators(reply: Statistics | Broadcasting, words: Wording, view: View) -> TextPage | None:
    if isinstance(reply, Statistics):
        return TextPage(tuple(overview(view.stats, words))) if view.stats else None
    broadcast = view.broadcast
    if reply.dropped:
        return _said(words.text("broadcast.dropped"))
    if broadcast is None:
        usage = words.text("broadcast.usage", most=LONGEST_BROADCAST)
        return _said(usage if reply.id is None else words.text("broadcast.gone"))
    if broadcast.progress is BroadcastProgress.DRAFT:
        return _draft(broadcast, words, view)
    return _said(progress_of_broadcast(broadcast, words))


def _said(*lines: str) -> TextPage:
    return TextPage((Section("", lines),))


def _draft(broadcast: Broadcast, words: Wording, view: View) -> TextPage:
    """Who could get it, a button each, and one for nobody."""
    drop = Button(words.text("button.broadcast.drop"), dropping(broadcast.id))
    meant = {audience: number for audience, number in view.recipients.items() if number}
    if not meant:
        return replace(_said(words.text("broadcast.nobody")), buttons=((drop,),))
    sends = tuple(
        (Button(send_label(audience, number, words), choice(broadcast.id, audience, number)),)
        for audience, number in meant.items()
    )
    here = view.now.astimezone(view.rules.zone_of(view.state.window))
    opens, closes = view.rules.schedule.opens, view.rules.schedule.closes
    night = () if opens <= here.time() < closes else (words.text("broadcast.night", time=f"{here:%H:%M}"),)
    return replace(_said(words.text("broadcast.draft"), *night), buttons=(*sends, (drop,)))


# privacy


def privacy(words: Wording, rules: Rules) -> Iterator[str]:
    """The privacy text, line by line."""
    yield words.hint("privacy.stored")
    yield words.text("privacy.paper")
    yield words.text("privacy.register")
    yield words.text("privacy.why")
    yield words.hint("privacy.way")
    if rules.operator or rules.contact:
        who = words.text("list.separator").join(filter(None, (rules.operator, rules.contact)))
        yield words.text("privacy.operator", who=who)
    else:
        yield words.text("privacy.nobody")
    text, unfinished, finished = words.text, rules.keep.unfinished, rules.keep.finished
    yield text("privacy.unfinished.until", days=_days(unfinished)) if unfinished else text("privacy.unfinished")
    yield text("privacy.finished.until", days=_days(finished)) if finished else text("privacy.finished")
    yield words.hint("privacy.rights")


def _days(kept: timedelta) -> int:
    return max(1, round(kept / timedelta(days=1)))
