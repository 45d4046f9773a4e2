"""What a report says, as plain frozen data: every word is there, and the renderers only lay it out.

Text is ready to be read, in one language. Numbers stand beside it only where something is drawn or calculated from
them; they are floats there, since they become positions and cells; the exact numbers are in the text. Shares go from 0
to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seal:
    """`number` names the assessment ("20261130-7K3M9Q"), whatever the paper's language, and whatever is told later.

    `code` is this paper's own. `signature` is the operator's (Ed25519, in hexadecimal), "" without a key. `link` is
    what the QR code says.
    """

    number: str
    code: str
    signature: str
    link: str


@dataclass(frozen=True, slots=True)
class Field:
    """A thing and what it is: "企业名称", "某某五金厂"."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its paragraphs."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Points out of the most that can be had; `before` is what they were last time."""

    id: str
    name: str
    points: float
    most: float
    shown: str
    shown_most: str
    before: float | None = None
    shown_before: str = ""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.points / self.most if self.most else 0.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """A second-level indicator: how much of it is had, now and last time; `answered` if any of its items is.

    `shown` is the share in percent; `points` and `shown_before` are points.
    """

    name: str
    dimension: str
    share: float
    shown: str
    points: str
    most: str
    before: float | None
    shown_before: str
    answered: bool


@dataclass(frozen=True, slots=True)
class FirmRow:
    """A fact of the firm on the form: its name in `Firm`, what it is called, what was told of it ("" if nothing).

    `most`: so many characters it may have; `refusal`: why what was told is refused, "" if it is not. `choices`: what it
    can be, if that is not free, and `keys`, what these are called in files.
    """

    id: str
    name: str
    value: str
    most: int = 0
    refusal: str = ""
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A row of the grading table, and how far its two conditions hold (standard, section 二).

    Level 0: the row asks for no scenario. `needed` says the scenarios that it asks for, `had` those that there are.
    """

    grade: int
    name: str
    short: str
    level: int
    level_name: str
    score: int
    scenarios: int
    restrictive: int
    reached: int
    reached_restrictive: int
    score_met: bool
    scenarios_met: bool
    score_mark: str
    scenarios_mark: str
    needed: str
    had: str


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question, with the value (0 to 100) that choosing it gives or adds."""

    letter: str
    text: str
    value: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the official form; `numbers` are the years of a series, oldest first, else one number.

    `amount` is without the unit; it is "", as `shown` is, for a figure that was not given.
    `exact` are the same numbers in full, as text. `most` is the largest that it may be; `whole`: it counts things;
    `divides`: others are a share of it, so that it is never 0. `year_of` names the series of which it is one year, and
    how many years back ("revenue", 1), if it is one.
    """

    id: str
    name: str
    unit: str
    series: bool
    whole: bool
    divides: bool
    most: int
    year_of: tuple[str, int] | None
    numbers: tuple[float, ...]
    exact: tuple[str, ...]
    amount: str
    shown: str
    calculation: str


@dataclass(frozen=True, slots=True)
class ShareRule:
    """The option is that of the band in which 100 × part ÷ whole lies; the upper ends of `bands` are closed."""

    part: str
    whole: str
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """The option follows from the change between two sides, to 0.1 %.

    A side is one figure, or two: the first per the second. `relative` compares by ratio, else percentages are
    subtracted.
    """

    last: tuple[str, ...]
    previous: tuple[str, ...]
    relative: bool
    rise: str
    flat: str
    fall: str


@dataclass(frozen=True, slots=True)
class Question:
    """A scored item with its answer and its proof; an item without an answer has no value and no points.

    `several`: any number of options may be chosen, but the first (无) only alone. `rule` says how the option follows
    from figures, if it does; `calculation` is empty where it did not.
    """

    id: str
    number: int
    dimension: str
    indicator: str
    item: str
    text: str
    kind: str
    several: bool
    options: tuple[Option, ...]
    rule: ShareRule | ChangeRule | None
    weights: tuple[int, int, int]
    answer: str
    value: str
    points: str
    calculation: str
    figures: tuple[Figure, ...]

    @property
    def answered(self) -> bool:
        """Some option is chosen."""
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario: the top of its unbroken ladder now and last time; None if unknown."""

    id: str
    number: int
    name: str
    group: str
    restrictive: bool
    kind: str
    level: int | None
    shown: str
    requirement: str
    requirements: tuple[str, ...]
    before: int | None
    shown_before: str

    @property
    def starred(self) -> str:
        """The name; a restrictive scenario has a star, as in the standard."""
        return f"{self.name}*" if self.restrictive else self.name


@dataclass(frozen=True, slots=True)
class Pair:
    """A thing as it was and as it is. "" on a side that has no such thing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Before:
    """The previous result: its headline, and what changed since, or, in `note`, why items cannot be compared."""

    date: str
    grade: str
    score: float
    shown_score: str
    headline: str
    changes: tuple[Pair, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `status` is empty for a final result, else it says why the result is provisional.

    `firm_rows` are all facts of the firm that can be told, `facts` those that were, and by what it was assessed.
    `embedded` is the word by which the paper is checked (`bot.reports.embedding`), `day` the date in ISO 8601.
    `record` holds the figures that platforms record; `labels` the words that stand around the data. `bounds` are the
    least and the greatest score that the missing answers leave possible. An edition without scenarios has neither
    `conditions`, which would both be the grade, nor `counts`. `book` are the words of the workbook alone.

    `colophon` says what the paper is and what made it, `checking` how it can be checked, `alternatives` what is drawn,
    for who does not see it: "score", "shares", "code".
    """

    seal: Seal
    embedded: str
    day: str
    language: str
    edition: str
    profile: str
    title: str
    status: str
    firm: str
    facts: tuple[Field, ...]
    firm_rows: tuple[FirmRow, ...]
    colophon: tuple[Field, ...]
    checking: Part
    date: str
    source: str
    grade: int
    grade_name: str
    conditions: tuple[Field, ...]
    total: Score
    bounds: tuple[float, float]
    bounds_note: str
    profile_note: str
    dimensions: tuple[Score, ...]
    indicators: tuple[Indicator, ...]
    grades: tuple[GradeRow, ...]
    record: tuple[Field, ...]
    counts: Field | None
    questions: tuple[Question, ...]
    scenarios: tuple[Scenario, ...]
    operations: str
    level_names: tuple[str, ...]
    gap: Part
    plan: Part
    before: Before | None
    rulings: tuple[str, ...]
    commitment: Part
    notes: tuple[str, ...]
    caption: str
    alternatives: Mapping[str, str]
    labels: Mapping[str, str]
    book: Mapping[str, str]
