"""A batch of commands on both databases: what is saved is what is loaded, once, and never over somebody else."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from signoff.errors import Conflict, Invalid, NotFound
from signoff.kernel.effect import (
    CandidateDone,
    CandidatesPut,
    Effect,
    Owe,
    Owed,
    Settled,
    TaskClaimedBy,
    TaskDueMoved,
)
from signoff.store import chain, codec, ids
from signoff.store.database import Database
from signoff.store.schema import agenda, candidate, instance, involvement, journal, micros, task
from signoff.store.unit import Change, Loaded, Unit
from tests.store import story
from tests.store.story import AT, DUE, change, envelope, load, new_id, rows, start, vote


def test_a_new_instance_comes_back_as_it_was_saved(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        saved = start(unit, id, key="K-1")
    with Unit(db) as unit:
        loaded = load(unit, id)
        assert loaded.state == story.start_change(id, key="K-1").state
        assert (loaded.n, loaded.head, loaded.row_version) == (1, saved.head, 1)
        assert (loaded.status, loaded.version) == ("running", "v1")
        assert abs(unit.now() - db.now(unit.handle)) < timedelta(minutes=1)
        assert unit.now().tzinfo is UTC


def test_everything_beside_the_instance_is_written_with_it(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with db.read() as handle:
        assert rows(handle, task, "id", "node", "kind", "due", "opened_at", "claimed_by", "open") == [
            (f"{id}:g1#0", "ask", "gate", micros(DUE), micros(AT), "", True)
        ]
        people = [("amy", "open"), ("bob", "open"), ("cid", "open")]
        assert rows(handle, candidate, "person", "state") == people
        assert rows(handle, involvement, "person", "how", "at") == [("lin", "started", micros(AT))]
        assert rows(handle, agenda, "key", "kind", "due_at", "payload", "state", "generation") == [
            (f"{id}:g1#0/rung", "rung", micros(DUE), "{}", "ready", 0),
            ("n3", "notice", micros(AT), '{"people":["amy","bob","cid"]}', "ready", 0),
        ]


def test_a_deciding_vote_closes_and_opens_and_settles(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        vote(unit, id, "amy")
    with Unit(db) as unit:
        story.decide(unit, id, "bob")
    with db.read() as handle:
        assert rows(handle, task, "id", "open") == [(f"{id}:a2", True), (f"{id}:g1#0", False)]
        states = [("amy", "done"), ("bob", "done"), ("cid", "gone"), ("dan", "open")]
        assert rows(handle, candidate, "person", "state") == states
        owed = [(f"{id}:g1#0/rung", "done"), ("n3", "ready"), ("n5", "ready")]
        assert rows(handle, agenda, "key", "state") == owed
        assert rows(handle, involvement, "person", "how") == [("eve", "copied"), ("lin", "started")]
    with Unit(db) as unit:
        assert load(unit, id).state.scopes["s1"].data == {"amount": 6000}


def test_variables_are_written_only_when_they_changed(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        loaded = load(unit, id)
        loaded.state.scopes["s1"].data["amount"] = 1
        loaded.state.title = "New"
        unit.put(change(loaded, [], [], envelope("Claim")))
    with Unit(db) as unit:
        found = load(unit, id).state
        assert (found.title, found.scopes["s1"].data) == ("New", {"amount": 5000})


def test_an_absent_instance_is_none_and_no_id_is_not_found(db: Database) -> None:
    with Unit(db) as unit:
        assert unit.load(new_id("nobody")) is None
        assert unit.load_free(new_id("nobody")) is None
        with pytest.raises(NotFound) as caught:
            unit.load("00; DROP TABLE")
        assert caught.value.code == "not_an_id"


def test_an_error_in_the_block_leaves_nothing(db: Database) -> None:
    id = new_id()
    with pytest.raises(LookupError):
        _start_and_fail(db, id)
    with Unit(db) as unit:
        assert unit.load(id) is None


def _start_and_fail(db: Database, id: str) -> None:
    with Unit(db) as unit:
        start(unit, id)
        unit.save()
        raise LookupError


def test_a_stale_version_writes_nothing(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        stale = load(unit, id)
    with Unit(db) as unit:
        vote(unit, id, "amy")
    before = _everything(db)
    effects: list[Effect] = [CandidateDone(f"{id}:g1#0", "bob"), Owe("n9", Owed.NOTICE, None)]
    with pytest.raises(Conflict) as caught, Unit(db) as unit:
        unit.put(change(stale, [], effects, envelope("Approve")))
    assert caught.value.code == "concurrent_change"
    assert _everything(db) == before


def test_a_stale_version_writes_nothing_even_before_it_is_rolled_back(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
        unit.save()
        before = rows(unit.handle, journal, "n"), rows(unit.handle, agenda, "key")
        stale = replace(load(unit, id), row_version=7)
        unit.put(change(stale, [], [Owe("n9", Owed.NOTICE, None)], envelope("Approve")))
        with pytest.raises(Conflict):
            unit.save()
        assert (rows(unit.handle, journal, "n"), rows(unit.handle, agenda, "key")) == before


def _everything(db: Database) -> list[object]:
    with db.read() as handle:
        tables = (instance, journal, task, candidate, involvement, agenda)
        return [rows(handle, table, *(c.name for c in table.columns)) for table in tables]


def test_several_instances_share_one_commit(db: Database) -> None:
    first, second = sorted([new_id("a"), new_id("b")])
    with Unit(db) as unit:
        start(unit, first)
        start(unit, second)
    with Unit(db) as unit:
        vote(unit, first, "amy")
        story.decide(unit, second, "bob")
    with Unit(db) as unit:
        assert [load(unit, id).n for id in (first, second)] == [2, 2]
    with Unit(db) as unit:
        loaded = load(unit, first)
        unit.put(change(loaded, [], [], envelope("Claim")))
        with pytest.raises(AssertionError, match="one change per instance"):
            unit.put(change(loaded, [], [], envelope("Claim")))


# request ids --------------------------------------------------------------------------------------------


def test_the_same_request_is_answered_with_its_first_journal_row(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        saved = vote(unit, id, "amy", request_id="r1")
    assert saved is not None
    with Unit(db) as unit:
        loaded = load(unit, id, request_id="r1", digest="d")
        assert loaded.repeated == saved.row
        assert codec.decode_entry(saved.bytes, saved.row.sealed).envelope.request_id == "r1"
    with Unit(db) as unit:
        assert load(unit, id, request_id="r2", digest="d").repeated is None


def test_a_request_id_used_for_something_else_is_a_conflict(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        vote(unit, id, "amy", request_id="r1")
    with pytest.raises(Conflict) as caught, Unit(db) as unit:
        unit.load(id, request_id="r1", digest="other")
    assert caught.value.code == "request_id_reused"


def test_the_same_start_twice_is_one_instance(db: Database) -> None:
    id = ids.new_instance("buy", request_id="r1")
    with Unit(db) as unit:
        first = start(unit, id, request_id="r1")
    with Unit(db) as unit:
        known = unit.expect(id, request_id="r1", digest="d")
        assert known == (None if db.dialect == "sqlite" else first.row)
        unit.put(story.start_change(id, request_id="r1"))
        again = unit.save()[id]
    assert again == replace(first, repeated=True)
    with db.read() as handle:
        assert rows(handle, journal, "n") == [(1,)]
    with pytest.raises(Conflict) as caught, Unit(db) as unit:
        unit.put(story.start_change(id, request_id="r1", digest="other"))
    assert caught.value.code == "request_id_reused"


def test_a_business_key_is_unique_among_running_instances_of_a_process(db: Database) -> None:
    first, second = (ids.new_instance("buy", key="K-1", entropy=name) for name in "ab")
    with Unit(db) as unit:
        start(unit, first, key="K-1")
    with pytest.raises(Conflict) as caught, Unit(db) as unit:
        start(unit, second, key="K-1")
    assert (caught.value.code, caught.value.params["key"]) == ("key_in_use", "K-1")
    with Unit(db) as unit:
        story.end(unit, first)
    with Unit(db) as unit:
        start(unit, second, key="K-1")
    with Unit(db) as unit:
        for name in "cd":  # no key is no key
            start(unit, new_id(name))


# rows ---------------------------------------------------------------------------------------------------


def test_several_effects_on_one_row_become_one_write(db: Database) -> None:
    id = new_id()
    row = f"{id}:g1#0"
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        effects: list[Effect] = [
            TaskDueMoved(row, AT),
            TaskClaimedBy(row, "amy"),
            TaskDueMoved(row, None),
            CandidatesPut(row, ("bob", "dan")),
            CandidatesPut(row, ("dan", "eve")),
            Owe("n9", Owed.NOTICE, None),
            Settled("n9"),
            Settled(f"{row}/rung"),
            Owe(f"{row}/rung", Owed.RUNG, AT),
        ]
        unit.put(change(load(unit, id), [], effects, envelope("Assign")))
    with db.read() as handle:
        assert rows(handle, task, "node", "due", "claimed_by", "open") == [("ask", None, "amy", True)]
        people = [("amy", "gone"), ("bob", "gone"), ("cid", "gone"), ("dan", "open"), ("eve", "open")]
        assert rows(handle, candidate, "person", "state") == people
        owed = [(f"{row}/rung", micros(AT), "ready", 1), ("n3", micros(AT), "ready", 0)]
        assert rows(handle, agenda, "key", "due_at", "state", "generation") == owed


def test_what_is_not_there_is_neither_moved_nor_settled_into_being(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    before = _everything(db)[2:]
    gone = f"{id}:a9"
    effects: list[Effect] = [TaskDueMoved(gone, AT), TaskClaimedBy(gone, "amy"), Settled(f"{gone}/rung")]
    with Unit(db) as unit:
        unit.put(change(load(unit, id), [], effects, envelope("Claim")))
    assert _everything(db)[2:] == before


def test_suspending_holds_what_is_owed_and_resuming_frees_it(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with Unit(db) as unit:
        story.suspend(unit, id)
    with db.read() as handle:
        assert {state for (state,) in rows(handle, agenda, "state")} == {"held"}
    with Unit(db) as unit:
        unit.put(
            change(load(unit, id), [], [Owe("n9", Owed.NOTICE, None), Settled("n3")], envelope("Assign"))
        )
    with db.read() as handle:
        owed = [(f"{id}:g1#0/rung", "held"), ("n3", "done"), ("n9", "held")]
        assert rows(handle, agenda, "key", "state") == owed
    with Unit(db) as unit:
        story.resume(unit, id)
    with db.read() as handle:
        owed = [(f"{id}:g1#0/rung", "ready"), ("n3", "done"), ("n9", "ready")]
        assert rows(handle, agenda, "key", "state") == owed


@pytest.mark.parametrize("title", ["a\0b", "half \ud800"])
def test_text_that_a_database_cannot_keep_is_refused_before_it_is_sent(db: Database, title: str) -> None:
    id = new_id()
    with Unit(db) as unit:
        put = story.start_change(id)
        put.state.title = title
        put.events[0].title = title  # type: ignore[attr-defined]  # the event that starts has one
        with pytest.raises(Invalid) as caught:
            _save(unit, put)
        assert caught.value.code == "unwritable_text"
        start(unit, new_id("other"))
    with Unit(db) as unit:
        assert isinstance(unit.load(new_id("other")), Loaded)


def _save(unit: Unit, put: Change) -> None:
    unit.put(put)
    unit.save()


def test_nul_inside_data_survives(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        put = story.start_change(id)
        put.state.scopes["s1"].data["note"] = "a\0b\\u0000 '\"%s:x 金额"
        unit.put(put)
    with Unit(db) as unit:
        assert load(unit, id).state.scopes["s1"].data["note"] == "a\0b\\u0000 '\"%s:x 金额"


# the chain ----------------------------------------------------------------------------------------------


def test_the_journal_is_a_chain_that_ends_at_the_head(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    for person in ("amy", "bob"):
        with Unit(db) as unit:
            vote(unit, id, person)
    with Unit(db) as unit:
        story.decide(unit, id, "cid")
        head = unit.save()[id]
    with db.read() as handle:
        found = handle.execute(select(journal.c.n, journal.c.bytes, journal.c.hash).order_by(journal.c.n))
        links = [chain.Link(row.n, row.bytes, row.hash) for row in found]
    assert chain.verify_links(links, head=(4, head.head)) == []
    entry = codec.decode_entry(links[1].bytes, None)
    assert (entry.instance, entry.n, entry.prev) == (id, 2, links[0].hash)
    assert (entry.envelope.actor, entry.envelope.command, entry.envelope.at) == ("amy", "Approve", AT)


def test_a_load_brings_the_heads_of_the_system_chains(db: Database) -> None:
    id = new_id()
    with Unit(db) as unit:
        start(unit, id)
    with db.write() as handle:
        link = chain.append(handle.connection, "directory", {"person": "lin"}, at=AT)
        other = chain.append(handle.connection, "keys", {"person": "lin"}, at=AT)
    with Unit(db) as unit:
        assert load(unit, id).heads == {"directory": link.hash, "keys": other.hash}
