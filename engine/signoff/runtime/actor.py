"""Who acts: from an id or an `Actor` of the host to the actor that a command carries.

Groups and what a person leads are captured here, once, and recorded with the command.
"""

from sqlalchemy import Connection

from signoff.errors import Invalid, NotAllowed
from signoff.kernel.commands import Actor
from signoff.model.gate import Strength
from signoff.runtime import refusal
from signoff.runtime.directory import Directory


def actor(
    by: str | Actor,
    directory: Directory,
    *,
    connection: Connection | None = None,
    auth: Strength = Strength.ASSERTED,
    via: str = "library",
) -> Actor:
    """An `Actor` counts as the host gives it; a bare id is looked up, and proves nothing unless `auth` says so."""
    if isinstance(by, Actor):
        return by
    if not isinstance(by, str):
        raise Invalid("untyped_value", at="by", type=type(by).__name__)
    standing = directory.standing(by, connection=connection)
    if standing is None:
        with refusal.trying("Actor", "", Actor(by, auth=auth, via=via)):
            raise NotAllowed("unknown_actor", person=by)
    return Actor(
        standing.id,
        groups=standing.groups,
        name=standing.name,
        auth=auth,
        via=via,
        admin=standing.admin,
        leads=standing.leads,
        known=True,
    )
