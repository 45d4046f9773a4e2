"""The 统一社会信用代码 of a firm, as far as whoever writes a form has to know it; it imports nothing."""

CODE_LENGTH = 18
"""Characters (GB 32100-2015, section 4)."""
CODE_SIGNS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
"""Digits, and letters but for I, O, S, V and Z (GB 32100-2015, section 4.2)."""
