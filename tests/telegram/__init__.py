"""A strict local Telegram Bot API server, for tests and benchmarks of the bot."""
