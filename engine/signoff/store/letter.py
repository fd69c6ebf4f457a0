"""The table of messages that wait for a taker, or were taken under an id that must not count twice.

Must import nothing of signoff but columns.
"""

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, SmallInteger, Table

from signoff.store.columns import instant_column, metadata
from signoff.store.columns import text_column as text

# `shard` is that of name and key; `id` the sender's, or chance. A message that was taken stays until it would have
# run out, so that a second one of the same id is none.
message = Table(
    "signoff_message",
    metadata,
    Column("shard", SmallInteger, nullable=False),
    text("name", default=None),
    text("key", default=None),
    text("id", default=None),
    text("data"),  # canonical JSON
    instant_column("at"),
    instant_column("expires_at"),
    Column("taken", Boolean, nullable=False),
    PrimaryKeyConstraint("shard", "name", "key", "id", name="signoff_message_pk"),
    Index("signoff_message_expires_ix", "expires_at"),
)
