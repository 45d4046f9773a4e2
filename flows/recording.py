"""Writing answers into the session. The invariants of a record are kept here and nowhere else:

* an item is answered, on the agenda, parked, or (in a re-check) kept as it was; parked items are unanswered;
* figures agree with the letters that they gave, always: a shared figure that changes withdraws what it
  contradicts, and a letter chosen by hand drops the figures that only its question uses.
"""

from flows.events import AnswerValue, Event, Parked, Recorded, Withdrawn
from flows.session import Confirming, Draft, Entering, Record, Session
from scoring.answers import Answers, questions_with_figures
from scoring.errors import AnswersError
from scoring.figures import Figures, FigureValue, derive, years_of_series
from scoring.rubric import Question, Rubric


def item_answer(record: Record, item: str) -> AnswerValue | None:
    """The letters or the level of an item; None if it is unknown."""
    level = record.levels.get(item)
    return record.choices.get(item) if level is None else level


def answers_of(rubric: Rubric, record: Record) -> Answers:
    """The record in the form that is scored, with the calculations behind its letters."""
    derivations = {
        question.id: derivation
        for question in questions_with_figures(rubric)
        if question.id in record.choices and (derivation := derive(question, record.figures))
    }
    return Answers(rubric.id, record.choices, record.levels, record.figures, derivations)


def known_figure(rubric: Rubric, record: Record, name: str) -> FigureValue | None:
    """A figure that was given, or is one year of a series that was given: nobody is asked twice."""
    return record.figures.get(name, years_of_series(rubric, record.figures).get(name))


def own_figures(rubric: Rubric, item: str) -> set[str]:
    """The figures that only this question asks for."""
    return {name for name, items in rubric.asked_at.items() if items == (item,)}


def record_level(session: Session, item: str, level: int) -> tuple[Session, tuple[Event, ...]]:
    """Write a scenario's level."""
    record = session.record
    event = Recorded(item, record.levels.get(item), level)
    changed = record.model_copy(update={"levels": {**record.levels, item: level}})
    return _closed(session, item, changed), (event,)


def record_letters(
    rubric: Rubric, session: Session, item: str, letters: tuple[str, ...]
) -> tuple[Session, tuple[Event, ...]]:
    """Write letters chosen by hand."""
    record = _without_figures(session.record, own_figures(rubric, item))
    event = Recorded(item, record.choices.get(item), letters)
    changed = record.model_copy(update={"choices": {**record.choices, item: letters}})
    return _reworked(rubric, _with_amounts(_closed(session, item, changed), session.record)), (event,)


def record_figures(
    rubric: Rubric, session: Session, item: str, option: str, entered: Entering
) -> tuple[Session, tuple[Event, ...]]:
    """Write the option that figures gave, and the figures; withdraw other answers that these contradict."""
    record = session.record
    figures = {**record.figures, **complete_figures(rubric, record, item, entered)}
    figures.update({**_series_again(rubric, figures, entered), **_years_again(rubric, figures, entered)})
    energy = {name: use for name, use in record.energy.items() if name not in entered.values} | entered.energy
    event = Recorded(item, record.choices.get(item), (option,))
    choices = {**record.choices, item: (option,)}
    changed = record.model_copy(update={"choices": choices, "figures": figures, "energy": energy})
    session = session.but(amounts={name: use for name, use in session.amounts.items() if name not in entered.values})
    new = {name for name, value in figures.items() if record.figures.get(name) != value}
    session, events = _withdraw_contradicted(rubric, _closed(session, item, changed), new)
    return _reworked(rubric, session), (event, *events)


def complete_figures(rubric: Rubric, record: Record, item: str, entered: Entering) -> dict[str, FigureValue]:
    """What a question asks for, as far as it is known: typed now, or known from before."""
    rule = rubric.question[item].figures
    names = rule.asks if rule else ()
    known = {name: entered.values.get(name, known_figure(rubric, record, name)) for name in names}
    return {name: value for name, value in known.items() if value is not None}


def open_figures(rubric: Rubric, record: Record, item: str, entered: Entering) -> list[str]:
    """The figures still to be asked, in order. If all are on record, the question's own are asked again."""
    rule = rubric.question[item].figures
    names = rule.asks if rule else ()
    known = [name for name in names if known_figure(rubric, record, name) is not None]
    again = [name for name in names if len(known) == len(names) and _asked_first(rubric, record, name) == item]
    return [name for name in names if name not in entered.values and (name not in known or name in again)]


def _asked_first(rubric: Rubric, record: Record, name: str) -> str | None:
    """The question at which a figure belongs; None if it is a year of a series on record."""
    year = rubric.figure[name].year_of
    if year and year.series in record.figures:
        return None
    return next(iter(rubric.asked_at[name]), None)


def _years_again(rubric: Rubric, figures: Figures, entered: Entering) -> Figures:
    """Years that were taken from a series follow it when it is typed again."""
    years = years_of_series(rubric, entered.values)
    return {name: value for name, value in years.items() if name in figures}


def _series_again(rubric: Rubric, figures: Figures, entered: Entering) -> Figures:
    """And a series follows its year: a firm has one revenue a year, and what was typed last counts."""
    again: dict[str, FigureValue] = {}
    for name in rubric.years.keys() & entered.values.keys():
        year, value = rubric.years[name], entered.values[name]
        series = again.get(year.series, figures.get(year.series))
        if (
            year.series not in entered.values
            and isinstance(series, tuple)
            and not isinstance(value, tuple)
            and len(series) >= year.back
        ):
            again[year.series] = (*series[: -year.back], value, *series[len(series) - year.back + 1 :])
    return again


def _withdraw_contradicted(rubric: Rubric, session: Session, new: set[str]) -> tuple[Session, list[Event]]:
    """Of the answers that use a new figure, park those that it contradicts."""
    events: list[Event] = []
    for item, rule in rubric.rules_of_figures.items():
        before = None if new.isdisjoint(rule.asks) else session.record.choices.get(item)
        if before is not None and _contradicted(rubric.question[item], session.record, before):
            session, _ = park(rubric, session, item)
            events.append(Withdrawn(item, before))
    return session, events


def _contradicted(question: Question, record: Record, letters: tuple[str, ...]) -> bool:
    try:
        derivation = derive(question, record.figures)
    except AnswersError:
        return True
    return derivation is not None and letters != (derivation.option,)


def _reworked(rubric: Rubric, session: Session) -> Session:
    """Figures that wait at other items are worked out anew, since one behind them may have changed."""
    if not session.drafts:
        return session
    drafts = {
        item: _rework(rubric, session.record, item, draft) if isinstance(draft, Entering | Confirming) else draft
        for item, draft in session.drafts.items()
    }
    return session.but(drafts=drafts)


def _rework(rubric: Rubric, record: Record, item: str, draft: Entering | Confirming) -> Draft:
    entering = draft if isinstance(draft, Entering) else draft.entering
    if open_figures(rubric, record, item, entering):
        return entering
    try:
        derivation = derive(rubric.question[item], complete_figures(rubric, record, item, entering))
    except AnswersError:
        return Entering()
    if derivation is None:
        return entering
    return Confirming(entering=entering, option=derivation.option, calculation=derivation.calculation)


def park(rubric: Rubric, session: Session, item: str) -> tuple[Session, tuple[Event, ...]]:
    """Put an item off: it is unknown from now on, and listed at the review."""
    before = item_answer(session.record, item)
    record = _without_figures(session.record, own_figures(rubric, item))
    record = record.model_copy(
        update={
            "choices": {name: letters for name, letters in record.choices.items() if name != item},
            "levels": {name: level for name, level in record.levels.items() if name != item},
        }
    )
    parked = tuple(name for name in rubric.items if name in session.parked or name == item)
    closed = _with_amounts(_closed(session, item, record).but(parked=parked), session.record)
    return _reworked(rubric, closed), (Parked(item, before),)


def unpark(rubric: Rubric, session: Session) -> Session:
    """Put all parked items back on the agenda."""
    return session.but(agenda=tuple(item for item in rubric.items if item in session.parked), parked=())


def _closed(session: Session, item: str, record: Record) -> Session:
    """With this record, the item is neither open nor parked, and nothing is begun at it."""
    return session.but(
        record=record,
        drafts={name: draft for name, draft in session.drafts.items() if name != item},
        agenda=tuple(name for name in session.agenda if name != item),
        parked=tuple(name for name in session.parked if name != item),
    )


def _with_amounts(session: Session, before: Record) -> Session:
    """What the energy calculator was told stays with it when the figure is dropped that it gave."""
    dropped = {name: use for name, use in before.energy.items() if name not in session.record.energy}
    return session.but(amounts={**dropped, **session.amounts})


def _without_figures(record: Record, names: set[str]) -> Record:
    if not names:
        return record
    return record.model_copy(
        update={
            "figures": {name: value for name, value in record.figures.items() if name not in names},
            "energy": {name: use for name, use in record.energy.items() if name not in names},
        }
    )
