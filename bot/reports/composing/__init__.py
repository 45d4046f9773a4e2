"""The parts of a report in words, a module each; `bot.reports.compose` puts them together."""
