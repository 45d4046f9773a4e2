"""A next version of the program, as one could be: made of this one, in a folder of its own.

It adds a column (expand) and later insists on it (contract); its sessions have one more field, and what it says of a
card is a new kind of reply. This version can read neither.
"""

import re
import shutil
from pathlib import Path

from storage.postgres.migrations import steps
from tests.chain.places import ROOT

PACKAGES = ("bot", "flows", "scoring", "storage", "locales")
EXPAND = "ALTER TABLE shuping.sessions ADD COLUMN remark text DEFAULT 'next';\n"
CONTRACT = "ALTER TABLE shuping.sessions ALTER COLUMN remark SET NOT NULL;\n"
CHANGES = {
    "storage/store.py": (r"^FORM = (\d+)$", lambda found: f"FORM = {int(found[1]) + 1}"),
    "flows/session.py": (
        r"^    finished_at: datetime \| None = None$",
        lambda found: f'{found[0]}\n    remark: str = "next"',
    ),
    "bot/dialogue/replies.py": (r'Literal\["card"\] = "card"', lambda _: 'Literal["card", "shaded"] = "shaded"'),
}


def next_version(folder: Path) -> Path:
    """Where it is."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (pattern, changed) in CHANGES.items():
        file = folder / name
        text, count = re.subn(pattern, changed, file.read_text(), flags=re.MULTILINE)
        assert count == 1, name
        file.write_text(text)
    last = len(steps())
    for number, kind, sql in ((last + 1, "expand", EXPAND), (last + 2, "contract", CONTRACT)):
        (folder / "storage" / "postgres" / "steps" / f"{number:04}_{kind}_remark.sql").write_text(sql)
    return folder
