"""What the uses of tools say of the items: claims, each with the place of the words that it rests on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.understanding.binding import Use
from bot.understanding.clauses import Clause, Token
from bot.understanding.lexicon import Area, Claim, Lexicon


@dataclass(frozen=True, slots=True)
class Said:
    """A claim, and from where to where the words stand."""

    claim: Claim
    start: int
    end: int


def limits(uses: Sequence[Use], lexicon: Lexicon) -> dict[str, int]:
    """ "仓库用WMS，但成品仓还是Excel": what a "but" says of an item, be it so or not, is as far as the words go.

    At least level 1 all the same, if something else says more.
    """
    turned = (claim for use in uses if use.clause.of("turn") for _, claim in _named(use, lexicon))
    found: dict[str, int] = {}
    for claim in turned:
        level = claim.most or 0 if claim.least is None else claim.least
        found[claim.item] = max(1, min(level, found.get(claim.item, level)))
    return found


def evidence(clauses: Sequence[Clause], uses: Sequence[Use], lexicon: Lexicon) -> list[Said]:
    """All that is said of the items, in order; of the rest last, since it means what nothing else speaks to."""
    named = [said for use in uses if use.affirmed for said in _of_use(use, lexicon)]
    together = _together(uses, lexicon)
    covered = _coverage(uses, lexicon)
    spoken = _spoken(clauses, uses) | {said.claim.item for said in named}
    return [*named, *together, *covered, *_rest(clauses, uses, lexicon, spoken)]


def _of_use(use: Use, lexicon: Lexicon) -> Iterator[Said]:
    for claim in use.entry.always:
        yield _said(claim, use)
    if use.areas:
        yield from _of_areas(use, lexicon)
    else:
        yield from (_said(claim, use) for claim in use.entry.alone)


def _of_areas(use: Use, lexicon: Lexicon) -> Iterator[Said]:
    for area, claim in _named(use, lexicon):
        yield _said(claim, use, area)
        if use.entry.collects and lexicon.collection and claim.item in lexicon.collection.letters:
            letters = lexicon.collection.letters[claim.item]
            yield _said(Claim(item=lexicon.collection.item, letters=letters), use, area)


def _named(use: Use, lexicon: Lexicon) -> Iterator[tuple[Token, Claim]]:
    """What the tool says of the areas named beside it: its own claim for such an item, or that of its sort."""
    sort = lexicon.tools[use.entry.tool].of if use.entry.tool else {}
    for token in use.areas:
        for item in token.of.items if isinstance(token.of, Area) else ():
            claim = use.entry.own.get(item)
            if claim is None or claim.least is None:
                claim = sort.get(item)
            if claim:
                yield token, claim


def _said(claim: Claim, use: Use, area: Token | None = None) -> Said:
    """From the area to the tool, if they stand in one clause."""
    inside = area if area and use.clause.start <= area.start < use.clause.end else use.token
    return Said(claim, min(use.token.start, inside.start), max(use.token.end, inside.end))


# several words together


def _together(uses: Sequence[Use], lexicon: Lexicon) -> Iterator[Said]:
    for rule in lexicon.together:
        places = {
            token.of.id: (use, token)
            for use in uses
            if use.affirmed and use.entry.tool == rule.tool
            for token in use.areas
            if isinstance(token.of, Area)
        }
        if all(area in places for area in rule.areas):
            use, token = places[rule.areas[-1]]
            yield _said(rule.claim, use, token)


def _coverage(uses: Sequence[Use], lexicon: Lexicon) -> Iterator[Said]:
    """Every use of a system, once they are as many areas as a letter asks for."""
    if not (lexicon.coverage and lexicon.collection):
        return
    systems = [use for use in uses if use.affirmed and use.entry.system]
    covered = {item for use in systems for item in _covered(use, lexicon)} & {*lexicon.collection.letters}
    reached = [letter for count, letter in lexicon.coverage.steps if count <= len(covered)]
    if reached:
        claim = Claim(item=lexicon.coverage.item, letters=reached[-1])
        yield from (
            _said(claim, use, use.areas[0] if use.areas else None) for use in systems if [*_covered(use, lexicon)]
        )


def _covered(use: Use, lexicon: Lexicon) -> Iterator[str]:
    claims: Iterable[Claim] = use.entry.alone
    if use.areas:
        claims = (claim for _, claim in _named(use, lexicon))
    yield from (claim.item for claim in (*claims, *use.entry.always) if claim.least)


# the rest


def _spoken(clauses: Sequence[Clause], uses: Sequence[Use]) -> set[str]:
    """The items that any word speaks to, be it of the past or in doubt."""
    areas = (token.of for clause in clauses for token in clause.of("area"))
    of_areas = {item for area in areas if isinstance(area, Area) for item in area.items}
    return of_areas | {claim.item for use in uses for claim in (*use.entry.alone, *use.entry.always)}


def _rest(clauses: Sequence[Clause], uses: Sequence[Use], lexicon: Lexicon, spoken: set[str]) -> Iterator[Said]:
    firsts = {clauses[0].start, *(after.start for before, after in pairwise(clauses) if before.last)}
    for use in uses:
        if use.entry.tool and use.affirmed and not use.areas and _is_about_all(use.clause, firsts):
            sort = lexicon.tools[use.entry.tool]
            begin = next((token.start for token in use.clause.of("rest", "whole", "all")), use.token.start)
            for item in sort.rest:
                if item not in spoken:
                    yield Said(sort.of[item], min(begin, use.token.start), use.token.end)


def _is_about_all(clause: Clause, firsts: Iterable[int]) -> bool:
    """ "其他都是Excel", "全靠手写"; "都是Excel" only where it can mean nothing that was named before."""
    if clause.of("area"):
        return False
    anew = clause.start in firsts or bool(clause.of("now"))
    return bool(clause.of("rest")) or (clause.plain and bool(clause.of("whole") or (anew and clause.of("all"))))
