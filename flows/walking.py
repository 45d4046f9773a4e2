"""From item to item: what comes next, what came before, and where a pause left off."""

from dataclasses import replace

from flows.aiming import leave as leave_aim
from flows.events import Event, GradeSettled, HelpAsked, Paused, QuickBegun, Refusal, Resumed
from flows.identity import close
from flows.identity import leave as leave_identity
from flows.inputs import Back, Browse, ChooseLanguage, Help, Jump, Keep, MoveInput, Overview, Park, Pause, Quick, Resume
from flows.listing import AT_ONCE, NAMED, lists, review_pages
from flows.phases import settled
from flows.quick import quick_item, settled_grade
from flows.recording import item_answer, park, unpark
from flows.session import (
    Baseline,
    Climbing,
    Confirming,
    Doubting,
    Draft,
    Entering,
    FirmField,
    Fuelling,
    Phase,
    Proposing,
    Session,
)
from flows.turn import Step, Turn, current_draft, with_draft
from scoring.editions import spoken
from scoring.rubric import Rubric


def move(turn: Turn, given: MoveInput) -> Step:
    """The inputs that are understood everywhere."""
    match given:
        case Back():
            return _back(turn)
        case Jump() | Overview():
            return _go_to(turn, given)
        case Browse(page=page):
            return _browse(turn, page)
        case Keep():
            return keep(turn)
        case Park():
            return _park(turn)
        case ChooseLanguage(language=language):
            return _choose_language(turn, language)
        case Help() | Pause() | Resume() | Quick():
            return _aside(turn, given)


def _go_to(turn: Turn, given: Jump | Overview) -> Step:
    turn = at_result(turn)
    match given:
        case Jump(item=item):
            return _jump(turn, item)
        case Overview(page=page):
            return _overview(turn, page)


def at_result(turn: Turn) -> Turn:
    """Whoever looks ahead, or at what papers tell, and wants to be elsewhere is back at the result first."""
    match turn.session.phase:
        case Phase.AIM:
            return replace(turn, session=leave_aim(turn).session)
        case Phase.IDENTITY:
            return replace(turn, session=leave_identity(turn).session)
        case _:
            return turn


def _aside(turn: Turn, given: Help | Pause | Resume | Quick) -> Step:
    """What answers nothing and leads to no item in particular."""
    match given:
        case Help():
            return Step(turn.session, (HelpAsked(turn.session.card),))
        case Quick():
            return _quicken(at_result(turn))
        case Pause():
            return Step(turn.session.but(paused=True), (Paused(),))
        case Resume():
            return _resume(turn)


def show_item(turn: Turn, session: Session, item: str, *events: Event) -> Step:
    """Put an item on the screen; it leaves the trail, so that a step back never leads from an item to itself."""
    return _show(turn, session, item, session.trail, *events)


def _show(turn: Turn, session: Session, item: str, trail: tuple[str, ...], *events: Event) -> Step:
    trigger = "ask_question" if item in turn.rubric.question else "ask_scenario"
    trail = tuple(entry for entry in trail if entry != item)
    return turn.go(trigger, session.but(item=item, page="", trail=trail), *events)


def advance(turn: Turn, session: Session, *events: Event) -> Step:
    """After an item: the next open one of the agenda, from here on, then from the start; else the end of the walk.

    In the quick order: the one that settles the grade soonest; once it is settled, the provisional result.
    """
    trail = _with_last(session.trail, session.item or "")
    if _is_enough(turn, session):
        return turn.go("preview", session.but(page="", trail=trail), *events)
    following = quick_item(turn.rubric, session) if session.quick else next_open(turn.rubric, session)
    if following is None:
        return _all_asked(turn, session.but(trail=trail), *events)
    return _show(turn, session, following, trail, *events)


def _all_asked(turn: Turn, session: Session, *events: Event) -> Step:
    """To the commitment, from which all answers can still be looked through; to the review while some are put off."""
    ready = session.phase is not Phase.REVIEW and settled(turn.rubric, session)
    return turn.go("attest" if ready else "review", session.but(page=""), *events)


def _is_enough(turn: Turn, session: Session) -> bool:
    """The quick order has got where it leads."""
    return session.quick and settled_grade(turn.rubric, session) is not None


def next_open(rubric: Rubric, session: Session) -> str | None:
    """The first item of the agenda after the present one, or else the first of all."""
    if not session.agenda:
        return None
    here = rubric.position[session.item] if session.item else -1
    later = (item for item in session.agenda if rubric.position[item] > here)
    return next(later, session.agenda[0])


def _with_last(trail: tuple[str, ...], item: str) -> tuple[str, ...]:
    return (*(entry for entry in trail if entry != item), item)


def _back(turn: Turn) -> Step:
    session = turn.session
    match session.phase:
        case Phase.QUESTIONS | Phase.SCENARIOS:
            return _back_from_item(turn)
        case Phase.FIRM:
            return _back_from_firm(turn)
        case Phase.REVIEW if not session.page:
            return show_item(turn, session, session.item or turn.rubric.items[0])
        case Phase.COMMITMENT if session.baseline and session.item:
            return show_item(turn, session, session.item)
        case Phase.REVIEW | Phase.PROVISIONAL | Phase.COMMITMENT:
            return turn.go("review", session.but(page=""))
        case Phase.PROPOSALS:
            return onward(turn, session)
        case Phase.IDENTITY:
            return close(turn) if session.page else leave_identity(turn)
        case Phase.RECHECK | Phase.AIM | Phase.RESULT | Phase.WELCOME:
            return _back_from_outcome(turn)


def _back_from_outcome(turn: Turn) -> Step:
    """From a list, or from a question that was asked back, to what is above it; else out of the phase."""
    session = turn.session
    match session.phase:
        case Phase.RECHECK | Phase.AIM if session.list:
            return _browse(turn, "")
        case Phase.RECHECK:
            return turn.go("leave_recheck", session.but(picked=()))
        case Phase.AIM:
            return leave_aim(turn)
        case Phase.RESULT if session.page:
            return Step(session.but(page=""))
        case _:
            return turn.refuse(Refusal.NO_WAY_BACK)


def _browse(turn: Turn, page: str) -> Step:
    session = turn.session
    match session.phase:
        case Phase.RECHECK if page in ("", *lists(turn.rubric, NAMED)):
            return Step(session.but(page=page))
        case Phase.AIM if page in ("", *lists(turn.rubric, AT_ONCE)):
            half = session.half.value
            return Step(session.but(page=f"{half}.{page}" if page else half))
        case Phase.RECHECK | Phase.AIM:
            return turn.refuse(Refusal.UNKNOWN_ITEM)
        case _:
            return turn.refuse(Refusal.NOT_HERE)


def _back_from_firm(turn: Turn) -> Step:
    session = turn.session
    if session.page == FirmField.KIND:
        return Step(session.but(page=FirmField.NAME.value))
    return resume(turn, session) if session.begun else turn.go("greet", session.but(page=""))


def _back_from_item(turn: Turn) -> Step:
    session = turn.session
    inner, draft = _draft_before(current_draft(session))
    if inner:
        return turn.draft(draft)
    if session.trail:
        return show_item(turn, session.but(trail=session.trail[:-1]), session.trail[-1])
    if session.baseline:
        return _back_from_recheck(turn, session.baseline)
    return turn.go("edit_firm", session.but(page=FirmField.KIND.value))


def _back_from_recheck(turn: Turn, old: Baseline) -> Step:
    """As long as nothing is begun or changed, what has happened may be chosen again; the old result is as it was."""
    session = turn.session
    if session.drafts or session.record != old.record:
        return turn.go("review", session.but(page=""))
    result = session.but(
        id=old.id,
        page="",
        agenda=(),
        drafts={},
        baseline=old.before,
        started_at=old.started_at or old.finished_at,
        finished_at=old.finished_at,
    )
    return turn.go("rechoose", result)


def _draft_before(draft: Draft | None) -> tuple[bool, Draft | None]:
    """Whether there is a step back inside the item, and the draft that it leads to."""
    match draft:
        case Climbing(met=met):
            return True, Climbing(met=met - 1) if met else None
        case Entering():
            return True, None
        case Confirming():
            return True, Entering()
        case Doubting(before=before, fuelling=fuelling):
            return True, fuelling or (before if before.values or before.energy else None)
        case Proposing(under=under):
            return True, under
        case Fuelling(fuel=None, entering=entering):
            return True, entering
        case Fuelling():
            return True, draft.model_copy(update={"fuel": None})
        case _:
            return False, draft


def _jump(turn: Turn, item: str) -> Step:
    if item not in turn.rubric.items:
        return turn.refuse(Refusal.UNKNOWN_ITEM)
    session = turn.session
    if session.phase is Phase.RECHECK:  # the assessment is finished: only its successor is asked
        return turn.refuse(Refusal.NOT_HERE)
    if session.asking and session.item and session.item != item:
        session = session.but(trail=_with_last(session.trail, session.item))
    return show_item(turn, session, item)


def _overview(turn: Turn, page: str) -> Step:
    if page and page not in review_pages(turn.rubric):
        return turn.refuse(Refusal.UNKNOWN_ITEM)
    return turn.go("review", turn.session.but(page=page))


def keep(turn: Turn) -> Step:
    """The present answer stays as it is."""
    session = turn.session
    if not session.asking:
        return turn.refuse(Refusal.NOT_HERE)
    if session.item is None or item_answer(session.record, session.item) is None:
        return turn.refuse(Refusal.NOTHING_TO_KEEP)
    session = with_draft(session, None).but(agenda=tuple(item for item in session.agenda if item != session.item))
    return advance(turn, session)


def _park(turn: Turn) -> Step:
    session = turn.session
    if not session.asking or session.item is None:
        return turn.refuse(Refusal.NOT_HERE)
    session, events = park(turn.rubric, session, session.item)
    return advance(turn, session, *events)


def _choose_language(turn: Turn, language: str) -> Step:
    if language not in spoken():
        return turn.refuse(Refusal.UNKNOWN_LANGUAGE)
    session = turn.session.but(language=language)
    if session.phase is Phase.WELCOME:
        return turn.go("begin", session.but(page=FirmField.NAME.value))
    return Step(session)


def _resume(turn: Turn) -> Step:
    session = turn.session.but(paused=False)
    if not session.asking and session.phase not in (Phase.REVIEW, Phase.PROVISIONAL):
        return Step(session, (Resumed(),))
    if _is_enough(turn, session):
        session = session.but(quick=False)  # who goes on after that wants to answer the rest
    return resume(turn, session, Resumed())


def _quicken(turn: Turn) -> Step:
    """At the welcome it is only remembered: language and privacy come first. What is begun at an item stays begun."""
    session = turn.session
    if session.baseline or session.phase in (Phase.RESULT, Phase.RECHECK):
        return turn.refuse(Refusal.NOT_HERE)
    if not session.agenda and not session.parked:
        return turn.refuse(Refusal.ALL_ANSWERED)
    if session.phase is Phase.WELCOME:
        return Step(session.but(quick=True), (QuickBegun(),))
    grade = settled_grade(turn.rubric, session)
    event = QuickBegun() if grade is None else GradeSettled(grade)
    trail = _with_last(session.trail, session.item) if session.asking and session.item else session.trail
    return resume(turn, session.but(quick=True, trail=trail), event)


def resume(turn: Turn, session: Session, *events: Event) -> Step:
    """Go on at the first open item, or the one that settles the grade soonest; parked ones come up when nothing
    else is open; else the review. In the quick order a settled grade is the end.
    """
    if _is_enough(turn, session):
        return turn.go("preview", session.but(page=""), *events)
    if not session.agenda and session.parked:
        session = unpark(turn.rubric, session)
    if not session.agenda:
        return _all_asked(turn, session, *events)
    first = quick_item(turn.rubric, session) if session.quick else None
    return show_item(turn, session, first or session.agenda[0], *events)


def onward(turn: Turn, session: Session, *events: Event) -> Step:
    """From what was said to what is still to be asked: about the firm, if nothing else was on the screen yet."""
    if session.begun or session.baseline:
        return resume(turn, session, *events)
    page = FirmField.KIND if session.firm.name else FirmField.NAME
    return turn.go("begin", session.but(page=page.value), *events)
