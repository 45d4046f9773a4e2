"""A process whose clock is wrong: `python -m tests.workers.shifted SECONDS <command> …`, ahead by so many seconds."""

import sys
from datetime import UTC, datetime, timedelta

from bot.serving import here


def main(seconds: str, *command: str) -> None:
    """Run shuping with that clock."""
    ahead = timedelta(seconds=float(seconds))
    here.host_time = lambda: datetime.now(UTC) + ahead
    from bot.cli.main import main as shuping  # whoever takes the clock from there has to come after

    sys.argv[1:] = command
    shuping()


if __name__ == "__main__":
    main(*sys.argv[1:])
