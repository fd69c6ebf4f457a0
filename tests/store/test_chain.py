"""Chains: appended one after the other, and every way of tampering with one is named."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.errors import NotFound
from signoff.store import chain, codec, ids, schema
from signoff.store.chain import Break, Fault, Link
from signoff.store.database import Database

AT = datetime(2027, 1, 31, 9, 30, tzinfo=UTC)
Tamper = Callable[[list[Link]], list[Link]]


def made(count: int, *, word: str = "x") -> list[Link]:
    """A sound chain."""
    found: list[Link] = []
    for n in range(1, count + 1):
        before = found[-1].hash if found else ""
        bytes = codec.compact({"n": n, "prev": before, "content": f"{word}{n}"})
        found.append(Link(n, bytes, chain.link_hash(before, bytes)))
    return found


def test_a_sound_chain_has_no_break() -> None:
    links = made(5)
    assert chain.verify_links(links, head=(5, links[-1].hash)) == []
    assert chain.verify_links([], head=(0, "")) == []


def test_a_hash_is_what_it_always_was() -> None:
    assert (
        chain.link_hash("", '{"n":1}') == "cc40abf4b2919d292c02fe52a0a81563cdef4e1a42c293b2e1e7969d355a3a28"
    )


def _edit(links: list[Link]) -> list[Link]:
    return [*links[:2], replace(links[2], bytes=links[2].bytes.replace("x3", "y3")), *links[3:]]


def _edit_with_hash(links: list[Link]) -> list[Link]:
    edited = links[2].bytes.replace("x3", "y3")
    return [*links[:2], Link(3, edited, chain.link_hash(links[1].hash, edited)), *links[3:]]


TAMPERED: dict[str, tuple[Tamper, list[Break]]] = {
    "edited": (_edit, [Break(3, Fault.CHANGED)]),
    "edited, its hash too": (_edit_with_hash, [Break(4, Fault.UNLINKED), Break(4, Fault.CHANGED)]),
    "first gone": (
        lambda links: links[1:],
        [Break(2, Fault.MISSING), Break(2, Fault.UNLINKED), Break(2, Fault.CHANGED)],
    ),
    "middle gone": (
        lambda links: links[:2] + links[3:],
        [Break(4, Fault.MISSING), Break(4, Fault.UNLINKED), Break(4, Fault.CHANGED)],
    ),
    "last gone": (lambda links: links[:-1], [Break(5, Fault.CUT)]),
    "all gone": (lambda _: [], [Break(1, Fault.CUT)]),
    "doubled": (
        lambda links: [*links[:3], *links[2:]],
        [Break(3, Fault.REPEATED), Break(3, Fault.UNLINKED), Break(3, Fault.CHANGED)],
    ),
    "numbered anew": (
        lambda links: links[:2] + [replace(link, n=link.n - 1) for link in links[3:]],
        [
            Break(3, Fault.MOVED),
            Break(3, Fault.UNLINKED),
            Break(3, Fault.CHANGED),
            Break(4, Fault.MOVED),
            Break(5, Fault.CUT),
        ],
    ),
    "written over": (
        lambda links: [replace(links[0], bytes="no JSON"), *links[1:]],
        [Break(1, Fault.UNREADABLE), Break(1, Fault.CHANGED)],
    ),
    "made anew as a whole": (lambda _: made(5, word="z"), [Break(5, Fault.CUT)]),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_named(how: str) -> None:
    tamper, breaks = TAMPERED[how]
    links = made(5)
    assert chain.verify_links(tamper(links), head=(5, links[-1].hash)) == breaks


def test_swapped_links_are_named() -> None:
    links = made(4)
    found = chain.verify_links([links[0], links[2], links[1], links[3]])
    assert {Fault.MISSING, Fault.REPEATED, Fault.UNLINKED} <= {each.fault for each in found}


def test_links_are_appended_one_after_the_other(db: Database) -> None:
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait(timeout=30)
        for n in range(5):
            db.attempt(lambda n=n: _append(db, {"who": name, "n": n}))  # type: ignore[misc]  # mypy cannot infer a lambda with a default

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    with db.read() as handle:
        links = chain.links(handle.connection, "directory")
        head = chain.head_of(handle.connection, "directory")
        assert chain.length(handle.connection, "directory") == 20
        assert chain.head_of(handle.connection, "keys") == (0, "")
    assert chain.verify_links(links, head=head) == []
    assert len(links) == 20


def _append(db: Database, content: dict[str, object]) -> Link:
    with db.write() as handle:
        return chain.append(handle.connection, "directory", content, at=AT)


# ids and instants ---------------------------------------------------------------------------------------


def test_an_id_names_its_shard_and_is_the_same_for_the_same_request() -> None:
    one = ids.new_instance("buy", key="K-1", request_id="r1")
    assert one == ids.new_instance("buy", key="K-1", request_id="r1") == "78rejsgnir2tpsfbah"
    assert ids.shard_in(one) == ids.shard_of("K-1") == 0x78
    assert ids.shard_in(f"{one}:g7#0") == 0x78
    assert ids.new_instance("sell", key="K-1", request_id="r1") != one
    assert len({ids.new_instance("buy", entropy=str(n)) for n in range(500)}) == 500


def test_shards_are_spread() -> None:
    assert len({ids.shard_of(f"MC-2027-{n}") for n in range(3000)}) == 256


@pytest.mark.parametrize(
    "text", ["", "zz", "00", "gg" + "a" * 16, "00" + "a" * 17, "00" + "A" * 16, "../../etc"]
)
def test_what_is_no_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        ids.shard_in(text)


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_survives_to_the_microsecond(at: datetime) -> None:
    try:
        there = at.astimezone(UTC)
    except OverflowError:
        return
    assert schema.instant(schema.micros(at)) == there
    assert schema.micros(schema.EPOCH + timedelta(microseconds=-1)) == -1
