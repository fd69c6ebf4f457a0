"""Erasing personal values of an instance that has ended: who may, when, and that it is recorded.

The values themselves the shell takes out, where they stand; here it is judged, and said in the history. Must import
kernel below `decide`.
"""

from signoff.errors import Invalid, WrongState
from signoff.kernel import roster
from signoff.kernel.asides import Erase
from signoff.kernel.events import aside
from signoff.kernel.run import Run
from signoff.kernel.state import LIVE


def erase(run: Run, command: Erase) -> None:
    """What still runs may ask for any value again, so only what has ended is erased."""
    roster.check_admin(command.by)
    if run.state.status in LIVE:
        raise WrongState("erase_while_running", instance=run.state.id)
    if not command.reason.strip():
        raise Invalid("erase_without_reason")
    if not command.seals and not command.papers:
        raise WrongState("nothing_to_erase", instance=run.state.id)
    name = command.by.name or command.by.id
    run.emit(
        aside.PersonalErased(
            command.by.id, name, command.reason, command.names, command.seals, command.papers
        )
    )
