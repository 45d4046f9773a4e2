"""The standard as data, and facts in, result out: exact arithmetic, no input or output of its own.

rubric -> answers (validated) -> sheet (integers) -> result (with its proof), plan, margin, certainty and comparison;
policy says whom it concerns.
"""
