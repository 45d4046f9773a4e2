"""What a newer program would have written, as far as older ones look at it: its form."""

import psycopg

from storage.store import FORM

SESSION = """UPDATE shuping.sessions SET form = %s
WHERE dossier IN (SELECT front FROM shuping.windows WHERE window_name = %s)"""
WINDOW = "UPDATE shuping.windows SET form = %s WHERE window_name = %s"
MESSAGES = "UPDATE shuping.outbox SET form = %s WHERE window_name = %s"
WHAT = {"session": SESSION, "window": WINDOW, "messages": MESSAGES}


def by_newer(url: str, window: str, what: str = "session") -> None:
    """A newer program has written it, in this PostgreSQL."""
    _write(url, window, what, FORM + 1)


def by_ours(url: str, window: str, what: str = "session") -> None:
    """This program has: the newer one is gone, and has left it as it was."""
    _write(url, window, what, FORM)


def _write(url: str, window: str, what: str, form: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute(WHAT[what].encode(), (form, window)).rowcount >= 1
