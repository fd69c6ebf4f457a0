"""The tamper corpus: whatever is changed in the tables, `verify` says so and names the class; and nothing else."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Table, and_, delete, insert, select, update

from signoff import Engine, Strength, VirtualClock
from signoff.model.authority import Limit
from signoff.store import codec, people, schema
from signoff.store.chain import link_hash
from signoff.store.organisation import Department, Organisation
from signoff.store.people import Individual, People
from signoff.store.schema import agenda, document, document_chunk, instance, journal
from tests.read.play import AT
from tests.ready import unguard

PROCESS = """
signoff: 1
process: buy
lang: en
calendar: PLAIN
zone: UTC
data: {amount: money, note: {type: text, optional: true}}
documents: {offer: {name: Offer}}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {fill: [amount]}}
steps:
  - step: ask
    owner: staff
    due: within 2 days
    escalate: [{at: due, level: L1, notify: [boss]}]
    form: {edit: [note]}
    delivers: [offer]
    approve: [{by: boss, need: all}]
  - run: order
    handler: shop.order
    with: {amount: amount}
  - step: file
    owner: staff
    checklist: [Filed]
"""
LIMIT = Limit("travel", Decimal(100), "CNY", "bosses")
OFFICE = People(
    {
        "lin": Individual(
            id="lin", name="Lin", groups=("staff",), manager="cy", department="d1", logins=("l",)
        ),
        "bo": Individual(id="bo", name="Bo", groups=("bosses",), title="Head"),
        "cy": Individual(id="cy", name="Cy", groups=("bosses",), leads=("staff",), admin=True),
    },
    {"staff": "Staff"},
    Organisation({"d1": Department("d1", "One", head="cy")}, {("group", "bosses"): (LIMIT,)}, None, None),
)
# What no record says, because nothing is decided by it: the worker's own, media types, addresses, counters of locks.
UNRECORDED = {
    "signoff_agenda": {"owner", "generation", "lease_until", "attempts", "last_error", "told"},
    "signoff_calendar": {"created_at"},
    "signoff_document": {"media", "created_at"},
    "signoff_instance": {"row_version"},
    "signoff_person": {"mail", "lang", "data"},
}
# Written by nobody yet; signatures and keys have tests of their own; `info` names the installation, for signatures.
APART = {"signoff_desk", "signoff_personal", "signoff_subscription", "signoff_key", "signoff_info"}
EMPTY = {"signoff_substitute", "signoff_band", "signoff_decision", "signoff_message"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two instances: one with a document, a passed gate and a call that is owed, one with a gate that is open."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("filled") / "signoff.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        cluster = request.getfixturevalue("postgres")
        url = cluster.url(cluster.create(request.getfixturevalue("postgres_template")))
    found = Engine(url, clock=VirtualClock(AT), handlers={"shop.order": lambda _: None})
    with found.core.database.write() as handle:
        people.take_in(handle.connection, OFFICE, by="cy", at=AT)
    found.deploy(PROCESS, by="cy")
    for n, voters in enumerate((("bo", "cy"), ("bo",))):
        case = found.start("buy", {"amount": n + 1}, by="lin", key=f"K{n}", request_id=f"r{2 * n}")
        sent = found.submit(case.opened[0], by="lin", documents={"offer": b"what was offered"})
        for voter in voters:
            found.approve(sent.opened[0], by=found.actor(voter, auth=Strength.ATTESTED))
    assert found.verify().findings == ()
    with found.core.database.write() as handle:
        unguard(handle.connection)
    yield found
    found.dispose()


@pytest.fixture
def engine(filled: Engine) -> Iterator[Engine]:
    """That office, and afterwards everything as it was: to fill one takes longer than most of these tests."""
    before = {table: rows(filled, table) for table in schema.metadata.sorted_tables}
    yield filled
    with filled.core.database.write() as handle:
        for table, stood in before.items():
            if handle.execute(select(table).order_by(*table.primary_key)).mappings().all() != stood:
                handle.execute(delete(table))
                if stood:
                    handle.execute(insert(table), stood)


def faults(engine: Engine) -> set[str]:
    return {str(each.fault) for each in engine.verify().findings}


def rows(engine: Engine, table: Table) -> list[dict[str, Any]]:
    with engine.core.database.read() as handle:
        found = handle.execute(select(table).order_by(*table.primary_key)).mappings().all()
    return [dict(row) for row in found]


def put(engine: Engine, table: Table, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> None:
    """Replace one row by another; None for none."""
    with engine.core.database.write() as handle:
        if old is not None:
            same = and_(*(column == old[column.name] for column in table.primary_key))
            handle.execute(delete(table).where(same))
        if new is not None:
            handle.execute(insert(table).values(**new))


def flipped(value: Any) -> Any:
    """The value with its last bit changed."""
    match value:
        case None:
            return 1
        case bool():
            return not value
        case int():
            return value ^ 1
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case "":
            return "x"
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1)
    raise AssertionError(value)


COVERED = [table for table in schema.metadata.sorted_tables if table.name not in APART | EMPTY]


ALL = slice(None)
SOME = slice(None, None, 3)


def some(engine: Engine) -> slice:
    """All on one kind of database, some on the other: they are read by the same statements."""
    return ALL if engine.core.database.dialect == "sqlite" else SOME


@pytest.mark.parametrize("table", COVERED, ids=lambda table: table.name)
def test_a_changed_bit_in_any_column_is_found(engine: Engine, table: Table) -> None:
    bits_change(engine, table, some(engine))


@pytest.mark.parametrize("table", COVERED, ids=lambda table: table.name)
def test_a_row_that_was_taken_out_is_missed(engine: Engine, table: Table) -> None:
    rows_go(engine, table, some(engine))


@pytest.mark.exhaustive
@pytest.mark.parametrize("table", COVERED, ids=lambda table: table.name)
def test_each_bit_and_each_row_counts_on_either_database(engine: Engine, table: Table) -> None:
    bits_change(engine, table, ALL)
    rows_go(engine, table, ALL)


def bits_change(engine: Engine, table: Table, which: slice) -> None:
    row = next(row for row in rows(engine, table) if row.get("state") != "done")
    for column in [*table.columns][which]:
        if column.name in UNRECORDED.get(table.name, ()):
            continue
        changed = {**row, column.name: flipped(row[column.name]) if row[column.name] is not None else (
            1 if column.type.python_type is int else "x")}  # fmt: skip
        put(engine, table, row, changed)
        assert faults(engine), f"{table.name}.{column.name}"
        put(engine, table, changed, row)
    assert faults(engine) == set()


def rows_go(engine: Engine, table: Table, which: slice) -> None:
    for row in rows(engine, table)[which]:
        if row.get("kind") == "notice" or row.get("state") == "done":
            continue  # the worker ends and sweeps these without a record
        put(engine, table, row, None)
        assert faults(engine), f"{table.name} {row}"
        put(engine, table, None, row)
    assert faults(engine) == set()


# records ------------------------------------------------------------------------------------------------


@pytest.fixture
def records(engine: Engine) -> list[dict[str, Any]]:
    """The records of the first instance that was started, in their order."""
    (first,) = (row for row in rows(engine, instance) if row["key"] == "K0")
    return [row for row in rows(engine, journal) if row["instance"] == first["id"]]


Rows = list[dict[str, Any]]
FREE: dict[str, Any] = {"request_id": None}


def first_taken_out(found: Rows) -> Rows:
    return found[1:]


def middle_taken_out(found: Rows) -> Rows:
    return [found[0], *found[2:]]


def tail_cut(found: Rows) -> Rows:
    return found[:-1]


def swapped(found: Rows) -> Rows:
    one, two, *rest = found
    return [{**two, "n": 1}, {**one, "n": 2}, *rest]


def duplicated(found: Rows) -> Rows:
    return [*found, {**found[-1], **FREE, "n": found[-1]["n"] + 1}]


def inserted(found: Rows) -> Rows:
    bytes = found[1]["bytes"].replace('"n":2', '"n":3')
    made = {**found[1], **FREE, "n": 3, "bytes": bytes, "hash": link_hash(found[1]["hash"], bytes)}
    return [*found[:2], made, *({**row, "n": row["n"] + 1} for row in found[2:])]


def renumbered(found: Rows) -> Rows:
    return [*found[:-1], {**found[-1], "n": found[-1]["n"] + 1}]


def forked(found: Rows) -> Rows:
    bytes = found[-1]["bytes"].replace(f'"n":{len(found)}', f'"n":{len(found) + 1}')
    hash = link_hash(found[-2]["hash"], bytes)
    return [*found, {**found[-1], **FREE, "n": len(found) + 1, "bytes": bytes, "hash": hash}]


def rewritten(change: Callable[[str], str]) -> Callable[[Rows], Rows]:
    """The last record in other bytes, with a hash that fits."""

    def made(found: Rows) -> Rows:
        bytes = change(found[-1]["bytes"])
        return [*found[:-1], {**found[-1], "bytes": bytes, "hash": link_hash(found[-2]["hash"], bytes)}]

    return made


def sorted_keys(bytes: str) -> str:
    return codec.compact(dict(sorted(codec.parse(bytes).items())))


def earlier(bytes: str) -> str:
    return bytes.replace(codec.parse(bytes)["at"], "2020-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (first_taken_out, {"missing", "unlinked"}),
        (middle_taken_out, {"missing", "unlinked"}),
        (tail_cut, {"cut"}),
        (swapped, {"moved", "unlinked"}),
        (duplicated, {"moved", "unlinked", "cut"}),
        (inserted, {"moved", "unlinked"}),
        (renumbered, {"missing", "moved"}),
        (forked, {"unlinked", "cut"}),
        (rewritten(lambda bytes: bytes.replace(",", ", ", 1)), {"encoding"}),
        (rewritten(lambda bytes: bytes.replace('"n":', '"n":1,"n":', 1)), {"encoding"}),
        (rewritten(lambda bytes: bytes.replace('"events"', '"\\u0065vents"', 1)), {"encoding"}),
        (rewritten(sorted_keys), {"encoding"}),
        (rewritten(lambda bytes: bytes.replace('"n":', '"n":1.0,"n":', 1)), {"unreadable"}),
        (rewritten(earlier), {"backwards", "column"}),
    ],
)
def test_each_way_to_change_a_history_is_named(
    engine: Engine, records: Rows, change: Callable[[Rows], Rows], named: set[str]
) -> None:
    new = change(records)
    for row in records:
        put(engine, journal, row, None)
    for row in new:
        put(engine, journal, None, row)
    found = {str(each.fault) for each in engine.verify(records[0]["instance"]).findings}
    assert named <= found


def test_a_head_made_to_fit_a_cut_or_forked_history_does_not_hide_it(engine: Engine, records: Rows) -> None:
    (first,) = (row for row in rows(engine, instance) if row["key"] == "K0")
    put(engine, journal, records[-1], None)
    put(engine, instance, first, {**first, "n": len(records) - 1, "head": records[-2]["hash"]})
    assert "count" in faults(engine)


def test_an_approval_moved_to_another_instance_is_named(engine: Engine, records: Rows) -> None:
    other = next(row for row in rows(engine, journal) if row["instance"] != records[0]["instance"])
    vote = next(row for row in records if '"VoteCast"' in row["bytes"])
    place = {"shard": other["shard"], "instance": other["instance"]}
    (theirs,) = (r for r in rows(engine, journal) if r["instance"] == other["instance"] and r["n"] == 3)
    put(engine, journal, theirs, {**vote, **place, "n": 3})
    assert {"elsewhere", "changed"} & faults(engine)


def test_an_approval_moved_to_another_task_is_named(engine: Engine, records: Rows) -> None:
    vote = next(row for row in records if '"VoteCast"' in row["bytes"])
    written = codec.parse(vote["bytes"])
    for event in written["events"]:
        if event["is"] == "VoteCast":
            event["gate"] = "g99"
    put(engine, journal, vote, {**vote, "bytes": codec.compact(written)})
    assert "changed" in faults(engine)


def test_records_that_fit_their_chain_and_make_no_history_are_named(engine: Engine, records: Rows) -> None:
    (first,) = (row for row in rows(engine, instance) if row["key"] == "K0")
    vote = records[-1]
    gate = codec.parse(vote["bytes"])["events"][0]["gate"]
    bytes = vote["bytes"].replace(f'"gate":"{gate}"', '"gate":"g99"')
    forged = {**vote, "bytes": bytes, "hash": link_hash(records[-2]["hash"], bytes)}
    put(engine, journal, vote, forged)
    put(engine, instance, first, {**first, "head": forged["hash"]})
    assert "state" in {str(each.fault) for each in engine.verify(first["id"]).findings}


def test_a_name_that_only_looks_the_same_is_another_name(engine: Engine, records: Rows) -> None:
    vote = next(row for row in records if '"name":"Bo"' in row["bytes"])
    put(engine, journal, vote, {**vote, "bytes": vote["bytes"].replace('"Bo"', '"B\u043e"')})
    assert "changed" in faults(engine)
    put(engine, journal, vote, vote)
    person = next(row for row in rows(engine, schema.person) if row["id"] == "bo")
    put(engine, schema.person, person, {**person, "name": "B\u043e"})
    assert [(each.fault, each.detail) for each in engine.verify().findings] == [("recorded", "person: name")]


# beside the records -------------------------------------------------------------------------------------


def test_a_document_that_is_gone_with_its_bytes_is_missed(engine: Engine) -> None:
    with engine.core.database.write() as handle:
        handle.execute(delete(document_chunk))
        handle.execute(delete(document))
    found = engine.verify().findings
    assert {each.fault for each in found} == {"document"}
    assert all(each.n == 2 and each.detail.endswith("is gone") for each in found)


def test_what_is_owed_cannot_be_made_due_earlier_or_to_say_something_else(engine: Engine) -> None:
    (call,) = (row for row in rows(engine, agenda) if row["kind"] == "job")
    for change in (
        {"payload": call["payload"].replace("amount", "amounts")},
        {"due_at": call["due_at"] - 1},
        {"due_at": call["due_at"] + 1},
        {"due_at": call["due_at"] - 1, "generation": 4, "attempts": 2},
        {"state": "held"},
        {"state": "done"},
    ):
        put(engine, agenda, call, {**call, **change})
        assert faults(engine) == {"projection"}, change
        put(engine, agenda, call, call)
    later = {"due_at": call["due_at"] + 1, "generation": 4, "attempts": 2}
    for change in (later, {**later, "state": "dead"}):
        put(engine, agenda, call, {**call, **change})
        assert faults(engine) == set(), "as the worker leaves it"


def test_a_state_in_other_bytes_is_named(engine: Engine) -> None:
    first = rows(engine, instance)[0]
    for column in ("state", "variables"):
        put(engine, instance, first, {**first, column: first[column].replace(":", ": ", 1)})
        assert faults(engine) == {"encoding"}
    put(engine, instance, first, first)


def test_a_link_in_other_bytes_or_of_another_chain_is_named(engine: Engine) -> None:
    with engine.core.database.write() as handle:
        handle.execute(update(schema.chain).where(schema.chain.c.name == "directory").values(name="keys"))
        handle.execute(
            update(schema.chain_head).where(schema.chain_head.c.name == "directory").values(name="keys")
        )
    assert "elsewhere" in faults(engine)
