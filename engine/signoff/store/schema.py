"""The tables: Core definitions of every row signoff keeps; `migrations/` creates exactly these.

Instants are whole microseconds since 1970 UTC (`micros`, `instant`), the same on both databases. There are no
foreign keys: rows of one instance share `shard` and `instance`, are written in one statement and can be rebuilt
from the journal. Every name starts with `signoff_`. Must import nothing of signoff. On SQLite a table of short rows
is its own primary key (WITHOUT ROWID): a row written is then one page, not two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from signoff.store.columns import EPOCH, PREFIX, ROOMY, SHORT, instant, metadata, micros
from signoff.store.columns import instant_column as _at
from signoff.store.columns import text_column as _text
from signoff.store.desk import desk
from signoff.store.letter import message
from signoff.store.staff import band, ceiling, department, login, membership, people_group, person, substitute

__all__ = [
    "EPOCH",
    "PREFIX",
    "VERSION_TABLE",
    "agenda",
    "band",
    "calendar",
    "candidate",
    "ceiling",
    "chain",
    "chain_head",
    "definition",
    "definition_current",
    "department",
    "desk",
    "document",
    "document_chunk",
    "info",
    "instance",
    "instant",
    "involvement",
    "journal",
    "key",
    "login",
    "membership",
    "message",
    "metadata",
    "micros",
    "owns",
    "people_group",
    "person",
    "subscription",
    "substitute",
    "task",
]

VERSION_TABLE = "signoff_version"


def owns(name: str | None) -> bool:
    """Whether a table, index or constraint of that name is signoff's: for a host's autogenerate filter."""
    return bool(name) and str(name).startswith(PREFIX)


def _maybe(name: str) -> Column[int | None]:
    return Column(name, BigInteger, nullable=True)


def _shard() -> Column[int]:
    return Column("shard", SmallInteger, nullable=False)


def _instance() -> Column[str]:
    return Column("instance", Text, nullable=False)


# instances ----------------------------------------------------------------------------------------------
# The truth is `state` and `variables`; `row_version` is the lock, (`n`, `head`) the end of the hash chain.

instance = Table(
    "signoff_instance",
    metadata,
    _shard(),
    Column("id", Text, nullable=False),
    _text("process"),
    _text("version"),  # the hash of its definition
    _text("key"),  # business key; empty: none
    _text("title"),
    _text("status"),
    _text("outcome"),
    _text("starter"),
    Column("request_id", Text, nullable=True),  # of the start
    Column("live", Boolean, nullable=False),
    _maybe("started_at"),
    _maybe("ended_at"),
    _at("recorded_at"),  # of the last command
    _text("state"),
    _text("variables"),  # scope id -> data
    Column("row_version", Integer, nullable=False),
    Column("n", Integer, nullable=False),  # journal rows
    _text("head"),  # hash of the last journal row
    Column("seq", Integer, nullable=False),  # events
    Column("format", SmallInteger, nullable=False),
    PrimaryKeyConstraint("shard", "id", name="signoff_instance_pk"),
    Index(
        "signoff_instance_key_uq",
        "shard",
        "process",
        "key",
        unique=True,
        sqlite_where=text("live AND \"key\" <> ''"),
        postgresql_where=text("live AND \"key\" <> ''"),
    ),
    # Over all shards, unlike every other: a request may come to another key, and so to another shard.
    Index(
        "signoff_instance_request_uq",
        "process",
        "request_id",
        unique=True,
        sqlite_where=text("request_id IS NOT NULL"),
        postgresql_where=text("request_id IS NOT NULL"),
    ),
    Index("signoff_instance_key_ix", "key"),
    Index("signoff_instance_process_ix", "process", "status", "started_at"),
    Index("signoff_instance_live_ix", "live", "started_at"),
    **ROOMY,
)

# One row per command; `bytes` as written, hash = SHA-256(domain, previous hash, bytes). `sealed` may be erased.
journal = Table(
    "signoff_journal",
    metadata,
    _shard(),
    _instance(),
    Column("n", Integer, nullable=False),  # from 1
    Column("request_id", Text, nullable=True),
    _text("bytes", default=None),
    _text("hash", default=None),
    _at("recorded_at"),
    Column("nonce", Text, nullable=True),  # of a signed decision
    Column("sealed", Text, nullable=True),  # hash -> [salt, value]: what stands in `bytes` as a hash only
    PrimaryKeyConstraint("shard", "instance", "n", name="signoff_journal_pk"),
    Index(
        "signoff_journal_request_uq",
        "shard",
        "instance",
        "request_id",
        unique=True,
        sqlite_where=text("request_id IS NOT NULL"),
        postgresql_where=text("request_id IS NOT NULL"),
    ),
    Index("signoff_journal_recorded_ix", "recorded_at"),
    Index(
        "signoff_journal_nonce_uq",
        "shard",
        "nonce",
        unique=True,
        sqlite_where=text("nonce IS NOT NULL"),
        postgresql_where=text("nonce IS NOT NULL"),
    ),
)

# The system chains: directory, keys, deployment. The head row is locked while a link is appended.
chain = Table(
    "signoff_chain",
    metadata,
    _text("name", default=None),
    Column("n", Integer, nullable=False),  # from 1
    _text("bytes", default=None),
    _text("hash", default=None),
    _at("recorded_at"),
    PrimaryKeyConstraint("name", "n", name="signoff_chain_pk"),
)

chain_head = Table(
    "signoff_chain_head",
    metadata,
    _text("name", default=None),
    Column("n", Integer, nullable=False),
    _text("hash"),
    PrimaryKeyConstraint("name", name="signoff_chain_head_pk"),
    **SHORT,
)

# The keys that people sign with, as the chain `keys` has them: public halves only. `valid_to` and `revoked_at`
# may be empty; `purpose` is decision or checkpoint.
key = Table(
    "signoff_key",
    metadata,
    _text("id", default=None),  # SHA-256 of the public key
    _text("person"),
    _text("purpose", default=None),
    _text("method", default=None),
    _text("public", default=None),  # hex
    _at("valid_from"),
    _maybe("valid_to"),
    _maybe("revoked_at"),
    _text("reason"),
    PrimaryKeyConstraint("id", name="signoff_key_pk"),
    Index("signoff_key_person_ix", "person"),
)

# what people have to do ---------------------------------------------------------------------------------

# `id` is ACTIVITY or GATE#entry; `kind` task or gate; `open` false: nobody has to do it any more.
task = Table(
    "signoff_task",
    metadata,
    _shard(),
    _instance(),
    Column("id", Text, nullable=False),
    _text("node"),
    _text("kind"),
    _maybe("due"),
    _maybe("opens"),  # scheduled: not before
    _at("opened_at"),
    _text("claimed_by"),
    _text("subject"),
    Column("rank", SmallInteger, nullable=False, server_default="2"),  # 0: urgent, 1, 2: normal, 3: low
    Column("open", Boolean, nullable=False),
    PrimaryKeyConstraint("shard", "instance", "id", name="signoff_task_pk"),
    # Of what is open only: what is done costs it nothing. SQLite compares the text: `open = 1` is how Core asks.
    Index("signoff_task_due_ix", "due", sqlite_where=text("open = 1"), postgresql_where=text("open")),
    **SHORT,
)

# `state`: open (may act), done (has acted: "done by me"), gone. `at`: of the last change of state.
candidate = Table(
    "signoff_candidate",
    metadata,
    _shard(),
    _instance(),
    Column("task", Text, nullable=False),
    Column("person", Text, nullable=False),
    _text("state", default=None),
    _at("at"),
    PrimaryKeyConstraint("shard", "instance", "task", "person", name="signoff_candidate_pk"),
    Index("signoff_candidate_person_ix", "person", "state", "at"),
    **SHORT,
)

# `how`: started or copied.
involvement = Table(
    "signoff_involvement",
    metadata,
    _shard(),
    _instance(),
    Column("person", Text, nullable=False),
    Column("how", Text, nullable=False),
    _at("at"),
    PrimaryKeyConstraint("shard", "instance", "person", "how", name="signoff_involvement_pk"),
    Index("signoff_involvement_person_ix", "person", "how", "at"),
    **SHORT,
)

# what is owed -------------------------------------------------------------------------------------------

subscription = Table(
    "signoff_subscription",
    metadata,
    _shard(),
    _instance(),
    Column("id", Text, nullable=False),
    _text("kind"),  # message or signal
    _text("name"),
    _text("key"),
    _at("at"),
    PrimaryKeyConstraint("shard", "instance", "id", name="signoff_subscription_pk"),
    Index("signoff_subscription_name_ix", "name", "key"),
    **SHORT,
)

# `state`: ready, held (its instance is suspended), done, dead. A claim raises `generation` and `attempts` and
# sets owner and lease; whoever acknowledges names the generation. An Owe of the same key raises it too.
# `instance` is empty, and `shard` that of the process, where a definition owes it (start events).
agenda = Table(
    "signoff_agenda",
    metadata,
    _shard(),
    _instance(),
    Column("key", Text, nullable=False),
    _text("kind"),
    _at("due_at"),
    _text("payload"),  # canonical JSON
    _text("state", default=None),
    _text("owner"),
    Column("generation", Integer, nullable=False, server_default="0"),
    _maybe("lease_until"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _text("last_error"),
    _text("told"),  # of a notice: whom it has reached, as JSON
    PrimaryKeyConstraint("shard", "instance", "key", name="signoff_agenda_pk"),
    Index("signoff_agenda_claim_ix", "state", "due_at"),
    **SHORT,
    **ROOMY,
)

# reference data -----------------------------------------------------------------------------------------

definition = Table(
    "signoff_definition",
    metadata,
    _text("version", default=None),  # SHA-256 of `model`
    _text("process", default=None),
    Column("number", Integer, nullable=False),  # 1, 2, 3 ... of this process
    Column("format", SmallInteger, nullable=False),
    _text("model", default=None),  # canonical JSON
    _text("source"),
    _text("label"),
    _at("deployed_at"),
    _text("deployed_by"),
    PrimaryKeyConstraint("version", name="signoff_definition_pk"),
    UniqueConstraint("process", "number", name="signoff_definition_number_uq"),
)

definition_current = Table(
    "signoff_definition_current",
    metadata,
    _text("process", default=None),
    _text("version", default=None),
    PrimaryKeyConstraint("process", name="signoff_definition_current_pk"),
    **SHORT,
)

decision = Table(
    "signoff_decision",
    metadata,
    _text("decision", default=None),
    Column("number", Integer, nullable=False),  # 1, 2, 3 ... of this decision; the highest is current
    _text("version", default=None),  # SHA-256 of `model`
    _text("model", default=None),  # canonical JSON
    _text("source"),
    _at("deployed_at"),
    _text("deployed_by"),
    PrimaryKeyConstraint("decision", "number", name="signoff_decision_pk"),
)

calendar = Table(
    "signoff_calendar",
    metadata,
    _text("version", default=None),
    _text("name", default=None),
    _text("data", default=None),
    _at("created_at"),
    PrimaryKeyConstraint("version", name="signoff_calendar_pk"),
    Index("signoff_calendar_name_ix", "name", "created_at"),
)

document = Table(
    "signoff_document",
    metadata,
    _text("sha256", default=None),
    Column("size", BigInteger, nullable=False),
    _text("media"),
    _at("created_at"),
    PrimaryKeyConstraint("sha256", name="signoff_document_pk"),
)

document_chunk = Table(
    "signoff_document_chunk",
    metadata,
    _text("sha256", default=None),
    Column("n", Integer, nullable=False),  # from 0
    Column("bytes", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sha256", "n", name="signoff_document_chunk_pk"),
)

# Facts about the database itself: `installation` (random, names its chains), `write_format`.
info = Table(
    "signoff_info",
    metadata,
    _text("name", default=None),
    _text("value"),
    PrimaryKeyConstraint("name", name="signoff_info_pk"),
)
