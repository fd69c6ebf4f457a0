"""Create every table of the first release."""

import sqlalchemy as sa
from alembic import op

from signoff.store import guards
from signoff.store.migrations import postbox, staff

revision = "0001"
down_revision = None


def upgrade() -> None:
    _agenda()
    _calendar()
    _candidate()
    _chain()
    _chain_head()
    _decision()
    _definition()
    _definition_current()
    _desk()
    _document()
    _document_chunk()
    _info()
    _instance()
    _involvement()
    _journal()
    _key()
    postbox.create()
    staff.create()
    _subscription()
    _task()
    guards.create(op.get_bind())


def downgrade() -> None:
    """Drop every table, with all that was ever decided."""
    guards.drop(op.get_bind())
    for name in TABLES:
        op.drop_table(f"signoff_{name}")


TABLES = (
    "agenda",
    "band",
    "calendar",
    "candidate",
    "ceiling",
    "chain",
    "chain_head",
    "decision",
    "definition",
    "definition_current",
    "department",
    "desk",
    "document",
    "document_chunk",
    "info",
    "instance",
    "involvement",
    "journal",
    "key",
    "login",
    "membership",
    "message",
    "people_group",
    "person",
    "subscription",
    "substitute",
    "task",
)


HALF = {"fillfactor": 50}  # of tables whose rows change again and again


def _agenda() -> None:
    op.create_table(
        "signoff_agenda",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("told", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "key", name="signoff_agenda_pk"),
        sqlite_with_rowid=False,
        postgresql_with=HALF,
    )
    op.create_index("signoff_agenda_claim_ix", "signoff_agenda", ["state", "due_at"], unique=False)


def _calendar() -> None:
    op.create_table(
        "signoff_calendar",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="signoff_calendar_pk"),
    )
    op.create_index("signoff_calendar_name_ix", "signoff_calendar", ["name", "created_at"], unique=False)


def _candidate() -> None:
    op.create_table(
        "signoff_candidate",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "task", "person", name="signoff_candidate_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "signoff_candidate_person_ix", "signoff_candidate", ["person", "state", "at"], unique=False
    )


def _chain() -> None:
    op.create_table(
        "signoff_chain",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "n", name="signoff_chain_pk"),
    )


def _chain_head() -> None:
    op.create_table(
        "signoff_chain_head",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="signoff_chain_head_pk"),
        sqlite_with_rowid=False,
    )


def _decision() -> None:
    op.create_table(
        "signoff_decision",
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("deployed_at", sa.BigInteger(), nullable=False),
        sa.Column("deployed_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("decision", "number", name="signoff_decision_pk"),
    )


def _definition() -> None:
    op.create_table(
        "signoff_definition",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("deployed_at", sa.BigInteger(), nullable=False),
        sa.Column("deployed_by", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("version", name="signoff_definition_pk"),
        sa.UniqueConstraint("process", "number", name="signoff_definition_number_uq"),
    )


def _definition_current() -> None:
    op.create_table(
        "signoff_definition_current",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("process", name="signoff_definition_current_pk"),
        sqlite_with_rowid=False,
    )


def _desk() -> None:
    op.create_table(
        "signoff_desk",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text(), server_default="", nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "person", "task", name="signoff_desk_pk"),
    )


def _document() -> None:
    op.create_table(
        "signoff_document",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="signoff_document_pk"),
    )


def _document_chunk() -> None:
    op.create_table(
        "signoff_document_chunk",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "n", name="signoff_document_chunk_pk"),
    )


def _info() -> None:
    op.create_table(
        "signoff_info",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="signoff_info_pk"),
    )


def _instance() -> None:
    op.create_table(
        "signoff_instance",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("process", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("starter", sa.Text(), server_default="", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("variables", sa.Text(), server_default="", nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("format", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "id", name="signoff_instance_pk"),
        postgresql_with=HALF,
    )
    _instance_indexes()


def _instance_indexes() -> None:
    op.create_index("signoff_instance_key_ix", "signoff_instance", ["key"], unique=False)
    op.create_index(
        "signoff_instance_key_uq",
        "signoff_instance",
        ["shard", "process", "key"],
        unique=True,
        sqlite_where=sa.text("live AND \"key\" <> ''"),
        postgresql_where=sa.text("live AND \"key\" <> ''"),
    )
    op.create_index("signoff_instance_live_ix", "signoff_instance", ["live", "started_at"], unique=False)
    op.create_index(
        "signoff_instance_process_ix", "signoff_instance", ["process", "status", "started_at"], unique=False
    )
    op.create_index(
        "signoff_instance_request_uq",
        "signoff_instance",
        ["process", "request_id"],
        unique=True,
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )


def _involvement() -> None:
    op.create_table(
        "signoff_involvement",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "person", "how", name="signoff_involvement_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "signoff_involvement_person_ix", "signoff_involvement", ["person", "how", "at"], unique=False
    )


def _journal() -> None:
    op.create_table(
        "signoff_journal",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("bytes", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shard", "instance", "n", name="signoff_journal_pk"),
    )
    op.create_index(
        "signoff_journal_request_uq",
        "signoff_journal",
        ["shard", "instance", "request_id"],
        unique=True,
        sqlite_where=sa.text("request_id IS NOT NULL"),
        postgresql_where=sa.text("request_id IS NOT NULL"),
    )
    op.create_index("signoff_journal_recorded_ix", "signoff_journal", ["recorded_at"], unique=False)
    op.create_index(
        "signoff_journal_nonce_uq",
        "signoff_journal",
        ["shard", "nonce"],
        unique=True,
        sqlite_where=sa.text("nonce IS NOT NULL"),
        postgresql_where=sa.text("nonce IS NOT NULL"),
    )


def _key() -> None:
    op.create_table(
        "signoff_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="signoff_key_pk"),
    )
    op.create_index("signoff_key_person_ix", "signoff_key", ["person"], unique=False)


def _subscription() -> None:
    op.create_table(
        "signoff_subscription",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "id", name="signoff_subscription_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("signoff_subscription_name_ix", "signoff_subscription", ["name", "key"], unique=False)


def _task() -> None:
    op.create_table(
        "signoff_task",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("instance", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("opens", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", sa.SmallInteger(), server_default="2", nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("shard", "instance", "id", name="signoff_task_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "signoff_task_due_ix",
        "signoff_task",
        ["due"],
        unique=False,
        sqlite_where=sa.text("open = 1"),
        postgresql_where=sa.text("open"),
    )
