"""Sentences: names of things, results, margins, history, complaints; in one language, for every channel."""
