"""A heading and its lines: what results, explanations and lists are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    title: str
    lines: tuple[str, ...]
