"""What was refused goes to the log `signoff.audit`, not to the journal: who asked for what, and why not.

Data, notes and documents are never logged. Must not import `engine`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from signoff.errors import Refused
from signoff.kernel import commands as c
from signoff.kernel.commands import Actor
from signoff.runtime.text import one_line

_log = logging.getLogger("signoff.audit")
_ABOUT = ("instance", "task", "gate", "timer", "question")


@contextmanager
def told(command: c.Command) -> Iterator[None]:
    """Log whatever refuses this command, and let it pass on."""
    about = next((getattr(command, name) for name in _ABOUT if getattr(command, name, "")), "")
    with trying(type(command).__name__, about, command.by, request_id=command.request_id):
        yield


@contextmanager
def trying(asked: str, about: str, actor: Actor, *, request_id: str = "") -> Iterator[None]:
    """Log whatever refuses what this actor asks for, and let it pass on; for what is no command yet."""
    try:
        yield
    except Refused as error:
        facts = {
            "command": asked,
            "about": about,
            "actor": actor.id,
            "auth": actor.auth.value,
            "via": actor.via,
            "request_id": request_id,
            "class": type(error).__name__,
            "code": error.code,
        }
        said = (asked, one_line(actor.id, limit=80), type(error).__name__, error.code)
        _log.warning("refused %s of %s: %s %s", *said, extra={"facts": facts})
        raise
