"""Sessions, the log of answers and finished assessments, kept safe: one transaction an input."""
