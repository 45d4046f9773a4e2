"""What can be wrong with an input, as data: a place, a code and details; the words are written by the channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class FaultCode(StrEnum):
    """Every kind of fault; each has a sentence `fault.<code>` in the catalogues."""

    # an input file
    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    TOO_DEEP = "too_deep"
    RECORD_TOO_LONG = "record_too_long"
    DOUBLED = "doubled"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_RUBRIC = "wrong_rubric"
    UNKNOWN_FIELD = "unknown_field"
    TEXT_LONG = "text_long"
    NOTHING_THERE = "nothing_there"
    PAPER = "paper"
    PLAIN_TABLE = "plain_table"
    # a workbook
    OTHER_WORKBOOK = "other_workbook"
    LOCKED_WORKBOOK = "locked_workbook"
    NOT_A_WORKBOOK = "not_a_workbook"
    NO_FORM = "no_form"
    ROWS_MISSING = "rows_missing"
    UNKNOWN_TICK = "unknown_tick"
    SEVERAL_CHOSEN = "several_chosen"
    YEAR_MISSING = "year_missing"
    CODE_AS_NUMBER = "code_as_number"
    CODE_LENGTH = "code_length"
    CODE_SIGN = "code_sign"
    CODE_CHECK = "code_check"
    FACT_LONG = "fact_long"
    # answers
    UNKNOWN_OPTION = "unknown_option"
    NOT_A_LIST = "not_a_list"
    NOTHING_CHOSEN = "nothing_chosen"
    CHOSEN_TWICE = "chosen_twice"
    NONE_WITH_OTHERS = "none_with_others"
    UNKNOWN_LEVEL = "unknown_level"
    # figures
    NOT_A_NUMBER = "not_a_number"
    PERCENT_SIGN = "percent_sign"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    TOO_PRECISE = "too_precise"
    NOT_POSITIVE = "not_positive"
    OVER_HUNDRED = "over_hundred"
    YEARS_COUNT = "years_count"
    YEARS_DIFFER = "years_differ"
    YEAR_DIFFERS = "year_differs"
    PART_EXCEEDS_WHOLE = "part_exceeds_whole"
    FIGURES_CONTRADICT = "figures_contradict"
    ENERGY_NEGATIVE = "energy_negative"
    UNKNOWN_FUEL = "unknown_fuel"
    # a rubric file
    SHAPE = "shape"
    EDITION_NAME = "edition_name"
    EDITION_TAKEN = "edition_taken"
    LANGUAGE_NAME = "language_name"
    DUPLICATE_ID = "duplicate_id"
    UNKNOWN_REFERENCE = "unknown_reference"
    NOTHING_ASKED = "nothing_asked"
    ITEMS_COUNT = "items_count"
    FIGURES_UNASKED = "figures_unasked"
    FIGURES_KIND = "figures_kind"
    LEVEL_NAMES = "level_names"
    WEIGHTS_DIFFER = "weights_differ"
    WEIGHTS_SUM = "weights_sum"
    OPTION_LETTERS = "option_letters"
    BANDS = "bands"
    RULE_LETTERS = "rule_letters"
    GRADE_ORDER = "grade_order"
    GRADE_UNREACHABLE = "grade_unreachable"
    PROFILE_VALUES = "profile_values"
    EFFORTS_COUNT = "efforts_count"
    EFFORT_OF_RESULT = "effort_of_result"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its place (such as `answers.q5`), its code and details for a sentence."""

    place: str
    code: FaultCode
    details: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value}" for key, value in self.details.items())
        return f"{self.place}: {self.code}" + (f" ({details})" if details else "")


class ScoringError(ValueError):
    """Input that was refused as a whole; `faults` names every reason."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


class RubricError(ScoringError):
    """A rubric file that does not hold together; `file` is its name, if it came from one."""

    def __init__(self, faults: Sequence[Fault], file: str = "") -> None:
        super().__init__(faults)
        self.file = file


class MissingEditionError(LookupError):
    """Something is of an edition that is not here; `known` are those that are."""

    def __init__(self, edition: str, known: Sequence[str]) -> None:
        super().__init__(f"{edition} is none of {', '.join(known)}")
        self.edition, self.known = edition, tuple(known)


class PolicyError(ScoringError):
    """A policy file that does not hold together."""


class AnswersError(ScoringError):
    """Answers that cannot be scored."""
