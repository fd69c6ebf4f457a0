"""A golden database: every kind of wait, frozen as SQL text at the close of a release."""
