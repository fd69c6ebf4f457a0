"""What was refused goes to the log `signoff.audit`, not to the journal: who asked for what, and why not.

Data, notes and documents are never logged. Must not import `engine`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from signoff.errors import Refused
from signoff.kernel import commands as c

_log = logging.getLogger("signoff.audit")
_ABOUT = ("instance", "task", "gate", "timer", "question")


@contextmanager
def told(command: c.Command) -> Iterator[None]:
    """Log whatever refuses this command, and let it pass on."""
    try:
        yield
    except Refused as error:
        _log.warning("refused", extra={"facts": _facts(command, error)})
        raise


def _facts(command: c.Command, error: Refused) -> dict[str, str]:
    about = next((getattr(command, name) for name in _ABOUT if getattr(command, name, "")), "")
    return {
        "command": type(command).__name__,
        "about": about,
        "actor": command.by.id,
        "auth": command.by.auth.value,
        "via": command.by.via,
        "request_id": command.request_id,
        "class": type(error).__name__,
        "code": error.code,
    }
