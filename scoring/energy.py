"""Energy in many units to tonnes of standard coal (tce); standard, 相关名词解释, 综合能源消费量 and table 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.errors import AnswersError, Fault, FaultCode
from scoring.exact import exact_decimal, plain
from scoring.figures import Number
from scoring.rubric import Rubric


@dataclass(frozen=True, slots=True)
class EnergyTerm:
    """One fuel: amount × coefficient = tce. `sign` is -1 for processing output and recovery."""

    fuel: str
    amount: Number
    sign: int
    tce: Fraction
    calculation: str


@dataclass(frozen=True, slots=True)
class EnergyTotal:
    """A firm's 综合能源消费量 of a year, in tce, with every term."""

    terms: tuple[EnergyTerm, ...]
    total: Fraction

    @property
    def calculation(self) -> str:
        """ "310 × 1.229 + 1.5 × 1.286 = 382.919"."""
        parts = [("- " if term.sign < 0 else "+ ") + term.calculation for term in self.terms]
        return f"{' '.join(parts).removeprefix('+ ') or '0'} = {exact_decimal(self.total)}"


def energy_total(
    rubric: Rubric,
    consumed: Mapping[str, Number],
    produced: Mapping[str, Number] | None = None,
    recovered: Mapping[str, Number] | None = None,
) -> EnergyTotal:
    """Energy consumption by fuel id, in each fuel's own unit, as tce.

    Form (一), without processing conversion and recovery: the sum of what was consumed (205-1, column 5).
    Form (二): minus the output of processing conversion (`produced`; 205-2, column 11) and minus what was
    recovered (`recovered`; 205-2, column 12).
    Raises AnswersError for an unknown fuel, a negative amount or a negative total.
    """
    signed = [(1, consumed), (-1, produced or {}), (-1, recovered or {})]
    terms = tuple(_term(rubric, fuel, amount, sign) for sign, amounts in signed for fuel, amount in amounts.items())
    total = sum((term.sign * term.tce for term in terms), Fraction(0))
    if total < 0:
        raise AnswersError([Fault("energy", FaultCode.ENERGY_NEGATIVE, {"total": exact_decimal(total)})])
    return EnergyTotal(terms, total)


def _term(rubric: Rubric, fuel: str, amount: Number, sign: int) -> EnergyTerm:
    if fuel not in rubric.fuel:
        raise AnswersError([Fault(f"energy.{fuel}", FaultCode.UNKNOWN_FUEL)])
    if amount < 0:
        raise AnswersError([Fault(f"energy.{fuel}", FaultCode.NEGATIVE)])
    coefficient = rubric.fuel[fuel].coefficient
    tce = Fraction(amount) * Fraction(coefficient)
    return EnergyTerm(fuel, amount, sign, tce, f"{plain(amount)} × {plain(coefficient)}")
