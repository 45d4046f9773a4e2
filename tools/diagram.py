"""Draw the diagrams of docs/architecture.md: the phases, the way of an update. --check: are they current?"""

import sys
from pathlib import Path

from flows.phases import TABLE
from flows.session import Phase
from tools import way

DOCUMENT = Path(__file__).parent.parent / "docs" / "architecture.md"


def phases() -> str:
    """The table as a Mermaid state diagram; a guard stands in brackets."""
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {Phase.WELCOME.value}"]
    for row in TABLE:
        label = row.trigger + (f" [{row.guard.__name__}]" if row.guard else "")
        lines += [f"    {source.value} --> {row.target.value}: {label}" for source in row.sources]
    return "\n".join([*lines, "```", ""])


DRAWN = {"phases": phases, "way of an update": way.diagram}


def redrawn(text: str) -> str:
    """The document with fresh diagrams."""
    for name, diagram in DRAWN.items():
        start, end = f"<!-- {name}: drawn by `make docs` -->\n", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = before + start + diagram() + end + rest.split(end)[1]
    return text


def main() -> int:
    """Write the diagram, or check it; 1 if it is out of date."""
    text = DOCUMENT.read_text(encoding="utf-8")
    fresh = redrawn(text)
    if "--check" in sys.argv:
        if text != fresh:
            print("docs/architecture.md: a diagram is out of date; run `make docs`")
        return int(text != fresh)
    DOCUMENT.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
