"""The rubric of an edition of the standard: what a file of it holds. Nothing about an edition is written in code.

`scoring.editions` finds and reads the files, `scoring.rubric_check` says whether one holds together.
"""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.kinds import Kind, KindName, kind_of

Percent = Annotated[int, Field(ge=0, le=100)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=24)]
"""An id; a button says it, so it is short and plain."""
Effort = Annotated[int, Field(ge=1, le=999)]
"""What a step of a plan costs."""
ItemName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=18)]
"""The id of an item or a page of them: a button may say one of each."""

Plain = dict[str, Text]
"""Plain words, by whoever wrote the edition: for the item ("ask"), for an option or a level ("B"; "2", also "0"), and a
few characters for its button ("B.short"). What is missing is read in the official words.
"""


def _is_nothing(value: object) -> bool:
    return not value


class Part(BaseModel):
    """A frozen piece of the rubric; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Help(Part):
    """An explanation of an item in the words of whoever wrote the edition: what is asked, what counts, an example.

    `choices` says what counts as one option or level, by its letter or number.
    """

    meaning: Text
    counts: Text | None = None
    example: Text | None = None
    choices: dict[str, Text] = {}


class Dimension(Part):
    """A first-level indicator (一级指标) that is scored; standard, section 三（一）."""

    id: ItemName
    name: Text
    source: Text


class Indicator(Part):
    """A second-level indicator (二级指标); standard, section 三（一）."""

    id: Name
    dimension: Text
    name: Text
    source: Text


class YearOf(Part):
    """Says that a figure is one year of a series: `back` 1 is its last element."""

    series: Text
    back: Annotated[int, Field(ge=1, le=3)]


class Figure(Part):
    """A number that the official form asks for, with its unit."""

    id: Name
    name: Text
    unit: Text
    kind: Literal["count", "amount", "energy", "percent", "series"]
    year_of: YearOf | None = None
    source: Text


class Share(Part):
    """An option found by a rate: part / whole, in bands whose upper ends (percent) are closed."""

    rule: Literal["share"]
    asks: tuple[Text, ...]
    part: Text
    whole: Text
    bands: tuple[Percent, ...]


class Change(Part):
    """An option found by a change from `previous` to `last`, rounded to 0.1%.

    Each side is one figure, or a figure per another one. `relative` compares by ratio; `points` subtracts
    two percentages.
    """

    rule: Literal["change"]
    asks: tuple[Text, ...]
    last: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2)]
    previous: Annotated[tuple[Text, ...], Field(min_length=1, max_length=2)]
    measure: Literal["relative", "points"]
    rise: Text
    flat: Text
    fall: Text


class Option(Part):
    """One answer that can be ticked; `id` is its letter.

    `effort` is what the step to it costs, and `reason` says why; without one, that of its question holds.
    """

    id: Annotated[str, Field(pattern="^[A-Z]$")]
    text: Text
    effort: Annotated[Effort | None, Field(exclude_if=_is_nothing)] = None
    reason: Annotated[str, Field(exclude_if=_is_nothing)] = ""


class Question(Part):
    """A scored item (采集项); `weights` are those of the dimension, the indicator and the item, in percent."""

    id: ItemName
    indicator: Text
    item: Text
    text: Text
    type: KindName
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    weights: tuple[Percent, Percent, Percent]
    effort: Effort | None
    figures: Annotated[Share | Change, Field(discriminator="rule")] | None = None
    form: Text | None = None
    source: Text
    help: Help | None = None
    plain: Plain = {}

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """The letters of all options, in the standard's order."""
        return tuple(option.id for option in self.options)

    @cached_property
    def efforts(self) -> dict[str, int]:
        """What the step to each option costs; nothing for a result, which nobody can decide to have."""
        return {} if self.effort is None else {option.id: option.effort or self.effort for option in self.options}

    @cached_property
    def official(self) -> dict[str, str]:
        """The official text of every option, by letter."""
        return {option.id: option.text for option in self.options}

    @cached_property
    def kind(self) -> Kind:
        """How it is answered, valued, raised and lowered."""
        return kind_of(self.type, self.letters)


class Level(Part):
    """What a level of the scenarios means in general; standard, section 三（二）, head of the table."""

    level: Annotated[int, Field(ge=1)]
    name: Text
    text: Text
    source: Text


class Scenario(Part):
    """A business scenario (应用场景) with the requirement of each level, lowest first.

    `efforts` is what the step to each level costs, 1 if nothing is said, and `reasons` says why.
    """

    id: ItemName
    name: Text
    group: Text
    restrictive: bool
    levels: Annotated[tuple[Text, ...], Field(min_length=1, max_length=9)]
    efforts: Annotated[tuple[Effort, ...], Field(exclude_if=_is_nothing)] = ()
    reasons: Annotated[tuple[Text, ...], Field(exclude_if=_is_nothing)] = ()
    source: Text
    help: Help | None = None
    plain: Plain = {}

    @cached_property
    def official(self) -> dict[str, str]:
        """The official text of every level, by number ("1")."""
        return {str(level): text for level, text in enumerate(self.levels, start=1)}

    def effort(self, level: int) -> int:
        """What the step to a level (from 1) costs."""
        return self.efforts[level - 1] if self.efforts else 1


class Grade(Part):
    """A row of the grading table: both conditions must hold; standard, section 二.

    Level 0: the row asks for no scenario.
    """

    grade: Annotated[int, Field(ge=1)]
    name: Text
    level: Annotated[int, Field(ge=0)] = 0
    score: Percent
    scenarios: Annotated[int, Field(ge=0)] = 0
    restrictive: Annotated[int, Field(ge=0)] = 0
    source: Text


class Profile(Part):
    """A way to value options; `option_values` (0 to 100) replaces the general rule for the questions it names.

    `name` is a label of ours.
    """

    id: Text
    name: Text
    option_values: dict[str, dict[str, Decimal]] = {}
    source: Text


class Rule(Part):
    """A rule or note of the standard, kept for reading."""

    id: Text
    text: Text
    source: Text


class Term(Part):
    """An entry of 相关名词解释."""

    term: Text
    text: Text
    source: Text


class Fuel(Part):
    """A row of table 1: tonnes of standard coal (tce) for one `unit`."""

    id: Name
    name: Text
    unit: Text
    coefficient: Decimal
    source: Text


class EnergyExample(Part):
    """The worked example below table 1."""

    consumed: dict[str, Decimal]
    total: Decimal
    text: Text
    source: Text


class Rubric(Part):
    """An edition of the standard, in one language. Only the official language is binding.

    The first of `profiles` is the edition's own rule. An edition may have no scenarios; then it has no name for them
    (`operations`) and no `levels` either, and the score alone gives the grade. `effort_note` says whose the efforts are
    and that they are classes; without one, they are plain numbers.
    """

    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]*$", max_length=40)]
    title: Text
    language: Text
    official: bool
    no_grade: Text
    dimensions: tuple[Dimension, ...]
    operations: str = ""
    effort_note: Annotated[str, Field(exclude_if=_is_nothing)] = ""
    indicators: tuple[Indicator, ...]
    figures: tuple[Figure, ...] = ()
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
    levels: tuple[Level, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)]
    profiles: Annotated[tuple[Profile, ...], Field(min_length=1)]
    rules: tuple[Rule, ...] = ()
    glossary: tuple[Term, ...] = ()
    energy: tuple[Fuel, ...] = ()
    energy_example: EnergyExample | None = None

    @cached_property
    def question(self) -> dict[str, Question]:
        """Questions by id, in the standard's order."""
        return {question.id: question for question in self.questions}

    @cached_property
    def scenario(self) -> dict[str, Scenario]:
        """Scenarios by id, in the standard's order."""
        return {scenario.id: scenario for scenario in self.scenarios}

    @cached_property
    def figure(self) -> dict[str, Figure]:
        """Figures by id."""
        return {figure.id: figure for figure in self.figures}

    @cached_property
    def years(self) -> dict[str, YearOf]:
        """The figures that are one year of a series, and of which."""
        return {figure.id: figure.year_of for figure in self.figures if figure.year_of}

    @cached_property
    def fuel(self) -> dict[str, Fuel]:
        """Rows of table 1 by id."""
        return {fuel.id: fuel for fuel in self.energy}

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Ids of all questions, then of all scenarios: the order of the walk."""
        return (*self.question, *self.scenario)

    @cached_property
    def position(self) -> dict[str, int]:
        """Each item's place in the walk, from 0."""
        return {item: place for place, item in enumerate(self.items)}

    @cached_property
    def rules_of_figures(self) -> dict[str, Share | Change]:
        """How the option of a question follows from figures, for every question where it does."""
        return {question.id: question.figures for question in self.questions if question.figures}

    @cached_property
    def wholes(self) -> tuple[str, ...]:
        """The figures of which others are a share, each once, in the standard's order."""
        shares = (rule for rule in self.rules_of_figures.values() if isinstance(rule, Share))
        return tuple(dict.fromkeys(rule.whole for rule in shares))

    @cached_property
    def asked_at(self) -> dict[str, tuple[str, ...]]:
        """The questions that ask for each figure, in the standard's order."""
        rules = self.rules_of_figures.items()
        return {figure.id: tuple(item for item, rule in rules if figure.id in rule.asks) for figure in self.figures}

    @cached_property
    def dimension_of(self) -> dict[str, str]:
        """The dimension's id of each question."""
        of = {indicator.id: indicator.dimension for indicator in self.indicators}
        return {question.id: of[question.indicator] for question in self.questions}

    @cached_property
    def terms_of(self) -> dict[str, tuple[int, ...]]:
        """Positions in the glossary of the terms that an item's official text uses."""
        return {item: self._terms_in(self._words(item)) for item in self.items}

    def _words(self, item: str) -> str:
        if question := self.question.get(item):
            return "\n".join([question.text, question.form or "", *(o.text for o in question.options)])
        return "\n".join(self.scenario[item].levels)

    def _terms_in(self, words: str) -> tuple[int, ...]:
        return tuple(i for i, entry in enumerate(self.glossary) if entry.term in words)

    @cached_property
    def levels_name_grades(self) -> bool:
        """Every grade asks for the level of its own number, so that it is called after the level too ("二级")."""
        return all(row.level == row.grade for row in self.grades)

    def grade_name(self, grade: int) -> str:
        """The name of a grade; 0 has a name of its own (standard, section 二, note)."""
        return self.no_grade if grade == 0 else self.grades[grade - 1].name

    def calculates(self, figure: str) -> bool:
        """A figure of energy that can be worked out fuel by fuel."""
        return bool(self.energy) and self.figure[figure].kind == "energy"

    def profile(self, profile: str) -> Profile:
        """The profile of that name; KeyError if there is none."""
        return {entry.id: entry for entry in self.profiles}[profile]
