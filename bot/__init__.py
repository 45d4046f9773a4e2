"""Channels and commands: the only package that sees all others; every effect happens here."""
