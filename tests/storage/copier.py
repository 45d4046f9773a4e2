"""`python -m tests.storage.copier FROM TO SECONDS`: copy, a few rows at a time, and die after so many seconds."""

import signal
import sys

from storage.copying import run
from storage.copying.move import move


def main(source: str, target: str, seconds: str) -> None:
    """The alarm is not handled, so it ends the process like a kill, wherever it is."""
    run.BATCH = 3
    signal.setitimer(signal.ITIMER_REAL, float(seconds))
    found = move(source, target, lambda _: None, lambda _: None)
    sys.stdout.write("equal" if all(table.equal for table in found) else "different")


if __name__ == "__main__":
    main(*sys.argv[1:])
