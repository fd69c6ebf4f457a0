"""What a bundle of evidence holds: the records as written, definitions, documents, keys, and the program that checks.

The same instance gives the same bytes. Must import only store.schema, store.chain, store.ids, store.keys and the read
side.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, select

from signoff.errors import NotFound
from signoff.kernel.events.aside import PersonalErased
from signoff.kernel.events.data import DocumentDelivered
from signoff.kernel.events.flow import InstanceStarted, ScopeOpened
from signoff.kernel.events.migration import InstanceMigrated
from signoff.read.checkpoints import installation
from signoff.read.history import PAGE, links
from signoff.store import chain, codec, ids, keys
from signoff.store.schema import definition, instance

FORMAT = "signoff/evidence/v1"
_HERE = Path(__file__).parent
_OWN = ("verify.py", "count.py", "checkpoint.py", "README.md", "README.zh.md")
_INSIDE, _BESIDE = b"from signoff.read.bundle.", b"from "  # all that differs in a bundle
_SINCE = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the earliest time that a .zip knows: a bundle says nothing of when it was made


@dataclass(frozen=True, slots=True)
class Content:
    """The files but the documents, by name; and the hashes of the documents, whose bytes are kept elsewhere."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    documents: tuple[str, ...]


def content(connection: Connection, id: str, checkpoints: str = "") -> Content:
    """Everything of one instance, in the caller's transaction. Raises NotFound."""
    here = (instance.c.shard == ids.shard_in(id), instance.c.id == id)
    row = connection.execute(select(instance).where(*here)).first()
    if row is None:
        raise NotFound("instance_unknown", text=id)
    journal, named = list(_journal(connection, id)), list(_keys(connection))
    versions, documents = _rests_on(journal)
    files = {name: (_HERE / name).read_bytes().replace(_INSIDE, _BESIDE) for name in _OWN}
    files["journal.jsonl"], files["keys.jsonl"] = _lines(journal), _lines(named)
    files |= {f"definitions/{version}.json": text for version, text in _models(connection, versions)}
    files |= {"checkpoints.txt": checkpoints.encode()} if checkpoints else {}
    return Content(_manifest(connection, row, named), files, tuple(sorted(documents)))


def pack(found: Content, document: Callable[[str], bytes], target: BinaryIO) -> None:
    """Write the bundle as a .zip; `document` gives the bytes of a hash, one at a time. A lost one is left out."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(found.files.items())}
    hashes |= {f"documents/{sha256}": sha256 for sha256 in found.documents}
    manifest = json.dumps({**found.manifest, "files": hashes}, ensure_ascii=False, indent=1)
    with zipfile.ZipFile(target, "w") as bundle:
        _put(bundle, "manifest.json", manifest.encode())
        for name, data in sorted(found.files.items()):
            _put(bundle, name, data)
        for sha256 in found.documents:
            try:
                data = document(sha256)
            except NotFound:
                continue  # the program says that it is gone
            _put(bundle, f"documents/{sha256}", data)


def _put(bundle: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _SINCE)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    bundle.writestr(entry, data)


def _manifest(connection: Connection, row: Row[Any], named: list[dict[str, Any]]) -> dict[str, Any]:
    last = named[-1] if named else {"n": 0, "hash": ""}
    return {
        "format": FORMAT,
        "installation": installation(connection),
        "instance": row.id,
        "process": row.process,
        "version": row.version,
        "key": row.key,
        "title": row.title,
        "n": row.n,
        "hash": row.head,
        "keys": {"n": last["n"], "hash": last["hash"]},
    }


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(codec.compact(row) + "\n" for row in rows).encode()


def _journal(connection: Connection, id: str) -> Iterator[dict[str, Any]]:
    after = 0
    while page := connection.execute(links(id, after=after).limit(PAGE)).all():
        for row in page:
            beside = {} if row.sealed is None else {"sealed": row.sealed}
            yield {"n": row.n, "hash": row.hash, "bytes": row.bytes, **beside}
        after = page[-1].n


def _keys(connection: Connection) -> Iterator[dict[str, Any]]:
    for link in chain.walk(connection, keys.CHAIN):
        yield {"n": link.n, "hash": link.hash, "bytes": link.bytes}


def _rests_on(records: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    """The versions of definitions, and the documents, that the records name; not those that were erased."""
    versions, documents = set[str](), set[str]()
    for row in records:
        for event in codec.decode_entry(row["bytes"], row.get("sealed")).events:
            if isinstance(event, InstanceStarted | ScopeOpened | InstanceMigrated):
                versions.add(event.version)
            elif isinstance(event, DocumentDelivered):
                documents.add(event.sha256)
            elif isinstance(event, PersonalErased):
                documents -= {*event.documents}
    return versions, documents


def _models(connection: Connection, versions: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The compiled models as they are stored: the hash of one is its version."""
    rows = select(definition.c.version, definition.c.model).where(definition.c.version.in_(versions))
    for row in connection.execute(rows.order_by(definition.c.version)).all():
        yield row.version, row.model.encode()
