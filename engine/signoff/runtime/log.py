"""The form of log lines: one line of JSON per record, which nothing logged can break or forge.

Owns the formatter; the daemon and the command line attach it. Must import nothing of signoff but `text`.
"""

import logging
from datetime import UTC, datetime

from signoff.runtime.text import json_line


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
