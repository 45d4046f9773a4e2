"""`python -m bot` is the console command."""

from bot.cli import main

main()
