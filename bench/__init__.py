"""How fast, how small: `python -m bench [NAME …]` prints a table; `docs/performance.md` explains it.

The machine may be shared and noisy, so floors are measured in the same run, taking turns with what they are
compared to. These are never tests: a slow neighbour must not turn a build red.
"""
