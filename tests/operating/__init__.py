"""The program as operators run it: several workers, PostgreSQL, a proxy, Prometheus."""
