"""Runs shuping, or a floor beside it, and reports on standard error: processor seconds and peak memory in bytes."""

import json
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak_memory() -> int:
    """The peak of this process alone; where there is no /proc, that of whoever started it may be counted too."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def processor_seconds() -> float:
    """User and system time so far, all imports counted."""
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def main(arguments: list[str]) -> None:
    """`echo FILE` is the floor; anything else is shuping's."""
    if arguments[0] == "echo":
        _echo(Path(arguments[1]))
    else:
        _shuping(arguments)
    sys.stderr.write(f"{processor_seconds()} {peak_memory()}\n")


def _echo(file: Path) -> None:
    """The least that any program does that reads and writes lines of JSON."""
    with file.open("rb") as lines:
        for line in lines:
            sys.stdout.write(json.dumps(json.loads(line)) + "\n")


def _shuping(arguments: list[str]) -> None:
    from bot.cli.main import main as shuping

    try:
        shuping(arguments)
    except SystemExit as status:
        if status.code:
            raise


if __name__ == "__main__":
    main(sys.argv[1:])
