"""A line for each update: what it tells, and that nobody can be found by it."""

import json
import logging

import pytest

from bot.logs import Structured
from bot.observing.lines import LOG, Lines, key_of
from bot.observing.observer import Came

DOSSIER = "0c5e1f6a2b3d4e5f8091a2b3c4d5e6f7"
SECRET = "4242:token"  # noqa: S105


def line(caplog: pytest.LogCaptureFixture, key: bytes) -> dict[str, object]:
    """What is written of an update."""
    caplog.clear()
    with caplog.at_level(logging.INFO, LOG.name):
        Lines(key).updated("telegram", Came.APPLIED, 0.0041234, DOSSIER, "questions")
    (record,) = caplog.records
    told: dict[str, object] = json.loads(Structured((SECRET,)).format(record))
    return told


def test_it_is_one_object_of_these_fields(caplog: pytest.LogCaptureFixture) -> None:
    told = line(caplog, key_of(SECRET))
    assert list(told) == ["time", "level", "logger", "message", "dossier", "channel", "phase", "outcome", "ms"]
    assert (told["channel"], told["phase"], told["outcome"], told["ms"]) == ("telegram", "questions", "applied", 4.12)


def test_processes_that_share_a_secret_write_the_same_hash_and_others_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, same, other = (line(caplog, key_of(secret))["dossier"] for secret in (SECRET, SECRET, "4343:token"))
    assert first == same != other
    assert DOSSIER[:6] not in str(first)


def test_without_a_secret_each_start_has_its_own(caplog: pytest.LogCaptureFixture) -> None:
    key = key_of("")
    assert line(caplog, key)["dossier"] == line(caplog, key)["dossier"]
    assert line(caplog, key)["dossier"] != line(caplog, key_of(""))["dossier"]
