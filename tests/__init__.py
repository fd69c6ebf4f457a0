"""The project's tests: a package, so that they share `tests.postgres` under every way of starting pytest."""
