"""`python -m bot` is the console command."""

from bot.cli.main import main

main()
