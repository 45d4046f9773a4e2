"""Programs of Debian's that tests run."""

import os
import shutil

import pytest


def program(name: str, package: str | None = None) -> str:
    """Where it is. Without it the test is skipped, unless CI is set: there it has to be."""
    found: str | None = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found:
        return found
    missing = f"{name} is not installed (Debian: apt-get install {package or name})"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
