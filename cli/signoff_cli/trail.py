"""Where refused attempts of the command line are kept: a line of JSON each, in the file SIGNOFF_AUDIT_LOG names.

Without one they are told to whoever asked and to nobody else. Must not import signoff before there is something to
write: `--help` needs none of it.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_LOGGER = "signoff.audit"


@contextmanager
def followed(environ: Mapping[str, str]) -> Iterator[None]:
    """Keep what is refused meanwhile; a file that cannot be written is an OSError before anything is done."""
    handler = _handler(environ.get("SIGNOFF_AUDIT_LOG", ""))
    logger = logging.getLogger(_LOGGER)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _handler(place: str) -> logging.Handler:
    if not place:
        return logging.NullHandler()  # else Python would print the bare message beside the sentence
    handler = logging.FileHandler(place, encoding="utf-8")
    handler.setFormatter(_Lines())
    return handler


class _Lines(logging.Formatter):
    """As the daemon's log is written."""

    def format(self, record: logging.LogRecord) -> str:
        from signoff import JsonFormatter  # noqa: PLC0415 - only when something was refused

        return JsonFormatter().format(record)
