"""Telegram: one live card a conversation, taps and typing, nothing ever lost."""
