"""Draw the state diagram of `flows.phases` into docs/architecture.md; with --check only say whether it is current."""

import sys
from pathlib import Path

from flows.phases import TABLE
from flows.session import Phase

DOCUMENT = Path(__file__).parent.parent / "docs" / "architecture.md"
START, END = "<!-- phases: drawn by `make docs` -->\n", "<!-- end of phases -->"


def diagram() -> str:
    """The table as a Mermaid state diagram; a guard stands in brackets."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Phase.WELCOME.value}"]
    for way in TABLE:
        label = way.trigger + (f" [{way.guard.__name__}]" if way.guard else "")
        lines += [f"    {source.value} --> {way.target.value}: {label}" for source in way.sources]
    return "\n".join([*lines, "```", ""])


def redrawn(text: str) -> str:
    """The document with a fresh diagram."""
    before, rest = text.split(START)
    return before + START + diagram() + END + rest.split(END)[1]


def main() -> int:
    """Write the diagram, or check it; 1 if it is out of date."""
    text = DOCUMENT.read_text(encoding="utf-8")
    fresh = redrawn(text)
    if "--check" in sys.argv:
        if text != fresh:
            print("docs/architecture.md: the state diagram is out of date; run `make docs`")
        return int(text != fresh)
    DOCUMENT.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
