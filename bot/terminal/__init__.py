"""The terminal: a full channel, pleasant on a screen, plain text when piped."""
