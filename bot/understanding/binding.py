"""Which tool is used for what: areas of the business bound to the tools of their clause, or of the one beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.understanding.clauses import Clause, Token
from bot.understanding.lexicon import Entry


@dataclass
class Group:
    """Words of one kind that belong together: "采购、仓库和销售"."""

    kind: str
    tokens: list[Token]
    areas: list[Token] = field(default_factory=list)
    """Of tools: what they are used for."""


@dataclass(frozen=True, slots=True)
class Use:
    """A tool as it stands in a clause, with the areas it is used for; `token` is where it stands, or is meant."""

    clause: Clause
    token: Token
    entry: Entry
    areas: tuple[Token, ...]

    @property
    def affirmed(self) -> bool:
        """It is used now."""
        return self.clause.affirms(self.token)


def uses_of(clauses: Sequence[Clause]) -> list[Use]:
    """Every tool of the text, whether it is used or not."""
    found: list[tuple[Clause, Group]] = []
    waiting: list[Token] = []
    tools: list[Group] = []
    before: Clause | None = None
    for clause in clauses:
        if before is None or before.last:
            waiting, tools, before = [], [], None
        groups = _groups(clause)
        now = [group for group in groups if group.kind == "entry"]
        _resolve_there(now, tools)
        _bind(clause, groups)
        if now:
            _bind_waiting(clause, groups, waiting)
            _bind_topic(clause, now, before)
            tools, waiting = now, []
        elif groups and _is_list(clause) and not _goes_on(groups[0], tools, before):
            waiting = [*waiting, *groups[0].tokens]
        before = clause
        found += ((clause, group) for group in now)
    return [use for clause, group in found for use in _uses(clause, group)]


def _uses(clause: Clause, group: Group) -> Iterator[Use]:
    for token in group.tokens:
        if isinstance(token.of, Entry):
            yield Use(clause, token, token.of, tuple(group.areas))


def _groups(clause: Clause) -> list[Group]:
    """Areas and tools in their order; those of a kind with nothing but "and" between them together."""
    groups: list[Group] = []
    gap: list[Token] = []
    for token in clause.tokens:
        kind = "entry" if token.kind == "there" else token.kind
        if kind not in ("area", "entry"):
            gap.append(token)
            continue
        together = groups and groups[-1].kind == kind and _touch(groups[-1].tokens[-1], gap, token)
        if together:
            groups[-1].tokens.append(token)
        else:
            groups.append(Group(kind, [token]))
        gap = []
    for group in groups:
        group.tokens = _telling(group.tokens)
    return groups


def _touch(before: Token, gap: Sequence[Token], after: Token) -> bool:
    """Nothing stands between two words but "and", "的" and spaces."""
    covered = sum(token.end - token.start for token in gap)
    return all(token.kind in ("join", "filler") for token in gap) and after.start - before.end - covered <= len(gap) + 1


def _telling(tokens: list[Token]) -> list[Token]:
    """ "ERP系统" is an ERP."""
    vague = [token for token in tokens if isinstance(token.of, Entry) and token.of.vague]
    return [token for token in tokens if token not in vague] if len(vague) < len(tokens) else tokens


def _resolve_there(groups: Sequence[Group], before: Sequence[Group]) -> None:
    """ "里面" means the tools that were named last."""
    for group in groups:
        meant = [token.of for earlier in before[-1:] for token in earlier.tokens if token.of]
        group.tokens = [
            Token(token.start, token.end, "entry", of)
            for token in group.tokens
            for of in (meant if meant and token.kind == "there" else [token.of])
        ]


def _bind(clause: Clause, groups: Sequence[Group]) -> None:
    for place, group in enumerate(groups):
        if group.kind == "area":
            before = groups[place - 1] if place else None
            after = groups[place + 1] if place + 1 < len(groups) else None
            tool = before if after is None or (before and _leads_back(clause, before, group, after)) else after
            if tool and tool.kind == "entry":
                tool.areas += group.tokens


def _leads_back(clause: Clause, before: Group, area: Group, after: Group) -> bool:
    """Of an area between two tools: it belongs to the one before."""
    if _between(clause, area, after, "on"):
        return False
    same = {token.of for token in before.areas} & {token.of for token in area.tokens}
    return not before.areas or bool(same) or _between(clause, before, area, "back")


def _between(clause: Clause, one: Group, other: Group, kind: str) -> bool:
    if not one.tokens or not other.tokens:
        return False
    return any(
        token.kind == kind and one.tokens[-1].end <= token.start < other.tokens[0].start for token in clause.tokens
    )


# from clause to clause


def _is_list(clause: Clause) -> bool:
    """Nothing but areas: "采购，"."""
    return clause.plain and all(token.kind in ("area", "join", "filler") for token in clause.tokens)


def _goes_on(list_of: Group, tools: Sequence[Group], before: Clause | None) -> bool:
    """ "Odoo for sales, purchasing and stock": a list of a tool's areas that goes on after a comma."""
    last = before.of("area", "entry", "there") if before else []
    goes_on = bool(last) and last[-1].kind == "area" and bool(tools) and last[-1] in tools[-1].areas
    if goes_on and tools[-1].tokens[0].start < last[-1].start:
        tools[-1].areas += list_of.tokens
        return True
    return False


def _bind_waiting(clause: Clause, groups: Sequence[Group], waiting: Sequence[Token]) -> None:
    """ "采购，仓库，销售都用Excel": what was listed before belongs to the first tool of a clause that goes on so."""
    goes_on = groups[0].kind == "area" or clause.of("all", "whole", "on")
    if waiting and goes_on and not clause.of("rest"):
        next(group for group in groups if group.kind == "entry").areas += waiting


def _bind_topic(clause: Clause, tools: Sequence[Group], before: Clause | None) -> None:
    """ "仓库以前手写，现在扫码": a plain tool in a clause that begins anew is about the area before."""
    topic = before.of("area")[-1:] if before else []
    if topic and clause.of("now", "turn") and not clause.of("area", "rest"):
        for group in tools:
            if not any(isinstance(token.of, Entry) and token.of.system for token in group.tokens):
                group.areas += topic
