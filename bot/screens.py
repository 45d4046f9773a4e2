"""A card as text and choices, the same for every channel: what is asked, the lettered options, what can be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from bot.intents import Detail, Intent, Wish
from bot.wording import Wording
from flows.cards import (
    Card,
    CommitmentCard,
    ConfirmCard,
    EnergyCard,
    FigureCard,
    FirmKindCard,
    FirmNameCard,
    LadderCard,
    LevelCard,
    PausedCard,
    ProvisionalCard,
    QuestionCard,
    RecheckCard,
    ResultCard,
    ReviewCard,
    WelcomeCard,
)
from flows.inputs import (
    Anew,
    Answer,
    Back,
    ChooseFuel,
    ChooseKind,
    ChooseLanguage,
    ChooseSide,
    Commit,
    Confirm,
    Done,
    EditFirm,
    EnterFigures,
    Help,
    Jump,
    Keep,
    OpenEnergy,
    Overview,
    Park,
    Pause,
    Pick,
    PickLevel,
    Provisional,
    Recheck,
    Resume,
    Rung,
    Skip,
    Submit,
    TakeLevel,
    Tick,
)
from flows.progress import Progress
from flows.session import EnergySide
from locales import LANGUAGES
from scoring.rubric import Question


@dataclass(frozen=True, slots=True)
class Choice:
    """A line that can be chosen by its key: a letter, or a number."""

    key: str
    text: str
    wish: Wish
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done here; `name` finds its label and its words in the catalogues."""

    name: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Screen:
    """A card in words. `hint` says what to type; the first action is what an empty line does, if `default`."""

    title: str
    header: str = ""
    body: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    actions: tuple[Action, ...] = ()
    default: Wish | None = None


PAUSE = Action("pause", Intent(Pause))
BACK = Action("back", Intent(Back))
HELP = Action("help", Intent(Help))
OVERVIEW = Action("overview", Intent(Overview))
PARK = Action("park", Intent(Park))
KEEP = Action("keep", Intent(Keep))
DONE = Action("done", Intent(Done))
MOVES = (BACK, PARK, HELP, OVERVIEW, PAUSE)


def screen_of(card: Card, words: Wording) -> Screen:
    """The screen of any card. Results are written by `bot.results`; here they have their actions only."""
    match card:
        case QuestionCard() | FigureCard() | ConfirmCard() | EnergyCard():
            return _of_question(card, words)
        case LadderCard():
            return _ladder(card, words)
        case LevelCard():
            return _levels(card, words)
        case ReviewCard():
            return _review(card, words)
        case RecheckCard():
            return _recheck(card, words)
        case WelcomeCard() | FirmNameCard() | FirmKindCard() | PausedCard():
            return _opening(card, words)
        case CommitmentCard() | ProvisionalCard() | ResultCard():
            return _outcome(card, words)
        case _:
            assert_never(card)


def _of_question(card: QuestionCard | FigureCard | ConfirmCard | EnergyCard, words: Wording) -> Screen:
    match card:
        case QuestionCard():
            return _question(card, words)
        case FigureCard():
            return _figure(card, words)
        case ConfirmCard():
            return _confirm(card, words)
        case EnergyCard():
            return _energy(card, words)


# welcome and firm


def _opening(card: WelcomeCard | FirmNameCard | FirmKindCard | PausedCard, words: Wording) -> Screen:
    text = words.text
    match card:
        case WelcomeCard():
            return _welcome(words)
        case FirmNameCard(name=name):
            kept = (text("firm.name.present", name=name),) if name else ()
            return Screen(
                text("firm.name.title"),
                header=text("firm.header"),
                body=kept,
                hint=text("firm.name.hint"),
                actions=(Action("skip", Intent(Skip)), BACK, HELP, PAUSE),
                default=Intent(Skip),
            )
        case FirmKindCard(kinds=kinds, kind=present):
            choices = tuple(
                Choice(_letter(i), text(f"kind.{kind.value}"), Intent(ChooseKind, (kind,)), kind == present)
                for i, kind in enumerate(kinds)
            )
            actions = (Action("skip", Intent(Skip)), BACK, HELP, PAUSE)
            return Screen(
                text("firm.kind.title"), text("firm.header"), (), choices, text("firm.kind.hint"), actions, Intent(Skip)
            )
        case PausedCard(progress=progress):
            resume = Intent(Resume)
            return Screen(
                text("paused.title"),
                header=_progress(progress, words),
                hint=text("paused.hint"),
                actions=(Action("resume", resume),),
                default=resume,
            )


def _welcome(words: Wording) -> Screen:
    text = words.text
    choices = tuple(
        Choice(str(i), text(f"language.{language}"), Intent(ChooseLanguage, (language,)), language == words.language)
        for i, language in enumerate(LANGUAGES, start=1)
    )
    return Screen(
        text("welcome.title"),
        body=(
            text("welcome.what", title=words.rubric.title),
            text("welcome.how"),
            text("welcome.stored"),
            *(() if words.rubric.official else (text("rubric.unofficial"),)),
        ),
        choices=choices,
        hint=text("welcome.hint"),
        actions=(HELP, PAUSE),
        default=Intent(ChooseLanguage, (words.language,)),
    )


def _letter(position: int) -> str:
    return chr(ord("A") + position)


def _progress(progress: Progress, words: Wording) -> str:
    parts = [
        words.text("progress.position", position=progress.position, total=progress.total) if progress.position else "",
        words.text.count("progress.minutes", progress.minutes) if progress.minutes else "",
        words.text("progress.parked", parked=progress.parked) if progress.parked else "",
    ]
    return words.text("progress.separator").join(part for part in parts if part)


# questions


def _header(progress: Progress, place: Sequence[str], words: Wording) -> str:
    return words.text("progress.separator").join(
        [_progress(progress, words), words.text("place.separator").join(place)]
    )


def _place(question: Question, words: Wording) -> tuple[str, str]:
    indicator = next(entry for entry in words.rubric.indicators if entry.id == question.indicator)
    return words.page_name(indicator.dimension), question.item


def _question(card: QuestionCard, words: Wording) -> Screen:
    question, text = card.question, words.text
    question = words.rubric.question[question.id]
    multiple = question.type == "multiple"
    choices = tuple(
        Choice(
            option.id,
            option.text,
            Intent(Tick, (option.id, option.id not in card.ticked)) if multiple else Intent(Answer, ((option.id,),)),
            option.id in card.ticked,
        )
        for option in question.options
    )
    actions = [DONE] if multiple else []
    if question.figures:
        actions.append(Action("figures", Intent(EnterFigures)))
        if any(words.rubric.figure[name].kind == "energy" for name in question.figures.asks):
            actions.append(Action("energy", Intent(OpenEnergy)))
    if card.answered:
        actions.append(KEEP)
    return Screen(
        question.text,
        header=_header(card.progress, _place(question, words), words),
        body=(text("question.present", answer=words.answer(card.answered)),) if card.answered else (),
        choices=choices,
        hint=_question_hint(question, words),
        actions=(*actions, *MOVES),
    )


def _question_hint(question: Question, words: Wording) -> str:
    hint = words.text(f"question.hint.{question.type}")
    if not question.figures:
        return hint
    asked = words.text("list.separator").join(words.figure(name) for name in question.figures.asks)
    return hint + words.text("question.hint.figures", figures=asked)


def _figure(card: FigureCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    series = words.rubric.figure[card.figure].kind == "series"
    actions = [Action("energy", Intent(OpenEnergy))] if card.energy else []
    return Screen(
        text("figure.title", figure=words.figure(card.figure)),
        header=_header(card.progress, _place(question, words), words),
        body=(question.text, *_known(card, words)),
        hint=text("figure.hint.series" if series else "figure.hint.energy" if card.energy else "figure.hint"),
        actions=(*actions, *MOVES),
    )


def _known(card: FigureCard, words: Wording) -> Iterable[str]:
    for name, value in card.known.items():
        yield words.text("figure.known", name=words.rubric.figure[name].name, value=words.value(name, value))


def calculation(text: str) -> str:
    """A calculation with the signs that people write."""
    return text.replace(" / ", " ÷ ").replace(" - ", " − ").replace("= -", "= −")


def _confirm(card: ConfirmCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    chosen = next(option for option in question.options if option.id == card.option)
    yes = Intent(Confirm)
    return Screen(
        text("confirm.title", option=chosen.id, text=chosen.text),
        header=_header(card.progress, _place(question, words), words),
        body=(question.text, calculation(card.calculation)),
        hint=text("confirm.hint"),
        actions=(Action("yes", yes), Action("no", Intent(Back)), *MOVES),
        default=yes,
    )


def _energy(card: EnergyCard, words: Wording) -> Screen:
    question, text = words.rubric.question[card.question.id], words.text
    header = _header(card.progress, _place(question, words), words)
    if card.fuel:
        fuel = words.rubric.fuel[card.fuel]
        title = text("energy.amount", fuel=fuel.name, unit=fuel.unit)
        return Screen(title, header, hint=text("energy.amount.hint"), actions=(BACK, HELP, PAUSE))
    amounts = card.use.side(card.side)
    choices = tuple(
        Choice(
            str(i),
            text("energy.fuel", fuel=fuel.name, unit=fuel.unit, amount=amounts.get(fuel.id, "—")),
            Intent(ChooseFuel, (fuel.id,)),
            fuel.id in amounts,
        )
        for i, fuel in enumerate(words.rubric.energy, start=1)
    )
    total = (text("energy.total", calculation=calculation(card.total.calculation)),) if card.total else ()
    sides = (Action(f"energy.{side.value}", Intent(ChooseSide, (side,))) for side in EnergySide if side != card.side)
    return Screen(
        text("energy.title", figure=words.rubric.figure[card.figure].name, side=text(f"energy.{card.side.value}.name")),
        header=header,
        body=total,
        choices=choices,
        hint=text("energy.hint"),
        actions=(DONE, *sides, BACK, HELP, PAUSE),
    )


# scenarios


def _scenario_title(name: str, words: Wording, *, restrictive: bool) -> str:
    return words.text("scenario.restrictive" if restrictive else "scenario.guiding", name=name)


def _ladder(card: LadderCard, words: Wording) -> Screen:
    scenario, text = words.rubric.scenario[card.scenario.id], words.text
    level = words.level_name(card.level)
    present = (text("scenario.present", level=words.level_name(card.answered)),) if card.answered is not None else ()
    kept = (KEEP,) if card.answered is not None else ()
    return Screen(
        _scenario_title(scenario.name, words, restrictive=scenario.restrictive),
        header=_header(card.progress, (words.rubric.operations, scenario.group), words),
        body=(*present, text("ladder.requirement", level=level, text=scenario.levels[card.level - 1])),
        hint=text("ladder.hint"),
        actions=(
            Action("met", Intent(Rung, (True,))),
            Action("unmet", Intent(Rung, (False,))),
            Action("levels", Intent(PickLevel)),
            *kept,
            *MOVES,
        ),
    )


def _levels(card: LevelCard, words: Wording) -> Screen:
    scenario, text = words.rubric.scenario[card.scenario.id], words.text
    requirements = (text("levels.zero"), *scenario.levels)
    choices = tuple(
        Choice(
            str(level),
            requirement if not level else text("levels.line", level=words.level_name(level), text=requirement),
            Intent(TakeLevel, (level,)),
            level == card.answered,
        )
        for level, requirement in enumerate(requirements)
    )
    return Screen(
        _scenario_title(scenario.name, words, restrictive=scenario.restrictive),
        header=_header(card.progress, (words.rubric.operations, scenario.group), words),
        body=(text("levels.reminder"),),
        choices=choices,
        hint=text("levels.hint", top=len(scenario.levels)),
        actions=MOVES,
    )


# review


def _review(card: ReviewCard, words: Wording) -> Screen:
    return _review_page(card, words) if card.page else _summary(card, words)


def _summary(card: ReviewCard, words: Wording) -> Screen:
    text = words.text
    parked = (text("review.parked", items=words.items(card.parked)),) if card.parked else ()
    waiting = (text.count("review.open", len(card.open)),) if card.open else ()
    choices = tuple(
        Choice(
            _letter(i),
            text(
                "review.page",
                page=words.page_name(page),
                answered=sum(item in card.answers for item in items),
                total=len(items),
            ),
            Intent(Overview, (page,)),
        )
        for i, (page, items) in enumerate(card.pages.items())
    )
    last = Action("submit", Intent(Submit)) if card.complete else Action("provisional", Intent(Provisional))
    going_on = () if card.complete else (Action("resume", Intent(Resume)),)
    return Screen(
        text("review.title.complete" if card.complete else "review.title"),
        header=_progress(card.progress, words),
        body=(*parked, *waiting),
        choices=choices,
        hint=text("review.hint.complete" if card.complete else "review.hint"),
        actions=(*going_on, last, Action("firm", Intent(EditFirm)), BACK, HELP, PAUSE),
        default=Intent(Submit) if card.complete else Intent(Resume),
    )


def _review_page(card: ReviewCard, words: Wording) -> Screen:
    """Every answer of a dimension; what is parked stands first."""
    text = words.text
    items = sorted(card.pages[card.page], key=lambda item: item not in card.parked)
    choices = tuple(_review_line(card, item, words) for item in items)
    return Screen(
        text("review.page.title", page=words.page_name(card.page)),
        header=_progress(card.progress, words),
        choices=choices,
        hint=text("review.page.hint"),
        actions=(BACK, Action("resume", Intent(Resume)), PAUSE),
        default=Intent(Back),
    )


def _review_line(card: ReviewCard, item: str, words: Wording) -> Choice:
    parked = item in card.parked
    answer = words.text("answer.parked") if parked else words.answer(card.answers.get(item))
    line = words.text("review.line", item=words.item_label(item), answer=answer)
    return Choice(str(words.item_number(item)), line, Intent(Jump, (item,)), parked)


# outcome


def _outcome(card: CommitmentCard | ProvisionalCard | ResultCard, words: Wording) -> Screen:
    text = words.text
    match card:
        case CommitmentCard(firm=firm):
            who = firm or text("commitment.firm")
            return Screen(
                text("commitment.title"),
                body=(text("commitment.text", firm=who),),
                hint=text("commitment.hint"),
                actions=(Action("commit", Intent(Commit)), BACK, HELP, PAUSE),
            )
        case ProvisionalCard(missing=missing):
            return Screen(
                text.count("provisional.title", missing),
                hint=text("provisional.hint"),
                actions=(Action("resume", Intent(Resume)), *_details(), OVERVIEW, PAUSE),
                default=Intent(Resume),
            )
        case ResultCard():
            return Screen(
                text("result.title"),
                hint=text("result.hint"),
                actions=(*_details(), Action("recheck", Intent(Recheck)), Action("anew", Intent(Anew)), PAUSE),
            )


def _details() -> tuple[Action, ...]:
    return tuple(Action(detail.value, detail) for detail in (Detail.GAP, Detail.PLAN, Detail.PROOF))


def _recheck(card: RecheckCard, words: Wording) -> Screen:
    """By event (letters) or item by item (numbers)."""
    text = words.text
    events = tuple(
        Choice(
            _letter(i),
            text("recheck.change", change=text(f"change.{name}"), items=words.items(items)),
            Intent(Pick, (items, not set(items) <= set(card.picked))),
            set(items) <= set(card.picked),
        )
        for i, (name, items) in enumerate(card.changes.items())
    )
    singles = tuple(
        Choice(
            str(words.item_number(item)),
            words.item_label(item),
            Intent(Pick, ((item,), item not in card.picked)),
            item in card.picked,
        )
        for item in words.rubric.items
    )
    picked = (text("recheck.picked", items=words.items(card.picked)),) if card.picked else ()
    return Screen(
        text("recheck.title"),
        body=picked,
        choices=(*events, *singles),
        hint=text("recheck.hint"),
        actions=(DONE, BACK, HELP, PAUSE),
    )
