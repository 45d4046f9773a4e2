"""The bot as a child process against the local Bot API server."""
