"""The process that makes reports: each that comes in on standard input goes out as a file, until the input ends.

It is trusted with nothing: what it may take of the machine is bounded, and it knows no secret. Of a failure it says the
kind of the error and its place, since the words of an error may quote what people wrote.
"""

import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.reports.characters import use_fonts
from bot.reports.render import render

REQUEST = struct.Struct("!QdI")
"""The number of a request, the seconds that it may take, and how long what follows is: a kind and a report, pickled."""
REPLY = struct.Struct("!Q?I")
"""The number of the request, whether it was made, and how long what follows is: the file, or why there is none."""
MEMORY = 512 << 20
"""Bytes that can be written to. Five hundred firms take less than half; threads that only reserve some do not count."""


def work(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests. One that takes too long is the end of this process, even if nobody is left to end it."""
    while head := requests.read(REQUEST.size):
        number, seconds, size = REQUEST.unpack(head)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        made, content = _made(requests.read(size))
        replies.write(REPLY.pack(number, made, len(content)) + content)
        replies.flush()
        signal.setitimer(signal.ITIMER_REAL, 0)


def _made(request: bytes) -> tuple[bool, bytes]:
    try:
        kind, report = pickle.loads(request)  # noqa: S301  # our parent's; nobody else writes here
        return True, render(kind, report)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return False, f"{type(error).__name__} at {place.filename}:{place.lineno}".encode()


def main() -> None:
    """Give up what is not needed, and work. What anybody prints goes where errors go, not among the replies.

    The one argument there may be is the folder of the operator's fonts.
    """
    for limit, most in ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):  # not every system has every limit
            resource.setrlimit(limit, (most, most))
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if len(sys.argv) > 1:
        use_fonts(Path(sys.argv[1]))
    work(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
