"""The event of a migration: an instance goes on with another version of its definition."""

from dataclasses import dataclass, field

from signoff.kernel.events.base import Event, Said


@dataclass(slots=True)
class InstanceMigrated(Event):
    """An administrator let these scopes go on with `version`, for a reason.

    `nodes` and `flows`: what bears another name from here on, old -> new. `gone`: what was done before and is no
    element of it any more; `over`: new steps of people that lie behind, so that nobody is asked to do them.
    `entries`: gates that ask otherwise, and how many entries they have now: their votes count no more. `rows`: of the
    inbox, with the new name of their step.
    """

    before: str
    version: str
    by: str
    name: str
    reason: Said
    scopes: tuple[str, ...]
    nodes: dict[str, str] = field(default_factory=dict)
    flows: dict[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    entries: dict[str, int] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
