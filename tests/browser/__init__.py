"""The page as people see it: a real browser, a real server, a real store. `make browser` runs these."""
