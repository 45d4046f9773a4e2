"""Everything a person can do, as a closed union. Each input names the card that it answers.

`session`, `card` and `revision` are those on the screen when the person acted; `step` refuses an input whose
card is gone, so a late or repeated tap never changes another answer.
"""

from dataclasses import dataclass
from enum import StrEnum

from flows.session import AimPage, EnergySide, FirmKind
from scoring.figures import Number


@dataclass(frozen=True, slots=True)
class Input:
    """What is common: the card that is answered."""

    session: str
    card: str
    revision: int


# moving about


@dataclass(frozen=True, slots=True)
class Back(Input):
    """One step back: inside an item first, then to the item before."""


@dataclass(frozen=True, slots=True)
class Jump(Input):
    """Straight to an item."""

    item: str


@dataclass(frozen=True, slots=True)
class Overview(Input):
    """The review, or one page of it: a dimension's id, the operations, or "" for the summary."""

    page: str = ""


@dataclass(frozen=True, slots=True)
class Keep(Input):
    """Leave the present answer as it is and go on."""


@dataclass(frozen=True, slots=True)
class Park(Input):
    """Ask me later."""


@dataclass(frozen=True, slots=True)
class Help(Input):
    """What does this item mean?"""


@dataclass(frozen=True, slots=True)
class Pause(Input):
    """Enough for now."""


@dataclass(frozen=True, slots=True)
class Resume(Input):
    """Go on, at the first open item; after the end of the quick order, with the rest."""


@dataclass(frozen=True, slots=True)
class Quick(Input):
    """Ask in the order that settles the grade soonest, and stop when it is settled."""


# welcome and firm


@dataclass(frozen=True, slots=True)
class ChooseLanguage(Input):
    """Speak this language; on the welcome card this also begins."""

    language: str


@dataclass(frozen=True, slots=True)
class NameFirm(Input):
    """The firm's name."""

    name: str


@dataclass(frozen=True, slots=True)
class ChooseKind(Input):
    """The firm's kind."""

    kind: FirmKind


@dataclass(frozen=True, slots=True)
class Skip(Input):
    """Leave this thing about the firm open."""


@dataclass(frozen=True, slots=True)
class EditFirm(Input):
    """Change the firm's name or kind, from the review."""


# questions


@dataclass(frozen=True, slots=True)
class Answer(Input):
    """The whole answer at once: one letter, or all letters of a multiple choice."""

    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick(Input):
    """Set or clear one option of a multiple choice; doing it twice does no harm."""

    letter: str
    on: bool


@dataclass(frozen=True, slots=True)
class Done(Input):
    """What is ticked, listed or picked is complete."""


@dataclass(frozen=True, slots=True)
class EnterFigures(Input):
    """I would rather give the figures."""


@dataclass(frozen=True, slots=True)
class Numbers(Input):
    """Figures as typed, in the order in which they are asked."""

    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Confirm(Input):
    """The option that the figures give is right."""


@dataclass(frozen=True, slots=True)
class OpenEnergy(Input):
    """Work out the energy figure fuel by fuel."""


@dataclass(frozen=True, slots=True)
class ChooseFuel(Input):
    """This fuel's amount comes next."""

    fuel: str


@dataclass(frozen=True, slots=True)
class ChooseSide(Input):
    """Amounts that follow were consumed, produced by conversion, or recovered."""

    side: EnergySide


# scenarios


@dataclass(frozen=True, slots=True)
class Rung(Input):
    """The level shown is fully met, or not."""

    met: bool


@dataclass(frozen=True, slots=True)
class PickLevel(Input):
    """Show all four levels."""


@dataclass(frozen=True, slots=True)
class TakeLevel(Input):
    """This level, with all lower ones fully met."""

    level: int


# review, commitment, result


@dataclass(frozen=True, slots=True)
class Submit(Input):
    """All is answered: on to the commitment."""


@dataclass(frozen=True, slots=True)
class Provisional(Input):
    """Show what it comes to so far."""


@dataclass(frozen=True, slots=True)
class Commit(Input):
    """I commit that the answers are true (真实性承诺)."""


@dataclass(frozen=True, slots=True)
class Recheck(Input):
    """Something has changed since this result."""


@dataclass(frozen=True, slots=True)
class Pick(Input):
    """Mark or unmark items that have changed."""

    items: tuple[str, ...]
    on: bool


@dataclass(frozen=True, slots=True)
class Anew(Input):
    """Start a new assessment."""


# what to aim for


@dataclass(frozen=True, slots=True)
class Aim(Input):
    """Show the plan to a grade, or "what if"."""

    page: AimPage


@dataclass(frozen=True, slots=True)
class AimAt(Input):
    """Plan for this grade."""

    grade: int


class Wanted(StrEnum):
    """What is wished of an item in the plan: it must be in, it must not, or either."""

    PINNED = "pinned"
    EXCLUDED = "excluded"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Want(Input):
    """A wish for the plan."""

    item: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Suppose(Input):
    """What if the answer to this item were another? None: as it is."""

    item: str
    answer: tuple[str, ...] | int | None


@dataclass(frozen=True, slots=True)
class KeepTarget(Input):
    """What is shown, a plan or what was supposed, is the aim from now on."""


@dataclass(frozen=True, slots=True)
class ClearAim(Input):
    """No wishes any more, or nothing supposed."""


MoveInput = Back | Jump | Overview | Keep | Park | Help | Pause | Resume | Quick | ChooseLanguage
FirmInput = NameFirm | ChooseKind | Skip | EditFirm
QuestionInput = Answer | Tick | EnterFigures | Numbers | Confirm
EnergyInput = OpenEnergy | ChooseFuel | ChooseSide
ScenarioInput = Rung | PickLevel | TakeLevel
OutcomeInput = Submit | Provisional | Commit | Recheck | Pick | Anew
AimInput = Aim | AimAt | Want | Suppose | KeepTarget | ClearAim
AnyInput = MoveInput | FirmInput | QuestionInput | EnergyInput | ScenarioInput | OutcomeInput | AimInput | Done
