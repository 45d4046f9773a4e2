"""Everything a person can do, as a closed union. Which card an input answers is said beside it, by a `CardRef`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flows.session import AimPage, EnergySide, FirmFact, FirmKind, PaperKind
from scoring.figures import FigureValue, Number

# moving about


@dataclass(frozen=True, slots=True)
class Back:
    """One step back: inside an item first, then to the item before."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Straight to an item."""

    item: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The review, or one page of it: a dimension's id, the operations, or "" for the summary."""

    page: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """Leave the present answer as it is and go on."""


@dataclass(frozen=True, slots=True)
class KeepRest:
    """In a re-check: this answer as it stands (what is ticked counts), and all others as they were."""


@dataclass(frozen=True, slots=True)
class Browse:
    """To a page of a list that is too long for one screen; "" is the first."""

    page: str


@dataclass(frozen=True, slots=True)
class Park:
    """Ask me later."""


@dataclass(frozen=True, slots=True)
class Help:
    """What does this item mean?"""


@dataclass(frozen=True, slots=True)
class Pause:
    """Enough for now."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on, at the first open item; after the end of the quick order, with the rest."""


@dataclass(frozen=True, slots=True)
class Quick:
    """Ask in the order that settles the grade soonest, and stop when it is settled."""


# welcome and firm


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Speak this language; on the welcome card this also begins."""

    language: str


@dataclass(frozen=True, slots=True)
class NameFirm:
    """The firm's name."""

    name: str


@dataclass(frozen=True, slots=True)
class ChooseKind:
    """The firm's kind."""

    kind: FirmKind


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave this thing about the firm open."""


@dataclass(frozen=True, slots=True)
class EditFirm:
    """Change the firm's name or kind, from the review."""


# who the firm is, on paper


@dataclass(frozen=True, slots=True)
class Identify:
    """Show what papers tell of the firm; `fact` is what one types next. `paper` is made as soon as that is settled."""

    paper: PaperKind | None = None
    fact: FirmFact | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Facts as they were typed, "" for what is not to be told; `done`: there is no more to come."""

    facts: Mapping[FirmFact, str]
    done: bool = False


# questions


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer at once: one letter, or all letters of a multiple choice."""

    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """Set or clear one option of a multiple choice; doing it twice does no harm."""

    letter: str
    on: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What is ticked, listed or picked is complete."""


@dataclass(frozen=True, slots=True)
class EnterFigures:
    """I would rather give the figures."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Figures as typed, in the order in which they are asked."""

    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by their names, in the official units; those that are not named are asked next."""

    values: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class Fuels:
    """Amounts of several fuels for an energy figure, each in its own unit; the sum is shown before it counts.

    `converted`: what the standard's table does not have, and was worked out by a coefficient of ours.
    """

    figure: str
    amounts: Mapping[str, Number]
    converted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeReading:
    """Of the ways to read figures that can hardly be, this one is meant; the first is as they were typed."""

    position: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """The option that the figures give is right."""


@dataclass(frozen=True, slots=True)
class OpenEnergy:
    """Work out the energy figure fuel by fuel."""


@dataclass(frozen=True, slots=True)
class ChooseFuel:
    """This fuel's amount comes next."""

    fuel: str


@dataclass(frozen=True, slots=True)
class ChooseSide:
    """Amounts that follow were consumed, produced by conversion, or recovered."""

    side: EnergySide


# scenarios


@dataclass(frozen=True, slots=True)
class Rung:
    """The level shown is fully met, or not."""

    met: bool


@dataclass(frozen=True, slots=True)
class PickLevel:
    """Show all four levels."""


@dataclass(frozen=True, slots=True)
class Climb:
    """Ask level by level."""


@dataclass(frozen=True, slots=True)
class TakeLevel:
    """This level, with all lower ones fully met."""

    level: int


# what was said in one's own words


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that somebody's words come to, to be agreed to: letters of a question, or a level of a scenario.

    `answer` is the least that the words say, `most` the highest level that they may mean, `said` the words themselves,
    `figures` those that give the letters, `ask` the name of the question that would tell whether it is more.
    """

    item: str
    answer: tuple[str, ...] | int
    said: str
    figures: Mapping[str, FigureValue] = field(default_factory=dict)
    most: int | None = None
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Propose:
    """This is what I understood; it records nothing."""

    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Agree:
    """What is proposed for these items is right; what was crossed out among them is dropped."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amend:
    """Something else is right for this item; None: nothing of it is."""

    item: str
    answer: tuple[str, ...] | int | None


@dataclass(frozen=True, slots=True)
class Discard:
    """Nothing of what is proposed for these items is right."""

    items: tuple[str, ...]


# review, commitment, result


@dataclass(frozen=True, slots=True)
class Submit:
    """All is answered: on to the commitment."""


@dataclass(frozen=True, slots=True)
class Provisional:
    """Show what it comes to so far."""


@dataclass(frozen=True, slots=True)
class Commit:
    """I commit that the answers are true (真实性承诺)."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Something has changed since this result."""


@dataclass(frozen=True, slots=True)
class Pick:
    """These items have changed: they are asked at once, with those marked before. Or, `on` false: unmark them."""

    items: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class Anew:
    """Start a new assessment: asked first whether that is meant, then done."""


# what to aim for


@dataclass(frozen=True, slots=True)
class Aim:
    """Show the plan to a grade, or "what if"."""

    page: AimPage


@dataclass(frozen=True, slots=True)
class AimAt:
    """Plan for this grade."""

    grade: int


class Wanted(StrEnum):
    """What is wished of an item in the plan: it must be in, it must not, or either."""

    PINNED = "pinned"
    EXCLUDED = "excluded"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Want:
    """A wish for the plan."""

    item: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Suppose:
    """What if the answer to this item were another? None: as it is."""

    item: str
    answer: tuple[str, ...] | int | None


@dataclass(frozen=True, slots=True)
class KeepTarget:
    """What is shown, a plan or what was supposed, is the aim from now on."""


@dataclass(frozen=True, slots=True)
class ClearAim:
    """No wishes any more, or nothing supposed."""


MoveInput = Back | Jump | Overview | Browse | Keep | Park | Help | Pause | Resume | Quick | ChooseLanguage
IdentityInput = Identify | Tell
FirmInput = NameFirm | ChooseKind | Skip | EditFirm | IdentityInput
QuestionInput = Answer | Tick | EnterFigures | Numbers | Figures | TakeReading | Confirm
EnergyInput = OpenEnergy | ChooseFuel | ChooseSide | Fuels
ScenarioInput = Rung | PickLevel | Climb | TakeLevel
ProposalInput = Propose | Agree | Amend | Discard
OutcomeInput = Submit | Provisional | Commit | Recheck | Pick | KeepRest | Anew
AimInput = Aim | AimAt | Want | Suppose | KeepTarget | ClearAim
AnyInput = (
    MoveInput | FirmInput | QuestionInput | EnergyInput | ScenarioInput | ProposalInput | OutcomeInput | AimInput | Done
)
