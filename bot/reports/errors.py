"""What can be wrong with the wish for a report."""

from enum import StrEnum


class ReportTrouble(StrEnum):
    """Each has a sentence: `report.trouble.…`."""

    WHICH = "which"
    NO_SESSION = "no_session"
    NO_FIRM = "no_firm"
    NO_NUMBER = "no_number"
    NONE_FINISHED = "none_finished"
    EXISTS = "exists"
    SAME_FILE = "same_file"
    NO_TARGET = "no_target"
    NAME_LONG = "name_long"
    NO_PAPER = "no_paper"
    NO_KEY = "no_key"
    FACT = "fact"
    AHEAD = "ahead"
    NONE_BY = "none_by"
    BATCH_ALONE = "batch_alone"
    BATCH_OUT = "batch_out"
    BATCH_KINDS = "batch_kinds"
    BATCH_BUSY = "batch_busy"
    BATCH_BEFORE = "batch_before"
    BATCH_SAME = "batch_same"
    BATCH_TWICE = "batch_twice"
    BATCH_TWINS = "batch_twins"
    BATCH_EMPTY = "batch_empty"
    BATCH_UNREAD = "batch_unread"
    NOT_FINAL = "not_final"
    BEFORE_NOT_FINAL = "before_not_final"
    GONE = "gone"


class ReportError(Exception):
    """A report that cannot be made or written as it was asked for; `details` go into the sentence."""

    def __init__(self, trouble: ReportTrouble, **details: object) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.details = details
