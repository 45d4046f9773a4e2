"""Sentences as owners type them (`tests/corpus`), and what each came to. Written for this test; half was held back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.dialogue.reading import read
from bot.screens.wishes import Detail, Meant
from bot.understanding.requests import Happened, HowFar, LookUp, Request, Tomorrow, Toward, Verdict
from flows.cards import Card, FigureCard, QuestionCard
from flows.inputs import (
    Answer,
    Back,
    Figures,
    Fuels,
    Help,
    NameFirm,
    Numbers,
    Overview,
    Park,
    Propose,
    Rung,
    Skip,
    Submit,
)
from scoring.figures import Number
from tests.bot.child import ROOT
from tests.bot.support import sessions, shown

BARE: dict[type, dict[str, str]] = {
    Park: {"do": "park"},
    Back: {"do": "back"},
    Help: {"do": "help"},
    Skip: {"do": "skip"},
    Submit: {"do": "submit"},
    Overview: {"do": "overview"},
    HowFar: {"do": "progress"},
    Tomorrow: {"do": "tomorrow"},
    Verdict: {"do": "result"},
}


@dataclass(frozen=True)
class Sentence:
    """What was typed on which card, and what it means: a mapping of one entry; {"nothing": true} must not be taken."""

    on: str
    language: str
    text: str
    means: Mapping[str, Any]


def sentences(name: str) -> list[Sentence]:
    """The sentences of a file of the corpus."""
    told = json.loads((ROOT / "tests" / "corpus" / f"{name}.json").read_text(encoding="utf-8"))
    return [Sentence(**sentence) for sentence in told["sentences"]]


def taken(sentence: Sentence) -> dict[str, Any]:
    """What the program takes a sentence for, as the corpus says it."""
    session = sessions()[sentence.on]
    card, screen, words = shown(session, sentence.language)
    return _told(read(sentence.text, card, screen, words), card)


def _told(meant: Meant | Request | None, card: Card) -> dict[str, Any]:
    match meant:
        case None:
            return {"nothing": True}
        case Answer() | Propose() | Rung() | Figures() | Fuels() | Numbers() | NameFirm():
            return _answering(meant, card)
        case LookUp(term=term):
            return {"look_up": term.upper()}
        case Toward(grade=grade):
            return {"aim": grade}
        case Happened(event=event):
            return {"recheck": event}
        case Detail():
            return {"look": meant.value}
        case _:
            return BARE.get(type(meant), {"other": str(meant)})


def _answering(meant: Answer | Propose | Rung | Figures | Fuels | Numbers | NameFirm, card: Card) -> dict[str, Any]:
    match meant:
        case Answer(letters=letters):
            return {"record": list(letters)}
        case Propose(proposals=proposals):
            answer = proposals[0].answer
            told = answer if isinstance(answer, int) else list(answer)
            return {"propose": told} if len(proposals) == 1 else {"propose": str(proposals)}
        case Rung(met=met):
            return {"rung": met}
        case Figures(values=values):
            return {"figures": {name: _number(value) for name, value in values.items()}}
        case Fuels(amounts=amounts):
            return {"fuels": {name: _number(value) for name, value in amounts.items()}}
        case Numbers(values=values):
            return _numbers(values, card)
        case NameFirm(name=name):
            return {"name": name}


def _numbers(values: tuple[Number, ...], card: Card) -> dict[str, Any]:
    """Numbers without names go to what is asked, in order."""
    match card:
        case FigureCard(figure=figure) if len(values) == 1:
            return {"figures": {figure: _number(values[0])}}
        case QuestionCard(asks=asks):
            return {"figures": dict(zip(asks, map(_number, values), strict=False))}
        case _:
            return {"amount": _number(values[0])}


def _number(value: int | Decimal) -> int | str:
    return int(value) if value == int(value) else str(Decimal(value).normalize())


def harmful(sentence: Sentence, told: Mapping[str, Any]) -> bool:
    """Something would be recorded or proposed that was not said."""
    answers = {"record", "propose", "rung", "figures", "fuels", "amount", "name"}
    return bool(answers & set(told)) and told != sentence.means
