"""The tables of the built-in directory: persons, groups, departments, limits, substitutes, the table of authority.

All of it is what `people import` was given; the chain `directory` says the same. Must import nothing of signoff
but columns.
"""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from signoff.store.columns import SHORT, instant_column, metadata
from signoff.store.columns import text_column as text

person = Table(
    "signoff_person",
    metadata,
    text("id", default=None),
    text("name"),
    text("department"),
    text("title"),
    text("manager"),
    text("mail"),
    text("lang"),
    Column("active", Boolean, nullable=False),
    Column("admin", Boolean, nullable=False),
    text("data"),  # canonical JSON: whatever else the people file says
    PrimaryKeyConstraint("id", name="signoff_person_pk"),
    Index("signoff_person_department_ix", "department"),
    Index("signoff_person_title_ix", "title"),
)

people_group = Table(
    "signoff_people_group",
    metadata,
    text("id", default=None),
    text("name"),
    PrimaryKeyConstraint("id", name="signoff_people_group_pk"),
)

membership = Table(
    "signoff_membership",
    metadata,
    text("group_id", default=None),
    text("person", default=None),
    Column("belongs", Boolean, nullable=False),  # who leads a group need not be a member of it
    Column("leads", Boolean, nullable=False),
    PrimaryKeyConstraint("group_id", "person", name="signoff_membership_pk"),
    Index("signoff_membership_person_ix", "person"),
    **SHORT,
)

login = Table(
    "signoff_login",
    metadata,
    text("login", default=None),  # of the operating system
    text("person", default=None),
    PrimaryKeyConstraint("login", name="signoff_login_pk"),
    **SHORT,
)

department = Table(
    "signoff_department",
    metadata,
    text("id", default=None),
    text("name"),
    text("parent"),
    text("head"),
    PrimaryKeyConstraint("id", name="signoff_department_pk"),
)

# `kind` person, group or title says what `holder` is; `amount` is an exact number as text, null: without limit.
ceiling = Table(
    "signoff_ceiling",
    metadata,
    text("kind", default=None),
    text("holder", default=None),
    text("category", default=None),
    text("currency", default=None),
    Column("amount", Text, nullable=True),
    PrimaryKeyConstraint("kind", "holder", "category", "currency", name="signoff_ceiling_pk"),
)

# `since` and `until`: half open.
substitute = Table(
    "signoff_substitute",
    metadata,
    text("id", default=None),
    text("principal", default=None),
    text("substitute", default=None),
    instant_column("since"),
    instant_column("until"),
    text("process"),
    text("step"),
    text("category"),
    Column("most", Text, nullable=True),
    text("currency"),
    Column("onward", Boolean, nullable=False),
    text("reason"),
    PrimaryKeyConstraint("id", name="signoff_substitute_pk"),
    Index("signoff_substitute_principal_ix", "principal", "until"),
    Index("signoff_substitute_substitute_ix", "substitute", "until"),
)

# One row per signer of a band; (`line`, `seat`) is the order in which they were written.
band = Table(
    "signoff_band",
    metadata,
    Column("line", Integer, nullable=False),
    Column("seat", Integer, nullable=False),
    text("category", default=None),
    text("department"),
    text("currency"),
    text("least", default=None),
    Column("below", Text, nullable=True),
    text("verb", default=None),
    text("kind", default=None),
    text("holder", default=None),
    PrimaryKeyConstraint("line", "seat", name="signoff_band_pk"),
    Index("signoff_band_category_ix", "category"),
)
