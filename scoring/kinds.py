"""Kinds of question: all that differs between a single and a multiple choice is a part of its class, and nowhere else.

A new kind is a name in `KindName`, a class, and a case in `kind_of`; mypy refuses a class that misses a part. Its words
are `rubric.<name>` and `hint.….question.<name>` in the catalogues.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Literal, NamedTuple, assert_never

from pydantic_core import core_schema
from typing_extensions import override

KindName = Literal["single", "multiple"]
Letters = tuple[str, ...]


class Unfit(StrEnum):
    """Why letters that a question has are no answer to it together."""

    SEVERAL = "several"
    NONE_WITH_OTHERS = "none_with_others"


class Planned(NamedTuple):
    """What a plan does to a question: options to add, or the one to reach."""

    add: Letters
    to: str | None


@dataclass(frozen=True, slots=True)
class Kind(ABC):
    """A kind of question with these options; answers are letters in the standard's order."""

    letters: Letters

    # what it is worth

    @abstractmethod
    def values(self) -> dict[str, Fraction]:
        """The value of each option, 0 to 100, by the general rule (standard, section 三（一）, 评分逻辑 1)."""

    @abstractmethod
    def may_be_worth(self, values: Mapping[str, Decimal]) -> bool:
        """Whether a profile may value the options so."""

    @property
    @abstractmethod
    def best(self) -> Letters:
        """The answer that is worth most."""

    # steps

    @abstractmethod
    def gains(self, points: Mapping[str, int]) -> dict[str, int]:
        """What each step of a plan gains, by the letter that it leads to; from the points of each option."""

    @property
    @abstractmethod
    def ordered(self) -> bool:
        """Steps are taken in the order of their letters."""

    @abstractmethod
    def steps(self, chosen: Letters) -> Letters:
        """The letters of the steps that are still to be taken from an answer; nothing chosen is no answer yet."""

    @abstractmethod
    def planned(self, letters: Sequence[str]) -> Planned:
        """The steps to these letters, put together."""

    @abstractmethod
    def after(self, chosen: Letters, letter: str) -> Letters:
        """The answer after the step to a letter; nothing chosen is no answer yet."""

    @abstractmethod
    def raised(self, chosen: Letters) -> Letters | None:
        """The answer one step higher; None at the top."""

    @abstractmethod
    def lowered(self, chosen: Letters, points: Mapping[str, int]) -> Letters:
        """The answer if one step of it is turned down: the dearest, and of equal ones the first."""

    @abstractmethod
    def reaches(self, chosen: Letters, wanted: Letters) -> bool:
        """Whether an answer is as high as the one wanted."""

    # answering

    @property
    @abstractmethod
    def ticks(self) -> bool:
        """Options are ticked one by one, and then it is said that this is all."""

    @abstractmethod
    def ticked(self, chosen: Letters, letter: str, *, on: bool) -> Letters:
        """What is marked after a tick."""

    @abstractmethod
    def unfit(self, chosen: Letters) -> Unfit | None:
        """Why these letters, each an option and given once, are no answer; None if they are one."""

    @property
    @abstractmethod
    def follows_figures(self) -> bool:
        """Its answer can be one option that figures give."""

    # files

    @abstractmethod
    def schema(self) -> core_schema.CoreSchema:
        """How an answer stands in an answer file."""

    @abstractmethod
    def written(self, chosen: Letters) -> str | list[str]:
        """An answer as it stands in an answer file."""

    @abstractmethod
    def told(self, chosen: Letters) -> dict[str, Any]:
        """An answer as it stands in a result."""

    def _letter(self) -> core_schema.CoreSchema:
        return core_schema.literal_schema(list(self.letters))

    def _ordered(self, chosen: set[str]) -> Letters:
        return tuple(letter for letter in self.letters if letter in chosen)


class Single(Kind):
    """One option of several that rise evenly from 0 to 100."""

    @override
    def values(self) -> dict[str, Fraction]:
        last = len(self.letters) - 1
        return {letter: Fraction(100 * place, last) for place, letter in enumerate(self.letters)}

    @override
    def may_be_worth(self, values: Mapping[str, Decimal]) -> bool:
        return False

    @property
    @override
    def best(self) -> Letters:
        return self.letters[-1:]

    @override
    def gains(self, points: Mapping[str, int]) -> dict[str, int]:
        """A step is one rung."""
        rungs = zip(self.letters[1:], self.letters, strict=False)
        return {letter: points[letter] - points[lower] for letter, lower in rungs}

    @property
    @override
    def ordered(self) -> bool:
        return True

    @override
    def steps(self, chosen: Letters) -> Letters:
        return self.letters[self.letters.index(chosen[0] if chosen else self.letters[0]) + 1 :]

    @override
    def planned(self, letters: Sequence[str]) -> Planned:
        return Planned((), max(letters))

    @override
    def after(self, chosen: Letters, letter: str) -> Letters:
        return (letter,)

    @override
    def raised(self, chosen: Letters) -> Letters | None:
        following = self.letters.index(chosen[0] if chosen else self.letters[0]) + 1
        return self.letters[following : following + 1] or None

    @override
    def lowered(self, chosen: Letters, points: Mapping[str, int]) -> Letters:
        return (self.letters[max(0, self.letters.index(chosen[0]) - 1)],)

    @override
    def reaches(self, chosen: Letters, wanted: Letters) -> bool:
        return chosen >= wanted

    @property
    @override
    def ticks(self) -> bool:
        return False

    @override
    def ticked(self, chosen: Letters, letter: str, *, on: bool) -> Letters:
        return (letter,) if on else ()

    @override
    def unfit(self, chosen: Letters) -> Unfit | None:
        return Unfit.SEVERAL if len(chosen) > 1 else None

    @property
    @override
    def follows_figures(self) -> bool:
        return True

    @override
    def schema(self) -> core_schema.CoreSchema:
        return self._letter()

    @override
    def written(self, chosen: Letters) -> str | list[str]:
        return chosen[0] if len(chosen) == 1 else list(chosen)  # several are for the check to refuse

    @override
    def told(self, chosen: Letters) -> dict[str, Any]:
        return {"option": chosen[0]}


class Multiple(Kind):
    """Any number of options of equal worth; the first is 无, which excludes the others and is worth nothing."""

    @property
    def none(self) -> str:
        """The letter of 无."""
        return self.letters[0]

    @override
    def values(self) -> dict[str, Fraction]:
        each = Fraction(100, len(self.letters) - 1)
        return {letter: Fraction(0) if letter == self.none else each for letter in self.letters}

    @override
    def may_be_worth(self, values: Mapping[str, Decimal]) -> bool:
        """无 is worth 0, and all others sum to 100."""
        return (
            tuple(values) == self.letters
            and values[self.none] == 0
            and min(values.values()) >= 0
            and sum(values.values()) == 100
        )

    @property
    @override
    def best(self) -> Letters:
        return self.letters[1:]

    @override
    def gains(self, points: Mapping[str, int]) -> dict[str, int]:
        """A step is one more option."""
        return {letter: points[letter] for letter in self.letters[1:]}

    @property
    @override
    def ordered(self) -> bool:
        return False

    @override
    def steps(self, chosen: Letters) -> Letters:
        return tuple(letter for letter in self.letters[1:] if letter not in chosen)

    @override
    def planned(self, letters: Sequence[str]) -> Planned:
        return Planned(tuple(sorted(letters)), None)

    @override
    def after(self, chosen: Letters, letter: str) -> Letters:
        return self._ordered({*chosen, letter} - {self.none})

    @override
    def raised(self, chosen: Letters) -> Letters | None:
        more = next((letter for letter in self.letters[1:] if letter not in chosen), None)
        return None if more is None else self.after(chosen, more)

    @override
    def lowered(self, chosen: Letters, points: Mapping[str, int]) -> Letters:
        dearest = max(chosen, key=points.__getitem__)
        return tuple(letter for letter in chosen if letter != dearest) or (self.none,)

    @override
    def reaches(self, chosen: Letters, wanted: Letters) -> bool:
        return set(wanted) <= set(chosen)

    @property
    @override
    def ticks(self) -> bool:
        return True

    @override
    def ticked(self, chosen: Letters, letter: str, *, on: bool) -> Letters:
        """无 clears the others, and they clear 无."""
        if not on:
            return tuple(other for other in chosen if other != letter)
        return (letter,) if letter == self.none else self.after(chosen, letter)

    @override
    def unfit(self, chosen: Letters) -> Unfit | None:
        return Unfit.NONE_WITH_OTHERS if len(chosen) > 1 and self.none in chosen else None

    @property
    @override
    def follows_figures(self) -> bool:
        return False

    @override
    def schema(self) -> core_schema.CoreSchema:
        one = {"anyOf": [{"items": {"enum": list(self.letters[1:])}}, {"maxItems": 1}]}  # 无 stands alone
        told = {"pydantic_js_updates": {"minItems": 1, "uniqueItems": True, **one}}
        return core_schema.list_schema(self._letter(), strict=True, metadata=told)

    @override
    def written(self, chosen: Letters) -> str | list[str]:
        return list(chosen)

    @override
    def told(self, chosen: Letters) -> dict[str, Any]:
        return {"options": list(chosen)}


def kind_of(name: KindName, letters: Letters) -> Kind:
    """The kind of that name, with these options."""
    match name:
        case "single":
            return Single(letters)
        case "multiple":
            return Multiple(letters)
        case _:
            assert_never(name)
