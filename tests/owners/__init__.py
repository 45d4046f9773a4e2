"""Whole conversations of owners, as their phones show them: scripts of taps and typed lines, and what came of them."""
