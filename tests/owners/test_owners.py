"""Owners' conversations on the phone: each script is walked, and what the phone showed is kept as a transcript.

A script is one step a line: `[label]` taps the button whose words begin so, anything else is typed. `#` begins a
comment; the first line says the language. `SHUPING_UPDATE=1` writes the transcripts anew.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.session import Phase
from tests.owners.phone import LINES, Phone, wrapped

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in (FOLDER / "scripts").glob("*.txt"))
DONE = (Phase.RESULT, Phase.AIM, Phase.PROVISIONAL)
"""Where an owner may leave: at a result, looking ahead from one, or once the grade is settled."""


def script(name: str) -> list[str]:
    """The language, and the steps."""
    lines = (FOLDER / "scripts" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


async def walked(language: str, steps: Sequence[str]) -> tuple[Phone, str]:
    """The phone at the end, and all that it showed."""
    phone = Phone(language)
    parts = []
    for step in steps:
        if step.startswith("[") and step.endswith("]"):
            await phone.tap(step[1:-1])
        else:
            await phone.type(step)
        parts += [f"› {step}", *_shown(phone), ""]
    parts.append(f"= {phone.taps} taps, {phone.lines} lines")
    return phone, "\n".join(parts) + "\n"


def _shown(phone: Phone) -> list[str]:
    lines = []
    for reference in phone.heard:
        bubble = phone.bubbles[reference]
        lines += [f"  │ {line}".rstrip() for line in wrapped(bubble.text)]
        lines += ["  " + " ".join(f"[{label}]" for label in row) for row in bubble.labels]
    return lines


@pytest.mark.parametrize("name", NAMES)
async def test_a_conversation(name: str) -> None:
    language, *steps = script(name)
    phone, transcript = await walked(language, steps)
    kept = FOLDER / "transcripts" / f"{name}.txt"
    if os.environ.get("SHUPING_UPDATE"):
        kept.write_text(transcript, encoding="utf-8")
    assert transcript == kept.read_text(encoding="utf-8")
    assert (await phone.session()).phase in DONE


@pytest.mark.parametrize(("name", "most"), [("01_three_lines", 25), ("02_thumb_only", 45)])
async def test_a_shop_of_level_two_is_done_in_so_many_taps(name: str, most: int) -> None:
    language, *steps = script(name)
    phone, transcript = await walked(language, steps)
    assert "二级（规范级）" in transcript
    assert phone.taps <= most


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_said_is_taller_than_a_phone(name: str) -> None:
    """What is shown after each step: a notice, the card, or a page of a detail."""
    language, *steps = script(name)
    phone = Phone(language)
    for step in steps:
        await (phone.tap(step[1:-1]) if step.startswith("[") and step.endswith("]") else phone.type(step))
        tall = {text: len(wrapped(text)) for text in (phone.bubbles[reference].text for reference in phone.heard)}
        assert {text: lines for text, lines in tall.items() if lines > LINES + NOTICES} == {}, step


NOTICES = 4
"""Lines of what has just happened, above a card of a phone's height."""
