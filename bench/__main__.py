"""`python -m bench [NAME …]`: run the named benchmarks, or all of them."""

import sys
from importlib import import_module

from bench.table import Row, table

NAMES = ("scoring", "flows", "storage", "batch", "start", "telegram")


def main(names: list[str]) -> int:
    """Print one table; status 2 for a name that is none."""
    if unknown := sorted(set(names) - set(NAMES)):
        sys.stderr.write(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    rows: list[Row] = []
    for name in names or NAMES:
        sys.stderr.write(f"{name} …\n")
        rows += import_module(f"bench.{name}_speed").rows()
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
