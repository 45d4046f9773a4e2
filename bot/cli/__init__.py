"""The console command, and what each of its commands does."""
