"""What may stand in a log: our own sentences, and of others only where they were said."""

import io
import json
import logging

import pytest

from bot.logs import FIELDS, HIDDEN, Redacting, Structured, unquoted

TOKEN = "4242:token"  # noqa: S105
FIRM = "绝密精密厂"


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


def logger(name: str, out: io.StringIO, form: type[Redacting] = Redacting) -> logging.Logger:
    """A logger that writes as the program's do."""
    found = logging.getLogger(name)
    handler = logging.StreamHandler(out)
    handler.setFormatter(form((TOKEN, "")))
    found.handlers, found.propagate = [handler], False
    found.setLevel(logging.DEBUG)
    return found


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL])
def test_of_a_library_only_the_place_is_told(written: io.StringIO, level: int) -> None:
    log = logger("telegram.request", written)
    log.log(level, 'Can not load invalid JSON data: "%s"', FIRM)
    log.log(level, "already " + FIRM)  # noqa: G003  # as some do
    assert FIRM not in written.getvalue()
    assert "test_logs.py, line" in written.getvalue()


def test_an_error_is_told_by_its_place_and_kind_not_by_what_it_quotes(written: io.StringIO) -> None:
    for name in ("shuping.reception", "asyncio"):
        try:
            dict[str, str]()[FIRM]
        except KeyError:
            logger(name, written).exception("an update could not be handled")
    assert FIRM not in written.getvalue()
    assert "KeyError" in written.getvalue()
    assert "test_an_error_is_told_by_its_place" in written.getvalue()


def test_a_secret_is_taken_out_of_our_own_lines(written: io.StringIO) -> None:
    logger("shuping.run", written).warning("called /bot%s/getMe", TOKEN)
    assert written.getvalue().endswith(f"called /bot{HIDDEN}/getMe\n")


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("Message is too long", "Message is too long"),
        (
            f'Can not parse entities: unsupported start tag "{FIRM}" at 7',
            "Can not parse entities: unsupported start tag",
        ),
        (f"Bad Request: '{FIRM}'", "Bad Request"),
        ("x" * 500, "x" * 80),
    ],
)
def test_a_reason_keeps_no_quotation(reason: str, kept: str) -> None:
    assert unquoted(reason) == kept


# as JSON


def objects(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_as_json_a_record_is_one_line_with_its_fields(written: io.StringIO) -> None:
    logger("shuping.run", written, Structured).info("数评\n%s", "two", extra={FIELDS: {"ms": 4.2}})
    (told,) = objects(written)
    assert told.pop("time")
    assert told == {"level": "INFO", "logger": "shuping.run", "message": "数评\ntwo", "ms": 4.2}


def test_as_json_a_secret_is_taken_out_and_of_a_library_only_the_place_is_told(written: io.StringIO) -> None:
    logger("shuping.run", written, Structured).warning("called /bot%s/getMe", TOKEN)
    logger("telegram.request", written, Structured).error("no: %s", FIRM)
    ours, theirs = objects(written)
    assert ours["message"] == f"called /bot{HIDDEN}/getMe"
    assert "test_logs.py, line" in str(theirs["message"])
    assert FIRM not in written.getvalue()


def test_as_json_an_error_has_its_place_and_kind_and_no_word_that_it_quotes(written: io.StringIO) -> None:
    try:
        dict[str, str]()[FIRM]
    except KeyError:
        logger("shuping.reception", written, Structured).exception("an update could not be handled")
    (told,) = objects(written)
    assert "KeyError" in str(told["trace"])
    assert FIRM not in written.getvalue()
