"""What happened in a step, as a closed union; a channel turns it into words."""

from dataclasses import dataclass
from enum import StrEnum

from flows.session import Assessment, PaperKind
from scoring.errors import Fault

AnswerValue = tuple[str, ...] | int
"""Letters of a question, or the level of a scenario."""


class Refusal(StrEnum):
    """Why an input changed nothing; each has a sentence `refusal.<value>` in the catalogues."""

    NOT_HERE = "not_here"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_LEVEL = "unknown_level"
    UNKNOWN_LANGUAGE = "unknown_language"
    ONE_OPTION = "one_option"
    NONE_ALONE = "none_alone"
    NOTHING_TICKED = "nothing_ticked"
    NOTHING_PICKED = "nothing_picked"
    NOTHING_TO_KEEP = "nothing_to_keep"
    NO_WAY_BACK = "no_way_back"
    NAME_EMPTY = "name_empty"
    NAME_LONG = "name_long"
    CODE_LENGTH = "code_length"
    CODE_SIGN = "code_sign"
    CODE_CHECK = "code_check"
    FACT_LONG = "fact_long"
    TOO_MANY_NUMBERS = "too_many_numbers"
    ONE_NUMBER = "one_number"
    NO_FUEL = "no_fuel"
    STILL_OPEN = "still_open"
    ALL_ANSWERED = "all_answered"
    UNKNOWN_GRADE = "unknown_grade"
    NOT_A_DECISION = "not_a_decision"
    AT_TOP = "at_top"
    NOTHING_TO_AIM_AT = "nothing_to_aim_at"
    NOTHING_NEW = "nothing_new"
    FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer was given or changed; `before` is None for a first answer."""

    item: str
    before: AnswerValue | None
    after: AnswerValue


@dataclass(frozen=True, slots=True)
class Parked:
    """An item was put off; an earlier answer to it is withdrawn."""

    item: str
    before: AnswerValue | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A figure that this item shares was changed and no longer gives its answer: it is parked."""

    item: str
    before: AnswerValue


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """Explain this item."""

    item: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Everything is saved; the person may go."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Back again, at the first open item."""


@dataclass(frozen=True, slots=True)
class QuickBegun:
    """From now on, what settles the grade soonest is asked first."""


@dataclass(frozen=True, slots=True)
class GradeSettled:
    """Items are open, but none of them can change the grade any more. Said once, in the step that settled it."""

    grade: int


@dataclass(frozen=True, slots=True)
class Finished:
    """An assessment was committed to."""

    assessment: Assessment


@dataclass(frozen=True, slots=True)
class TargetKept:
    """These items are to be raised; the record is as it was."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirmNamed:
    """The firm has this name from now on, until another one is given."""

    name: str


@dataclass(frozen=True, slots=True)
class PaperWanted:
    """All that it tells of the firm is settled: now this paper can be made."""

    paper: PaperKind


@dataclass(frozen=True, slots=True)
class Converted:
    """These fuels are not in the standard's table; they were worked out by coefficients of ours."""

    fuels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The input changed nothing, and why; `faults` says what is wrong with figures."""

    reason: Refusal
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Stale:
    """The input answered a card that is gone; it changed nothing."""


Event = (
    Recorded
    | Parked
    | Withdrawn
    | HelpAsked
    | Paused
    | Resumed
    | QuickBegun
    | GradeSettled
    | Finished
    | TargetKept
    | FirmNamed
    | PaperWanted
    | Converted
    | Refused
    | Stale
)
