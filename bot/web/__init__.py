"""The conversation as a page, for any browser."""
