"""Roles: where the people of a process come from, and up to which amount they decide.

Frozen data, part of a definition. May import the rest of model/ below `definition`.
"""

from dataclasses import dataclass
from enum import StrEnum

from signoff.model.expression import Expression
from signoff.model.types import Text


class RoleKind(StrEnum):
    """Where the people of a role come from."""

    STARTER = "starter"
    OWNER_OF = "owner_of"
    APPROVERS_OF = "approvers_of"
    PERSON = "person"
    GROUP = "group"
    GROUPS = "groups"  # whose names data give
    FIELD = "field"
    LEAD_OF = "lead_of"
    MANAGER_OF = "manager_of"
    CHAIN_OF = "chain_of"
    HEAD_OF = "head_of"
    DEPARTMENT = "department"
    TITLE = "title"
    COMPUTED = "computed"
    PICKED_BY = "picked_by"
    AUTHORITY = "authority"


#: Only a directory knows who they are, and it is asked when somebody is to act.
ASKED = frozenset(
    {
        RoleKind.MANAGER_OF,
        RoleKind.CHAIN_OF,
        RoleKind.HEAD_OF,
        RoleKind.DEPARTMENT,
        RoleKind.TITLE,
        RoleKind.AUTHORITY,
    }
)
#: Found from the people of another role, which is the value.
THROUGH = frozenset({RoleKind.LEAD_OF, RoleKind.MANAGER_OF, RoleKind.CHAIN_OF, RoleKind.HEAD_OF})


@dataclass(frozen=True, slots=True)
class Cover:
    """An amount that somebody's authority has to cover: of which category, and in which currency it counts."""

    category: str
    amount: Expression
    currency: str


@dataclass(frozen=True, slots=True)
class Role:
    """Who: a resolver and its argument (a step, a person, a group, a data path, a role), and who stands in.

    A chain ends after `levels`, with the first who is in the role `up_to`, or with the first whose limit covers;
    of every other role `limit` leaves only those whose limit covers. Of AUTHORITY `limit` is what is decided on,
    `verb` what is asked, and `value` a role whose department counts. Who is picked must be among a role.
    """

    id: str
    kind: RoleKind
    value: str = ""
    label: Text = Text()
    levels: int = 1  # of MANAGER_OF and HEAD_OF; of CHAIN_OF, where 0 says that it ends otherwise
    if_empty: str = ""  # a role; empty: the administrators, who appoint a person and never decide
    up_to: str = ""
    limit: Cover | None = None
    among: str = ""
    verb: str = ""
