"""The store for many workers and hosts: PostgreSQL."""
