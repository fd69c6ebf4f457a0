"""By whom each aside is carried out, and which of them are taken while an instance is suspended or has ended.

Must import kernel below `decide`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from signoff.kernel import (
    asides,
    burial,
    commands,
    copies,
    erasure,
    handover,
    migration,
    override,
    pressing,
    relocation,
    request,
    thread,
    urging,
    withdrawal,
)
from signoff.kernel.run import Run

# The one erased register of asides: each handler takes its own class.
HANDLERS: Mapping[type[commands.Command], Callable[[Run, Any], None]] = {
    asides.Withdraw: withdrawal.withdraw,
    asides.Request: request.ask,
    asides.WithdrawRequest: request.withdraw,
    asides.Urge: urging.urge,
    asides.MarkRead: copies.read,
    asides.Comment: thread.comment,
    asides.Ask: thread.ask,
    asides.Answer: thread.answer,
    asides.Override: override.override,
    asides.Move: relocation.move,
    asides.Prioritize: pressing.prioritize,
    asides.HandOver: handover.hand_over,
    asides.Migrate: migration.migrate,
    asides.Erase: erasure.erase,
    asides.GiveUp: burial.give_up,
    asides.OweAgain: burial.owe_again,
}
SUSPENDED: tuple[type[commands.Command], ...] = (
    asides.MarkRead,
    asides.Comment,
    asides.Ask,
    asides.Answer,
    asides.GiveUp,
    asides.OweAgain,
    asides.Erase,  # refused by itself, with what it waits for
    asides.Migrate,
    commands.ResolveRoster,  # whom that asks for
)
ENDED: tuple[type[commands.Command], ...] = (
    asides.MarkRead,
    asides.Erase,
    asides.Request,  # refused by itself, unless it may still be recalled
    asides.Withdraw,
    asides.GiveUp,
    asides.OweAgain,
    commands.ResolveRoster,
)
