"""Several worker processes on one PostgreSQL, and everything that can happen to them."""
