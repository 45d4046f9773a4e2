"""What may stand in a log: our own sentences, and of others only where they were said."""

import io
import logging

import pytest

from bot.logs import HIDDEN, Redacting, unquoted

TOKEN = "4242:token"  # noqa: S105
FIRM = "绝密精密厂"


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


def logger(name: str, out: io.StringIO) -> logging.Logger:
    """A logger that writes as the program's do."""
    found = logging.getLogger(name)
    handler = logging.StreamHandler(out)
    handler.setFormatter(Redacting((TOKEN, "")))
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
