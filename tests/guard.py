"""Run a server for as long as the tests live that need it: `guard.py FOLDER USER COMMAND …`.

When standard input ends, the server is stopped, and its folder removed, unless the last that was said is "keep". A test
that is killed cannot clean up; the end of its pipe tells this process, which runs in a session of its own.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

SECONDS = 10
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main(folder: str, user: str, *command: str) -> None:
    """Start, wait for the end of standard input, stop, and clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    adopt()
    someone = None if user == "-" else int(user)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        user=someone,
        group=someone,
        preexec_fn=follow,  # there is one thread
    )
    said = sys.stdin.read()
    process.send_signal(signal.SIGQUIT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SECONDS)
    process.kill()
    process.wait()
    bury()
    if said.strip() != "keep":
        free(Path(folder, "data", "postmaster.pid"))
        shutil.rmtree(folder, ignore_errors=True)


def adopt() -> None:
    """What the server leaves behind when it is killed becomes our child (Linux), so that we can wait for its end."""
    tell_kernel(PR_SET_CHILD_SUBREAPER, 1)


def follow() -> None:
    """The server stops, too, should somebody kill us (Linux)."""
    tell_kernel(PR_SET_PDEATHSIG, signal.SIGQUIT)


def tell_kernel(option: int, value: int) -> None:
    """A wish about this process, where there is such a thing."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(option, value)


def bury() -> None:
    """Wait until the last of them has ended; those of PostgreSQL end by themselves."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def free(left: Path) -> None:
    """Free the shared memory of a PostgreSQL that was killed and could not do so itself."""
    with contextlib.suppress(OSError, IndexError):
        segment = left.read_text().split("\n")[6].split()[1]
        subprocess.run(["ipcrm", "-m", segment], check=False, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(*sys.argv[1:])
