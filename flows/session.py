"""The session: everything a conversation knows, as one frozen value that survives any restart."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.figures import Number
from scoring.rubric import Rubric

OneNumber = Annotated[Number, Field(union_mode="smart")]
StoredFigure = Annotated[tuple[Number, ...] | OneNumber, Field(union_mode="left_to_right")]
"""A figure as it is read back: years first, since some versions of pydantic take three of them for one Decimal."""


class Phase(StrEnum):
    """Where in the conversation a session is; see `flows.phases` for the ways between."""

    WELCOME = "welcome"
    FIRM = "firm"
    QUESTIONS = "questions"
    SCENARIOS = "scenarios"
    PROPOSALS = "proposals"
    REVIEW = "review"
    PROVISIONAL = "provisional"
    COMMITMENT = "commitment"
    RESULT = "result"
    RECHECK = "recheck"
    AIM = "aim"
    IDENTITY = "identity"


class AimPage(StrEnum):
    """The two halves of the phase aim: the plan to a grade, and "what if"."""

    PLAN = "plan"
    WHAT_IF = "what_if"


class FirmKind(StrEnum):
    """Kinds of firm that policy tells apart."""

    LITTLE_GIANT = "little_giant"
    PROVINCIAL = "provincial"
    ABOVE_SCALE = "above_scale"
    MICRO = "micro"
    OTHER = "other"


class FirmField(StrEnum):
    """The two things asked about the firm."""

    NAME = "name"
    KIND = "kind"


class FirmFact(StrEnum):
    """What papers tell of a firm beside its kind, in the order in which officials expect it."""

    NAME = "name"
    CREDIT_CODE = "credit_code"
    INDUSTRY = "industry"
    REGION = "region"
    CONTACT = "contact"


class PaperKind(StrEnum):
    """Files for officials: the report, the workbook, the pack. The picture is for oneself."""

    PDF = "pdf"
    XLSX = "xlsx"
    ZIP = "zip"


class EnergySide(StrEnum):
    """The three columns of the energy calculation (forms 205-1 and 205-2)."""

    CONSUMED = "consumed"
    PRODUCED = "produced"
    RECOVERED = "recovered"


class Value(BaseModel):
    """A frozen value; collections in it are never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Firm(Value):
    """Who is assessed; whatever is not wanted may be skipped.

    From `credit_code` (统一社会信用代码) on, it is only for paper, and only asked when one is wanted; the name is asked
    again then, since it is what papers need most.
    """

    name: str | None = None
    kind: FirmKind | None = None
    credit_code: str | None = None
    contact: str | None = None
    region: str | None = None
    industry: str | None = None

    def fact(self, fact: FirmFact) -> str | None:
        """One of the facts for paper; None if it was not given."""
        told: str | None = getattr(self, fact.value)
        return told

    def completed(self, now: "Firm") -> "Firm":
        """The firm as it was, with the facts for paper that were not known then as they are now."""
        later = {fact.value: now.fact(fact) for fact in FirmFact if self.fact(fact) is None}
        return self.model_copy(update=later)


class EnergyUse(Value):
    """Amounts by fuel, each in the fuel's own unit, for one year."""

    consumed: dict[str, Decimal] = {}
    produced: dict[str, Decimal] = {}
    recovered: dict[str, Decimal] = {}

    def side(self, side: EnergySide) -> dict[str, Decimal]:
        """The amounts of one column."""
        amounts: dict[str, Decimal] = getattr(self, side.value)
        return amounts


# what has been begun at an item, but not answered yet


class Ticking(Value):
    """A multiple choice with some options ticked."""

    kind: Literal["ticking"] = "ticking"
    letters: tuple[str, ...]


class Entering(Value):
    """Figures typed so far; the first one missing is asked next."""

    kind: Literal["entering"] = "entering"
    values: dict[str, StoredFigure] = {}
    energy: dict[str, EnergyUse] = {}


class Fuelling(Value):
    """The energy calculator, open for one figure; `fuel` is the one whose amount is asked."""

    kind: Literal["fuelling"] = "fuelling"
    entering: Entering
    figure: str
    side: EnergySide = EnergySide.CONSUMED
    fuel: str | None = None
    use: EnergyUse = EnergyUse()


class Confirming(Value):
    """All figures known: the option they give waits for a yes."""

    kind: Literal["confirming"] = "confirming"
    entering: Entering
    option: str
    calculation: str


class Doubt(StrEnum):
    """Why figures can hardly be: a year far from the other, energy or a fuel's amount, a share of the revenue."""

    YEARS = "years"
    ENERGY = "energy"
    AMOUNT = "amount"
    SHARE = "share"


class Reading(Value):
    """A way to read what was typed; `fuel` and its `amount`, if the figure is worked out from that."""

    value: StoredFigure
    fuel: str | None = None
    amount: Decimal | None = None


class Doubting(Value):
    """What was typed can hardly be: one of the readings waits for a tap.

    `before` is what was there before it was typed, `after` what is there if it counts as it is; `fuelling`: it is an
    amount of the fuel that is asked in the calculator.
    """

    kind: Literal["doubting"] = "doubting"
    doubt: Doubt
    figure: str
    readings: tuple[Reading, ...]
    before: Entering
    after: Entering = Entering()
    fuelling: Fuelling | None = None


class Climbing(Value):
    """The ladder of a scenario: so many levels are fully met."""

    kind: Literal["climbing"] = "climbing"
    met: int


class Picking(Value):
    """All levels of a scenario, to take one at once; they are shown without this draft, too."""

    kind: Literal["picking"] = "picking"


Begun = Annotated[
    Ticking | Entering | Fuelling | Confirming | Doubting | Climbing | Picking,
    Field(discriminator="kind"),
]


class Proposing(Value):
    """What somebody's words come to waits for a yes (see `flows.inputs.Proposal`).

    `answer` is what would be recorded, None once it is crossed out; `least` is what was proposed first. `under` is what
    had been begun at the item before.
    """

    kind: Literal["proposing"] = "proposing"
    answer: tuple[str, ...] | int | None
    least: tuple[str, ...] | int
    said: str
    figures: dict[str, StoredFigure] = {}
    most: int | None = None
    ask: str = ""
    under: Begun | None = None


Draft = Annotated[
    Ticking | Entering | Fuelling | Confirming | Doubting | Climbing | Picking | Proposing,
    Field(discriminator="kind"),
]


class Record(Value):
    """The answers themselves. An item that is in neither `choices` nor `levels` is unknown, never "no".

    `choices`: letters by question; `levels`: 0 to 4 by scenario; `figures` agree with the letters they gave;
    `energy`: how an energy figure was calculated.
    """

    choices: dict[str, tuple[str, ...]] = {}
    levels: dict[str, int] = {}
    figures: dict[str, StoredFigure] = {}
    energy: dict[str, EnergyUse] = {}


class Baseline(Value):
    """The finished assessment that a re-check starts from; `before` is the one that it started from itself."""

    id: str
    record: Record
    finished_at: datetime
    started_at: datetime | None = None
    before: "Baseline | None" = None


class Goal(Value):
    """What somebody aims for. It never touches the record.

    `grade` is the grade planned for (None: the next one), `pinned` and `excluded` are wishes for the plan;
    `supposed` holds the answers tried out in "what if", `target` those that were kept as the aim.
    """

    grade: int | None = None
    pinned: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    supposed: dict[str, tuple[str, ...] | int] = {}
    target: dict[str, tuple[str, ...] | int] = {}


@dataclass(frozen=True, slots=True)
class CardRef:
    """The card that was on the screen when somebody acted: whose session, which card, at which revision."""

    session: str
    card: str
    revision: int


class Session(Value):
    """One assessment under way.

    `item` is the question or scenario last shown, `page` the place inside the phases that have several screens.
    `agenda` holds the items still to be asked, in the standard's order; `parked` those put off ("ask me
    later"), which are unanswered by definition. `opened` is the revision at which the present card came up.
    `amounts`: what was told to the energy calculator, by figure, until it is recorded or typed over: nothing else that
    is done at an item loses it. `quick`: the items of the agenda are asked in the order that settles the grade soonest
    (`flows.quick`). `identified`: what papers tell of the firm was asked, which happens once;
    `paper` waits for it.
    """

    id: str
    rubric: str
    language: str
    phase: Phase = Phase.WELCOME
    item: str | None = None
    page: str = ""
    revision: int = 0
    opened: int = 0
    paused: bool = False
    quick: bool = False
    firm: Firm = Firm()
    record: Record = Record()
    drafts: dict[str, Draft] = {}
    amounts: dict[str, EnergyUse] = {}
    agenda: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
    picked: tuple[str, ...] = ()
    baseline: Baseline | None = None
    goal: Goal = Goal()
    identified: bool = False
    paper: PaperKind | None = None
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None

    def but(self, **changes: object) -> "Session":
        """The same session with some fields changed."""
        return self.model_copy(update=changes)

    def goal_in(self, edition: str) -> Goal:
        """What is aimed for in an assessment by this edition: items of another one are no aim in it."""
        return self.goal if edition == self.rubric else Goal()

    @property
    def half(self) -> AimPage:
        """Which half of the phase aim is on the screen."""
        return AimPage(self.page.partition(".")[0])

    @property
    def list(self) -> str:
        """Which list of items is on the screen in the phases aim ("plan.foundation") and re-check; "" for none."""
        return self.page.partition(".")[2] if self.phase is Phase.AIM else self.page

    @property
    def asking(self) -> bool:
        """An item is on the screen."""
        return self.phase in (Phase.QUESTIONS, Phase.SCENARIOS)

    @property
    def begun(self) -> bool:
        """Some item was on the screen before."""
        return self.item is not None

    @property
    def card(self) -> str:
        """The name of what is on the screen: an item's id, or a phase, or a page of it ("firm.name")."""
        if self.asking and self.item:
            return self.item
        return f"{self.phase.value}.{self.page}" if self.page else self.phase.value

    @property
    def ref(self) -> CardRef:
        """What an input for the present card refers to."""
        return CardRef(self.id, self.card, self.revision)


class Assessment(Value):
    """A finished assessment, as it stays in the history. `score` is exact ("5/2")."""

    id: str
    rubric: str
    firm: Firm
    record: Record
    score: str
    grade: int
    previous: str | None
    started_at: datetime
    finished_at: datetime


def new_session(fresh: str, rubric: Rubric, language: str, now: datetime) -> Session:
    """A session that has not begun; `fresh` is its new, unique id."""
    return Session(id=fresh, rubric=rubric.id, language=language, agenda=rubric.items, started_at=now, updated_at=now)
