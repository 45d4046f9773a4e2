"""What the code asks of the catalogues, read from its syntax: keys, families of keys, and values for placeholders."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import nodes

from bot.web.painter import environment

ROOT = Path(__file__).parents[2]
CALLED = ("text", "texts", "count", "words", "hint", "help", "catalogue")
NAMED = "Named"
"""A text by name, to be looked up when it is sent; its values are a dict."""


@dataclass(frozen=True)
class Use:
    """One call: keys (or f-strings with {} for what varies), how, and the values given; `more` if by `**`."""

    keys: tuple[str, ...]
    how: str
    values: frozenset[str] = frozenset()
    more: bool = False
    place: str = field(default="", compare=False)


def sources(*packages: str, containing: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Every module of the packages; those whose text contains that."""
    for package in packages:
        for place, text in _texts(package):
            if containing in text:
                yield place, _parsed(text)


@cache
def _texts(package: str) -> Sequence[tuple[str, str]]:
    files = sorted((ROOT / package).rglob("*.py"))
    return [(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files]


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def every(tree: ast.AST) -> Sequence[ast.AST]:
    """All nodes of a tree, which is walked once however much is asked of it."""
    return list(ast.walk(tree))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """All calls in a tree."""
    return (node for node in every(tree) if isinstance(node, ast.Call))


def uses(tree: ast.AST, place: str = "") -> Iterator[Use]:
    """The calls that look texts up."""
    for node in calls(tree):
        if node.args and (how := _how(node.func)):
            keys = tuple(_keys(node.args[0]))
            if keys:
                values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg) | _named_values(node)
                more = any(keyword.arg is None for keyword in node.keywords)
                yield Use(keys, how, values, more, f"{place}:{node.lineno}")


def _how(function: ast.expr) -> str | None:
    """The last name of what is called; `catalogue(language)("saved")` counts as "text"."""
    if isinstance(function, ast.Call):
        return "text" if _how(function.func) == "catalogue" else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute) and name == "count" and not _how(function.value):
        return None  # str.count
    name = name.lstrip("_")
    return "text" if name == NAMED else name if name in CALLED else None


def _named_values(node: ast.Call) -> frozenset[str]:
    if _how(node.func) != "text" or len(node.args) < 2 or not isinstance(node.args[1], ast.Dict):
        return frozenset()
    return frozenset(str(key.value) for key in node.args[1].keys if isinstance(key, ast.Constant))


def _keys(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(key)):
            yield key
        case ast.IfExp(body=body, orelse=orelse):
            yield from _keys(body)
            yield from _keys(orelse)
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in values)


def _called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def template_uses() -> Iterator[Use]:
    """The same of the templates of the page."""
    for name in environment().list_templates():
        source = environment().loader.get_source(environment(), name)[0]  # type: ignore[union-attr]
        for call in environment().parse(source).find_all(nodes.Call):
            how = _template_how(call.node)
            keys = tuple(_template_keys(call.args[0])) if how and call.args else ()
            if how and keys:
                yield Use(keys, how, frozenset(one.key for one in call.kwargs), place=f"{name}:{call.lineno}")


def _template_how(function: nodes.Node) -> str | None:
    """`text(…)`, `text.count(…)`, `words.hint(…)`."""
    match function:
        case nodes.Name(name="text"):
            return "text"
        case nodes.Getattr(attr="text" | "hint" | "count" as name):
            return name
        case _:
            return None


def _template_keys(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Const(value=str(key)):
            yield key
        case nodes.CondExpr():
            yield from _template_keys(node.expr1)
            yield from _template_keys(node.expr2) if node.expr2 else ()
        case nodes.Concat():
            yield "".join(str(part.value) if isinstance(part, nodes.Const) else "{}" for part in node.nodes)


def first_arguments(tree: ast.AST, name: str) -> Iterator[str]:
    """The literal first arguments of calls to a class or function of that name."""
    for node in calls(tree):
        if node.args and _called(node) == name:
            yield from _keys(node.args[0])


def second_arguments(tree: ast.AST, name: str) -> Iterator[str]:
    """The literal second arguments of calls to a function of that name."""
    for node in calls(tree):
        if len(node.args) > 1 and _called(node) == name:
            yield from _keys(node.args[1])


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """Text in the code that is no docstring, nor a note standing by itself."""
    notes = {id(node.value) for node in every(tree) if isinstance(node, ast.Expr)}
    for node in every(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node


def fault_details(tree: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """The code of each fault that is raised, with the details that come along: a dict, a name for one, keywords."""
    named = {
        target.id: node.value
        for node in every(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in calls(tree):
        details = [named.get(part.id, part) if isinstance(part, ast.Name) else part for part in node.args]
        dicts = [part for part in details if isinstance(part, ast.Dict)]
        keys = {str(key.value) for entry in dicts for key in entry.keys if isinstance(key, ast.Constant)}
        keys |= {keyword.arg for keyword in node.keywords if keyword.arg}
        for part in node.args:
            if isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "FaultCode":
                yield part.attr, frozenset(keys)
