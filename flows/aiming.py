"""What to aim for, from a result on: a plan to any grade above under wishes, and "what if".

Both look ahead only. The record stays as it is; wishes, what is supposed and the kept target live in the goal.
"""

from collections.abc import Mapping
from functools import reduce

from flows.events import AnswerValue, Refusal, TargetKept
from flows.inputs import Aim, AimAt, AimInput, ClearAim, KeepTarget, Suppose, Want, Wanted
from flows.recording import answers_of, item_answer
from flows.session import AimPage, Goal, Phase, Record, Session
from flows.turn import Step, Turn
from scoring.answers import Answers
from scoring.errors import AnswersError
from scoring.plan import Gap, Plan, plan_to
from scoring.rubric import Rubric
from scoring.sheet import Sheet, load_sheet
from scoring.whatif import changed
from scoring.wishes import WishCode, WishError, Wishes, check_wishes, raisable

REFUSALS = {
    WishCode.NOT_A_DECISION: Refusal.NOT_A_DECISION,
    WishCode.AT_TOP: Refusal.AT_TOP,
}


def aim(turn: Turn, given: AimInput) -> Step:
    """The inputs of the phase aim, and the way into it."""
    if isinstance(given, Aim):
        return turn.go("aim", turn.session.but(page=given.page.value, paper=None))
    if turn.session.phase is not Phase.AIM:
        return turn.refuse(Refusal.NOT_HERE)
    match given:
        case AimAt(grade=grade):
            return _aim_at(turn, grade)
        case Want(item=item, wanted=wanted):
            return _want(turn, item, wanted)
        case Suppose(item=item, answer=answer):
            return _suppose(turn, item, answer)
        case KeepTarget():
            return _keep(turn)
        case ClearAim():
            return _clear(turn)


def leave(turn: Turn) -> Step:
    """Back to the result, or to what it comes to so far."""
    session = turn.session.but(page="")
    return turn.go("leave_aim" if session.finished_at else "preview", session)


def grades_above(sheet: Sheet, record: Record) -> tuple[int, ...]:
    """The grades that are still to be reached."""
    present = sheet.tally(record.choices, record.levels).grade
    return tuple(row.grade for row in sheet.grades if row.grade > present)


def planned_grade(session: Session) -> int | None:
    """The grade aimed for, else the next one; None at the highest grade."""
    above = grades_above(load_sheet(session.rubric), session.record)
    return session.goal.grade if session.goal.grade in above else next(iter(above), None)


def planned_gap(session: Session) -> Gap | None:
    """The gap to the grade that is planned for, with the least plan under the wishes; None at the highest grade.

    A wish that later answers have made void (the item is at its top now) is passed over.
    """
    sheet, record, goal, grade = load_sheet(session.rubric), session.record, session.goal, planned_grade(session)
    if grade is None:
        return None
    return plan_to(sheet, record.choices, record.levels, grade, _granted(sheet, record, goal))


def _granted(sheet: Sheet, record: Record, goal: Goal) -> Wishes:
    open_items = raisable(sheet, record.choices, record.levels)
    return Wishes(frozenset(goal.pinned).intersection(open_items), frozenset(goal.excluded))


def planned_answers(rubric: Rubric, record: Record, plan: Plan) -> dict[str, tuple[str, ...] | int]:
    """The answers of a firm that has carried a plan out."""
    questions: dict[str, tuple[str, ...] | int] = {
        step.question: reduce(
            rubric.question[step.question].kind.after, step.letters, record.choices.get(step.question, ())
        )
        for step in plan.questions
    }
    return questions | {step.scenario: step.end for step in plan.scenarios}


def supposed_answers(rubric: Rubric, session: Session) -> Answers:
    """The answers as they would be."""
    answers = answers_of(rubric, session.record)
    return changed(rubric, answers, _as_file(rubric, session.goal.supposed))


def raised(rubric: Rubric, session: Session, item: str) -> AnswerValue | None:
    """One step above what is supposed of an item, or None: from the top it goes back to what is."""
    present = session.goal.supposed.get(item, item_answer(session.record, item))
    if scenario := rubric.scenario.get(item):
        level = present if isinstance(present, int) else 0
        return level + 1 if level < len(scenario.levels) else None
    return rubric.question[item].kind.raised(present if isinstance(present, tuple) else ())


# the inputs


def _aim_at(turn: Turn, grade: int) -> Step:
    session = turn.session
    if grade not in grades_above(load_sheet(session.rubric), session.record):
        return turn.refuse(Refusal.UNKNOWN_GRADE)
    return _with_goal(turn, grade=grade)


def _want(turn: Turn, item: str, wanted: Wanted) -> Step:
    session, items = turn.session, turn.rubric.items
    if item not in items:
        return turn.refuse(Refusal.UNKNOWN_ITEM)
    if wanted is Wanted.PINNED:
        try:
            wishes = Wishes(frozenset({item}))
            check_wishes(load_sheet(session.rubric), session.record.choices, session.record.levels, wishes)
        except WishError as error:
            return turn.refuse(REFUSALS[error.faults[0].code])
    wished = dict.fromkeys(session.goal.pinned, Wanted.PINNED) | dict.fromkeys(session.goal.excluded, Wanted.EXCLUDED)
    wished[item] = wanted
    return _with_goal(
        turn,
        pinned=tuple(name for name in items if wished.get(name) is Wanted.PINNED),
        excluded=tuple(name for name in items if wished.get(name) is Wanted.EXCLUDED),
    )


def _suppose(turn: Turn, item: str, answer: AnswerValue | None) -> Step:
    session, rubric = turn.session, turn.rubric
    if item not in rubric.items:
        return turn.refuse(Refusal.UNKNOWN_ITEM)
    supposed = {name: value for name, value in session.goal.supposed.items() if name != item}
    if answer is not None and answer != item_answer(session.record, item):
        supposed[item] = answer
    try:
        changed(rubric, answers_of(rubric, session.record), _as_file(rubric, supposed))
    except AnswersError:
        return turn.refuse(Refusal.UNKNOWN_LEVEL if item in rubric.scenario else Refusal.UNKNOWN_OPTION)
    return _with_goal(turn, supposed=supposed)


def _as_file(rubric: Rubric, supposed: Mapping[str, tuple[str, ...] | int]) -> dict[str, str | list[str] | int]:
    """In the form of an answer file: a single choice is a letter, not a list of one."""
    return {item: _written(rubric, item, value) for item, value in supposed.items()}


def _written(rubric: Rubric, item: str, value: tuple[str, ...] | int) -> str | list[str] | int:
    if isinstance(value, int):
        return value
    question = rubric.question.get(item)
    return question.kind.written(value) if question else list(value)


def _keep(turn: Turn) -> Step:
    """What is kept takes the place of an earlier target."""
    session = turn.session
    if session.half is AimPage.WHAT_IF:
        target = session.goal.supposed
    else:
        gap = planned_gap(session)
        target = planned_answers(turn.rubric, session.record, gap.plan) if gap and gap.plan else {}
    if not target:
        return turn.refuse(Refusal.NOTHING_TO_AIM_AT)
    kept = {item: target[item] for item in turn.rubric.items if item in target}
    return _with_goal(turn, TargetKept(tuple(kept)), target=kept)


def _clear(turn: Turn) -> Step:
    if turn.session.half is AimPage.WHAT_IF:
        return _with_goal(turn, supposed={})
    return _with_goal(turn, grade=None, pinned=(), excluded=())


def _with_goal(turn: Turn, *events: TargetKept, **changes: object) -> Step:
    goal = turn.session.goal.model_copy(update=changes)
    return Step(turn.session.but(goal=goal), events)
