"""`python -m bench [NAME …]`: run the named benchmarks, or all of them."""

import sys
from importlib import import_module

from bench.table import Row, table

MODULES = {
    **{
        name: f"bench.{name}_speed"
        for name in ("scoring", "flows", "storage", "batch", "start", "reports", "telegram", "web", "scale")
    },
    "quick": "bench.quick",
}


def main(names: list[str]) -> int:
    """Print one table; status 2 for a name that is none."""
    if unknown := sorted(set(names) - set(MODULES)):
        sys.stderr.write(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(MODULES)}\n")
        return 2
    rows: list[Row] = []
    for name in names or MODULES:
        sys.stderr.write(f"{name} …\n")
        rows += import_module(MODULES[name]).rows()
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
