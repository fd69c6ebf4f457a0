"""Creates the table of messages that wait for a taker."""

import sqlalchemy as sa
from alembic import op


def create() -> None:
    op.create_table(
        "signoff_message",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "name", "key", "id", name="signoff_message_pk"),
    )
    op.create_index("signoff_message_expires_ix", "signoff_message", ["expires_at"], unique=False)
