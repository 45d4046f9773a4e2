"""Processes that run until they are told to stop: Telegram, the page, or both, side by side."""
