"""A record as an answer file, from which `scoring.answers` reads the same choices and levels again."""

import json
from collections.abc import Mapping
from typing import Any

from flows.session import Record
from scoring.answers import check_answers
from scoring.decoding import read_json
from scoring.errors import AnswersError
from scoring.exact import plain
from scoring.figures import FigureValue
from scoring.rubric import Rubric


def written(rubric: Rubric, record: Record, firm: str | None = None) -> str:
    """An answer file (JSON), a part a line.

    Figures that would decide otherwise than the record, as some stored by older versions may, are left out: the letters
    are what was answered.
    """
    file = _written(rubric, record, record.figures, firm)
    return file if _same(rubric, record, file) else _written(rubric, record, {}, firm)


def _same(rubric: Rubric, record: Record, file: str) -> bool:
    try:
        return check_answers(rubric, read_json(file)).choices == record.choices
    except AnswersError:
        return False


def _written(rubric: Rubric, record: Record, figures: Mapping[str, FigureValue], firm: str | None) -> str:
    letters = {
        item: question.kind.written(record.choices[item])
        for item, question in rubric.question.items()
        if item in record.choices
    }
    levels = {item: record.levels[item] for item in rubric.scenario if item in record.levels}
    numbers = ", ".join(f"{_json(name)}: {_number(figures[name])}" for name in rubric.figure if name in figures)
    parts = [
        f'"rubric": {_json(rubric.id)}',
        *([f'"firm": {_json(firm)}'] if firm else []),
        f'"answers": {_json(letters)}',
        f'"figures": {{{numbers}}}',
        f'"scenarios": {_json(levels)}',
    ]
    return f"{{{(',' + chr(10) + ' ').join(parts)}}}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: FigureValue) -> str:
    """Exactly as it is, which no float would be."""
    return f"[{', '.join(map(plain, value))}]" if isinstance(value, tuple) else plain(value)
