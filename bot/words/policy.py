"""Whom a result concerns, in words: what the state's action plan says to this kind of firm, and what it may ask for.

Never more than the document says: a grade is expected only where it names one, every sentence carries its place in
it, and its note stands at the end.
"""

from collections.abc import Iterator

from bot.words.sections import Section
from bot.words.wording import Wording
from flows.session import FirmKind
from scoring.policy import Direction, Expected, Kind, Policy, Support, policy_of
from scoring.result import Result

NAMED_NOWHERE = frozenset({FirmKind.OTHER})
"""Kinds of firm that the document says nothing about; every other one is a kind of the policy by the same id."""


def concern(result: Result, kind: FirmKind | None, words: Wording) -> list[Section]:
    """Expectation and direction for the kind of firm, help to ask about (its plan's items first), the source.

    Of an edition that no document speaks of, only that.
    """
    policy = policy_of(words.rubric.id, words.language)
    if policy is None:
        return [Section(words.text("policy.title.other"), (words.text("policy.none"),))]
    own = policy.kind[kind.value] if kind and kind not in NAMED_NOWHERE else None
    sections = [_of_kind(own, result.grade, policy, words)] if own else _of_nobody(kind, result.grade, policy, words)
    return [*sections, *_support(policy, planned(result), words), _source(policy, words)]


def planned(result: Result) -> tuple[str, ...]:
    """The items of the least-effort plan, in the standard's order; none at the highest grade."""
    found = result.next.plan if result.next else None
    if found is None:
        return ()
    return (*(step.question for step in found.questions), *(step.scenario for step in found.scenarios))


def _of_kind(kind: Kind, grade: int, policy: Policy, words: Wording) -> Section:
    lines = (*_expectation(kind, grade, policy, words), _direction(kind.direction(grade), grade, words))
    return Section(words.text("policy.title", kind=kind.name), lines)


def _expectation(kind: Kind, grade: int, policy: Policy, words: Wording) -> list[str]:
    """The target and how this firm stands to it, or that there is none."""
    text, expected = words.text, kind.expected
    if expected is None:
        return [text("policy.expected.none")]
    stands = text("policy.reached" if grade >= expected.grade else "policy.short", grade=words.grade(grade))
    return [_target(expected, policy, words), *([text("policy.pilots")] if expected.pilot_only else []), stands]


def _target(expected: Expected, policy: Policy, words: Wording) -> str:
    target = policy.target[expected.target]
    return words.text("policy.expected", text=target.text, source=target.source)


def _direction(direction: Direction, grade: int, words: Wording) -> str:
    return words.text("policy.direction", grade=words.grade(grade), text=direction.text, source=direction.source)


# a firm whose kind is not known, or not named


def _of_nobody(kind: FirmKind | None, grade: int, policy: Policy, words: Wording) -> list[Section]:
    """What is common to all, and, if the kind may still be given, how the kinds differ."""
    text = words.text
    common = Section(text("policy.common"), tuple(_national(policy, words)))
    if kind is not None:
        return [Section(text("policy.title.other"), (text("policy.other"),)), common]
    lines = [
        text("policy.unknown"),
        words.hint("policy"),
        *(_differs(each, grade, policy, words) for each in policy.kinds),
    ]
    return [Section(text("policy.title.other"), tuple(lines)), common]


def _national(policy: Policy, words: Wording) -> Iterator[str]:
    """The targets for the whole country: those that are no kind's own."""
    own = {kind.expected.target for kind in policy.kinds if kind.expected}
    for target in policy.targets:
        if target.id not in own:
            yield words.text("policy.place", text=target.text, source=target.source)


def _differs(kind: Kind, grade: int, policy: Policy, words: Wording) -> str:
    direction = kind.direction(grade)
    expected = policy.target[kind.expected.target].text if kind.expected else words.text("policy.expected.none")
    return words.text(
        "policy.kind", kind=kind.name, expected=expected, direction=direction.text, source=direction.source
    )


# help, and where all this stands


def _support(policy: Policy, items: tuple[str, ...], words: Wording) -> Iterator[Section]:
    """What is about the items of the plan first, with their names; then the rest."""
    first = policy.support_for(words.rubric, items)
    if first:
        lines = tuple(_for_plan(entry, items, words) for entry in first)
        yield Section(words.text("policy.support.plan"), lines)
    rest = [entry for entry in policy.support if entry not in first]
    if rest:
        lines = tuple(words.text("policy.place", text=entry.text, source=entry.source) for entry in rest)
        yield Section(words.text("policy.support.more" if first else "policy.support"), lines)


def _for_plan(entry: Support, items: tuple[str, ...], words: Wording) -> str:
    about = entry.concerns(words.rubric)
    named = words.items([item for item in items if item in about])
    return words.text("policy.support.for", items=named, text=entry.text, source=entry.source)


def _source(policy: Policy, words: Wording) -> Section:
    document = words.text(
        "policy.document",
        title=policy.title,
        document=policy.document,
        issuers=policy.issuers,
        issued=policy.issued,
    )
    unofficial = () if policy.official else (words.text("policy.unofficial"),)
    return Section(words.text("policy.source"), (document, policy.note, *unofficial))
