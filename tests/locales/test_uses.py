"""Code and catalogues agree: no text is missing, none is left over, and all placeholders get their values."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from string import Formatter
from typing import get_args

import pytest
from telegram.error import Conflict, NetworkError, TelegramError

from bot.cli.parser import MISUSES
from bot.dialogue.buttons import Choice
from bot.dialogue.commands import COMMANDS
from bot.dialogue.messages import PUZZLING
from bot.reports.comparison import LABELS as COMPARED
from bot.reports.composing.labels import BOOK, LABELS
from bot.reports.errors import ReportTrouble
from bot.reports.face import SHOWN
from bot.reports.pack import ENDINGS
from bot.reports.summary import COUNTED, FAULTS, ON_SCREEN, PRINTED
from bot.reports.verdict import Finding, Signature
from bot.screens.wishes import NAMELESS, Detail
from bot.settings.files import FileTrouble
from bot.settings.wrong import Wrong
from bot.telegram.polling import name_of
from bot.understanding.lexicon import vocabulary
from bot.web.mails import ASKED, SAID, WRONG
from bot.web.verify import CAUSES
from bot.web.verify import SAID as OF_CODES
from bot.words.complaints import REASONS, complaint
from bot.words.steps import CLASSES
from bot.words.wording import Medium, wording
from flows.events import Refusal, Refused
from flows.inputs import Wanted
from flows.outcome import changes
from flows.session import Doubt, EnergySide, FirmFact, FirmKind, Phase
from locales import LANGUAGES, catalogue
from scoring import decoding, shape
from scoring.editions import load_rubric
from scoring.errors import Fault, FaultCode, ScoringError
from scoring.kinds import KindName
from storage.broadcasts import Audience, Done
from storage.checking import Area
from storage.checking import Fault as DatabaseFault
from storage.errors import StorageError, Trouble
from storage.outbox import Urgency
from tests.locales.scan import (
    Use,
    fault_details,
    first_arguments,
    literals,
    second_arguments,
    sources,
    template_uses,
    uses,
)
from tests.locales.test_catalogues import HAN, in_chinese_characters, messages, texts

RUBRIC = load_rubric("miit-2024")
SIDES = [side.value for side in EnergySide]
FACTS = [fact.value for fact in FirmFact]
FAMILIES: dict[str, Iterable[object]] = {
    "effort.count.{}": CLASSES,
    "effort.class.{}": CLASSES,
    "fault.{}": (code.value for code in FaultCode),
    "refusal.{}": (reason.value for reason in Refusal if reason is not Refusal.FIGURES),
    "elsewhere.{}": ("result", "change", "commitment"),
    "puzzling.{}": (*PUZZLING, "edited"),
    "doubt.{}": (doubt.value for doubt in Doubt),
    "not_understood.example.{}": ("share", "change"),
    "event.converted.{}": ("natural_gas",),
    "storage.{}": (trouble.value for trouble in Trouble),
    "identity.ask.{}": FACTS,
    "identity.how.{}": FACTS,
    "kind.{}": (kind.value for kind in FirmKind),
    "change.{}": changes(RUBRIC.id),
    "language.{}": LANGUAGES,
    "aim.wish.{}": (wanted.value for wanted in Wanted),
    "energy.{}.name": SIDES,
    "rubric.{}": get_args(KindName),
    "report.label.{}": LABELS,
    "report.book.{}": BOOK,
    "report.plan.class.{}": CLASSES,
    "report.signature.{}": ("ed25519", "none"),
    "verify.finding.{}": (finding.value for finding in Finding),
    "verify.signature.{}": (signature.value for signature in Signature),
    "verify.face.{}": SHOWN,
    "report.trouble.{}": (trouble.value for trouble in ReportTrouble),
    "check.{}": (area.value for area in Area),
    "check.fault.{}": (fault.value for fault in DatabaseFault),
    "json.{}": {*decoding.KINDS.values(), decoding.OTHERWISE},
    "shape.{}": {*shape.KINDS.values(), shape.DIRECTIONS, shape.OTHERWISE},
    "setting.{}": (wrong.value for wrong in Wrong),
    "system.{}": REASONS.values(),
    "cli.misused.{}": {*MISUSES.values(), "other"},
    "help.{}": ("meaning", "counts", "example"),
    "button.page.{}": ("before", "after"),
    "button.choice.{}": (choice.value for choice in Choice),
    "link.address.{}": ("telegram", "page"),
    "command.{}": COMMANDS,
    "report.caption.{}": ("pdf", "xlsx", "zip"),
    "comparison.label.{}": COMPARED,
    "pack.name.{}": ENDINGS,
    "pack.about.{}": {*ENDINGS} - {"readme"},
    "batch.column.{}": {*PRINTED, *FAULTS, *ON_SCREEN, "open"},
    "batch.overview.{}": {*COUNTED, "edition", "program"},
    "web.mail.wrong.{}": WRONG,
    "web.mail.{}.title": SAID,
    "web.mail.{}.text": SAID,
    "web.mail.{}.do": ASKED,
    "web.verify.{}.title": OF_CODES,
    "web.verify.{}.text": (said for said in OF_CODES if said != "genuine"),
    "web.verify.unknown.{}": CAUSES,
    "stats.{}": ("finished", "unfinished", "greeted"),
    "stats.phase.{}": (phase.value for phase in Phase),
    "stats.urgency.{}": (urgency.name.lower() for urgency in Urgency),
    "stats.audit.{}": (done.value for done in Done),
    "broadcast.audience.{}": (audience.value for audience in Audience),
    "settings.trouble.{}": (trouble.value for trouble in FileTrouble),
}
HINTS = {"question.{}": get_args(KindName)}
ELSEWHERE = {"hint.{}.{}"}
"""The lookup inside `Wording.hint`, whose callers are followed instead."""


def first(name: str, within: str = "bot") -> set[str]:
    """The literal first arguments of calls to something, in the modules with that in their path."""
    return {key for place, tree in sources("bot") if within in place for key in first_arguments(tree, name)}


def actions() -> set[str]:
    """What can be done, by tapping or typing."""
    return {
        *(name for name in first("Action") if "{" not in name),
        *(detail.value for detail in Detail if detail not in NAMELESS),
        *("compare", "and", "begin", "new_firm"),
        *("change", "settle", "nothing_said", "firm_ends", *FACTS),
        *(f"energy.{side}" for side in SIDES),
        *(f"language.{language}" for language in LANGUAGES),
    }


def buttons() -> set[str]:
    """What is tapped; nobody needs a button to put a phone away."""
    return {
        *(name for name in first("Action", within="screens") if "{" not in name),
        *FACTS,
        *(f"energy.{side}" for side in SIDES),
        *(detail.value for detail in Detail if detail not in (Detail.HISTORY, Detail.COMMANDS, *NAMELESS)),
    } - {"pause"}


def serving() -> set[str]:
    """What those who serve are told."""
    return {
        *first("say"),
        *(name for _, tree in sources("bot") for name in second_arguments(tree, "EndedError")),
        *(name_of(StorageError(trouble, "")) for trouble in Trouble),
        *(name_of(error) for error in (Conflict(""), NetworkError(""), TelegramError(""))),
    }


def scanned() -> dict[str, Iterable[object]]:
    """The families whose members are read from the code."""
    return {
        "words.{}": {*actions(), *(wanted.value for wanted in Wanted)},
        "doctor.{}": first("Check"),
        "button.{}": buttons(),
        "serving.{}": serving(),
    }


@cache
def families() -> dict[str, frozenset[object]]:
    """Every family of keys, with what stands for {}."""
    return {family: frozenset(values) for family, values in {**FAMILIES, **scanned()}.items()}


def looked_up(tree: ast.AST, place: str = "") -> list[Use]:
    """The uses of a module, hints under their full keys, families as {}."""
    found = []
    for use in uses(tree, place):
        if use.how == "hint":
            keys = tuple(key for name in use.keys for key in hinted(name))
            found.append(Use(keys, "text", use.values, use.more, use.place))
        elif use.how != "help":  # a domain of its own
            found.append(use)
    return found


def hinted(name: str) -> Iterable[str]:
    """The keys of a hint; where a page has none of its own, it says what is said where one taps."""
    for medium in Medium:
        key = f"hint.{medium.value}.{name}"
        if medium is not Medium.PAGE or key in messages("en"):
            yield key


@cache
def everywhere() -> list[Use]:
    """The uses in the code and on the page."""
    return [*(use for place, tree in sources("bot") for use in looked_up(tree, place)), *template_uses()]


def expanded(name: str) -> set[str]:
    """The keys behind a key or a family."""
    if "{}" not in name:
        return {name}
    if name.startswith("hint."):
        medium, family = name.removeprefix("hint.").split(".", 1)
        return {f"hint.{medium}.{family.format(value)}" for value in HINTS[family]}
    return {name.format(value) for value in families()[name]}


def asked() -> set[str]:
    """The families that the code asks for."""
    return {name for use in everywhere() for name in use.keys if "{}" in name} - ELSEWHERE


@cache
def used() -> dict[str, list[Use]]:
    """Every key that the code asks for, with its uses."""
    found: dict[str, list[Use]] = {}
    for use in everywhere():
        for name in use.keys:
            for key in expanded(name) if name not in ELSEWHERE else ():
                found.setdefault(key, []).append(use)
    return found


def asked_by_data() -> frozenset[str]:
    """The questions that a lexicon names."""
    words = vocabulary(RUBRIC.id)
    assert words
    return words.lexicon.asks()


def test_every_family_of_keys_is_known() -> None:
    hints = {key for family in HINTS for key in hinted(family)}
    assert asked() == {*families(), *hints}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_and_none_is_left_over(language: str) -> None:
    there, wanted = set(messages(language)), {*used(), *asked_by_data()}
    assert wanted - there == set(), "missing"
    assert there - wanted == set(), "unused"


def fields(key: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(texts(messages("en")[key])[0]) if name is not None)


def test_values_given_are_the_placeholders_there() -> None:
    plural = {name for name, message in messages("en").items() if message.pluralizable}
    every = {name: fields(name) for name in messages("en")}
    for key, found in used().items():
        for use in found:
            assert (use.how == "count") is (key in plural), (key, use.place)
            given = use.values | ({"number"} if use.how == "count" else frozenset())
            if use.more or key.startswith("fault."):
                assert given <= every[key] | {"place"}, (key, use.place)
            elif key.startswith("storage."):
                assert every[key] <= given, (key, use.place)
            else:
                assert given == every[key], (key, use.place)


def test_the_scan_would_find_what_is_wrong() -> None:
    code = """
def f(words, text, who):
    text("no.such.key")
    words.text("a" if who else "b", item=who)
    self._text.count("c", 3, level=who)
    words.hint("review" if who else "other", top=who)
    text(f"fault.{who}", **who)
    catalogue(who)("saved")
    "xyx".count("x")
    words.text.words(f"words.{who}")
"""
    found = {(use.keys, use.how, use.values, use.more) for use in looked_up(ast.parse(code))}
    hints = ("hint.typing.review", "hint.tapping.review", "hint.typing.other", "hint.tapping.other")
    assert found == {
        (("no.such.key",), "text", frozenset(), False),
        (("a", "b"), "text", frozenset({"item"}), False),
        (("c",), "count", frozenset({"level"}), False),
        (hints, "text", frozenset({"top"}), False),
        (("fault.{}",), "text", frozenset(), True),
        (("saved",), "text", frozenset(), False),
        (("words.{}",), "words", frozenset(), False),
    }


# faults: details come from scoring


PYDANTIC = {"given", "expected"}
"""What `scoring.answers._fault` adds by itself, for the codes of its table."""


def test_every_fault_comes_with_what_its_text_names() -> None:
    details: dict[str, set[str]] = {code.name: set() for code in FaultCode}
    for _, tree in sources("scoring", "bot"):
        for code, keys in fault_details(tree):
            details[code] |= keys
    for code in FaultCode:
        named = fields(f"fault.{code.value}") - {"place"}
        assert named <= details[code.name] | PYDANTIC, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_refusals_and_troubles_are_sentences(language: str) -> None:
    words = wording(language, "miit-2024")
    for code in FaultCode:
        details = dict.fromkeys(fields(f"fault.{code.value}") - {"place"}, "7")
        details |= {"kind": "other"} if "kind" in details else {}
        for named in (False, True):
            sentence(words.fault(Fault("figures.machines", code, details), named=named), language)
    for reason in Refusal:
        faults = (Fault("figures.machines", FaultCode.NOT_POSITIVE),)
        sentence(words.refusal(Refused(reason, faults if reason is Refusal.FIGURES else ())), language)
    for trouble in Trouble:
        sentence(complaint(StorageError(trouble, "/x/y", "why"), language), language)
    assert complaint(ScoringError([Fault("", FaultCode.NEGATIVE, {"given": "-1"})]), language)
    assert complaint(ValueError("ours"), language) is None


def sentence(text: str | None, language: str) -> None:
    assert text
    assert "{" not in text.replace('{"q1"', "")
    assert "\n" not in text
    assert bool(re.search(HAN, text)) is in_chinese_characters(language), text


# no text in the code


def test_no_chinese_stands_in_code() -> None:
    found = [
        (place, node.lineno, node.value)
        for place, tree in sources("bot", "flows", "storage")
        for node in literals(tree)
        if re.search("[\u4e00-\u9fff]", str(node.value))
    ]
    assert found == []


def test_catalogues_are_made_once() -> None:
    assert catalogue("en") is catalogue("en")
    assert catalogue("en") is not catalogue("zh-Hans")
