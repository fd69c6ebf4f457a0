"""The form of log lines: one line per record, JSON or text, which nothing logged can break or forge.

Owns the formatters; the daemon and the command line attach them. Must import nothing of signoff but `text`.
"""

import logging
from datetime import UTC, datetime

from signoff.runtime.text import json_line, one_line


class JsonFormatter(logging.Formatter):
    """`{"at", "level", "logger", "message"}`, then what `extra={"facts": {…}}` holds, then `error` with its trace."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            facts["error"] = self.formatException(record.exc_info)
        return json_line(facts)


class TextFormatter(logging.Formatter):
    """`2027-01-04T09:00:00.000+00:00 warning signoff.worker: message`; an error as its last line only."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = f"{at} {record.levelname.lower()} {record.name}: {record.getMessage()}"
        error = record.exc_info[1] if record.exc_info else None
        return one_line(line if error is None else f"{line} ({type(error).__name__}: {error})")
