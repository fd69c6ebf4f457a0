"""What was owed and failed too often: that it was given up, and that it is owed again, stand in the history.

The agenda keeps the rows themselves. Must import kernel below `decide`.
"""

from signoff.kernel import roster
from signoff.kernel.asides import GiveUp, OweAgain
from signoff.kernel.events import data
from signoff.kernel.run import Run


def give_up(run: Run, command: GiveUp) -> None:
    """Said by the engine itself, or an administrator."""
    if command.by.id:
        roster.check_admin(command.by)
    run.emit(data.ObligationGivenUp(command.key, command.kind, command.attempts, command.why))


def owe_again(run: Run, command: OweAgain) -> None:
    """By an administrator; nothing where nothing was given up."""
    roster.check_admin(command.by)
    if command.keys:
        run.emit(data.ObligationsOwed(command.keys, command.by.id))
