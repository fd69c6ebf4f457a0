"""A bundle of evidence is checked by the program inside it: silent about what is whole, and naming what was done to it."""

import ast
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from signoff import FileSigner, checkpoint, new_key
from signoff.read.bundle import verify
from signoff.runtime.keys import revoke_key
from tests.evidence.office import Memory, Office
from tests.evidence.test_silence import ALLOWING, Chance

Files = dict[str, bytes]
Rows = list[dict[str, Any]]
DOMAIN = b"signoff/journal/v1\0"
PAPER = """
signoff: 1
process: paper
lang: en
data: {price: {type: integer}}
documents: {offer: {name: Offer}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    delivers: [offer]
    approve:
      - {by: boss, need: 2, sign: key}
    return_to: [write]
"""


def run(bundle: bytes | Path, folder: Path, *more: str) -> tuple[int, set[str], str]:
    """What the program of a bundle says of it: exit code, names of the findings, everything it printed."""
    if isinstance(bundle, bytes):
        (folder / "bundle.zip").write_bytes(bundle)
        bundle = folder / "bundle.zip"
    program = folder / "program"
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(program)
    asked = [sys.executable, "-B", str(program / "verify.py"), str(bundle), *more]
    done = subprocess.run(asked, capture_output=True, timeout=60, check=False)
    assert not done.stderr, done.stderr.decode()
    said = done.stdout.decode()
    found = {
        line.partition(": ")[2].split(" ")[0] for line in said.splitlines() if ": " in line and line[0] != " "
    }
    return (
        done.returncode,
        found - {"passed", "open", "stale", "returned", "GateDeclined", "GateCancelled", "covered", "no"},
        said,
    )


def named(files: Files) -> set[str]:
    """The same without a process of its own."""
    return {fault for fault, *_ in verify.verify(files.get, "", ())[0]}


def bundled(office: Office, instance: str, checkpoints: str = "") -> bytes:
    target = io.BytesIO()
    office.engine.bundle(instance, target, checkpoints=checkpoints)
    return target.getvalue()


def opened(bundle: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def closed(files: Files) -> bytes:
    """The files with a manifest that fits them."""
    manifest = json.loads(files["manifest.json"])
    kept = {name: hash for name, hash in manifest["files"].items() if name.startswith("documents/")}
    here = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"}
    manifest["files"] = kept | here
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, data)
    return target.getvalue()


def lines(files: Files, name: str) -> Rows:
    return [json.loads(line) for line in files[name].decode().splitlines()]


def put(files: Files, name: str, rows: Rows) -> None:
    files[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()


def mended(files: Files, change: Callable[[Rows], object], name: str = "journal.jsonl") -> None:
    """Change records and make every number, link and hash fit again, the manifest too."""
    rows = [json.loads(line["bytes"]) for line in lines(files, name)]
    beside = {s: v for line in lines(files, name) for s, v in json.loads(line.get("sealed", "{}")).items()}
    change(rows)
    before, made = "", []
    for n, row in enumerate(rows, start=1):
        row["n"], row["prev"] = n, before
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(DOMAIN + before.encode() + text.encode()).hexdigest()
        values = json.dumps({seal: value for seal, value in beside.items() if seal in text})
        made.append({"n": n, "hash": before, "bytes": text, "sealed": values})
    put(files, name, made)
    manifest = json.loads(files["manifest.json"])
    head = manifest if name == "journal.jsonl" else manifest["keys"]
    head.update(n=len(rows), hash=before)
    files["manifest.json"] = json.dumps(manifest).encode()


def vote(rows: Rows, which: int = 0) -> dict[str, Any]:
    return [row for row in rows if "signed" in row][which]


@pytest.fixture(scope="module")
def left(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str, bytes]:
    """A bundle of an instance that bob and cid have signed, with a document and a checkpoint; the key of that."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "signoff.db").write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{folder / 'signoff.db'}")
    office.engine.deploy(PAPER)
    task = office.engine.start("paper", by="ann").opened[0]
    office.pass_time()
    gate = office.engine.submit(task, by="ann", data={"price": 5}, documents={"offer": b"for five"}).opened[0]
    office.approve(gate, "bob", note="fine")
    office.pass_time()
    instance = office.approve(gate, "cid").instance
    new_key(folder / "checkpoint.key", "x")
    key = FileSigner(folder / "checkpoint.key", "x")
    found = bundled(office, instance, checkpoint(office.engine.core, key))
    assert found == bundled(office, instance, opened(found)["checkpoints.txt"].decode()), (
        "the same bytes again"
    )
    office.close()
    return found, str(folder / "checkpoint.key.pub"), key.public


@pytest.fixture
def files(left: tuple[bytes, str, bytes]) -> Files:
    return opened(left[0])


def test_a_bundle_verifies_without_signoff(left: tuple[bytes, str, bytes], tmp_path: Path) -> None:
    """approvals §3.11: a full copy, verifiable without the database."""
    code, found, said = run(left[0], tmp_path, "--key", left[1])
    assert (code, found) == (0, set()), said
    assert "#0 Bob: yes (approve, signed)" in said
    assert "0 findings" in said


def test_an_unpacked_bundle_verifies_itself(left: tuple[bytes, str, bytes], tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(left[0])) as archive:
        archive.extractall(tmp_path)
    asked = [sys.executable, "-B", str(tmp_path / "verify.py"), "--key", left[1]]
    assert subprocess.run(asked, capture_output=True, timeout=60, check=False).returncode == 0


def test_the_program_imports_nothing_of_signoff(files: Files) -> None:
    for name in ("verify.py", "count.py", "checkpoint.py"):
        assert files[name].count(b"\n") < 500
        tree = ast.walk(ast.parse(files[name]))
        taken = {n.module or "" for n in tree if isinstance(n, ast.ImportFrom)}
        allowed = {"count", "checkpoint", "cryptography"} | sys.stdlib_module_names
        assert {module.split(".")[0] for module in taken} <= allowed


# what is done to records, with every hash mended --------------------------------------------------------


def _swap(rows: Rows) -> None:
    one, other = vote(rows)["signed"], vote(rows, 1)["signed"]
    one["value"], other["value"] = other["value"], one["value"]


def _second_signature_only(rows: Rows) -> None:
    del rows[rows.index(vote(rows))]


def _unasked(rows: Rows) -> None:
    row = vote(rows)
    del row["signed"]
    row.pop("auth")
    row["actor"] = "eve"
    row["events"][0].update(person="eve", strength="asserted")


RECORDS: dict[str, tuple[Callable[[Rows], object], str]] = {
    "note": (lambda rows: vote(rows)["events"][0].update(note="at half the price"), "other_decision"),
    "name": (lambda rows: vote(rows)["events"][0].update(name="Bоb"), "other_decision"),
    "person": (lambda rows: vote(rows).update(actor="cid"), "key_of_another"),
    "signature bit": (lambda rows: vote(rows)["signed"].update(value="00" + vote(rows)["signed"]["value"][2:]), "forged"),
    "signatures swapped": (_swap, "forged"),
    "signature taken out": (lambda rows: vote(rows).pop("signed"), "unsigned"),
    "history before": (lambda rows: rows[0].update(via="elsewhere"), "other_history"),
    "signing twice": (lambda rows: rows.append(deepcopy(rows[-1])), "nonce_repeated"),
    "key unknown": (lambda rows: vote(rows)["signed"].update(key="0" * 64), "key_unknown"),
    "chain of keys": (lambda rows: vote(rows)["heads"].update(keys="0" * 64), "keys_elsewhere"),
    "other round": (lambda rows: rows[1]["events"].__getitem__(-3).update(round=2), "other_task"),
    "one vote left out": (_second_signature_only, "recount"),
    "gate that passed too early": (lambda rows: vote(rows)["events"].append({"is": "GatePassed", "gate": rows[1]["events"][-3]["id"], "node": "write"}), "recount"),
    "preparer": (lambda rows: rows[1]["events"][-3].update(preparers=["bob"]), "right"),
    "somebody who was not asked": (_unasked, "right"),
    "what was seen": (lambda rows: rows[1]["events"][-3]["bound"].update(price="0" * 64), "subject"),
    "time": (lambda rows: rows[1].update(at="2026-01-01T00:00:00.000000Z"), "backwards"),
    "another document": (lambda rows: next(e for e in rows[1]["events"] if e["is"] == "DocumentDelivered").update(sha256="0" * 64), "document"),
    "another definition": (lambda rows: rows[0]["events"][1].update(version="0" * 64), "definition"),
    "a verdict left out": (lambda rows: rows[-1]["events"].pop(1), "recount"),
    "another instance": (lambda rows: rows[-1].update(instance="elsewhere"), "elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize("what", RECORDS)
def test_a_record_changed_and_every_hash_mended(files: Files, what: str) -> None:
    change, wanted = RECORDS[what]
    mended(files, change)
    assert wanted in named(files)


@pytest.mark.parametrize(
    ("what", "code"), [("signatures swapped", 5), ("key unknown", 5), ("a verdict left out", 9)]
)
def test_the_exit_code_says_what_kind_of_thing_it_is(
    files: Files, tmp_path: Path, what: str, code: int
) -> None:
    change, wanted = RECORDS[what]
    mended(files, change)
    del files["checkpoints.txt"]
    given, found, said = run(closed(files), tmp_path)
    assert wanted in found, said
    assert given == code, said


def test_a_rewritten_history_does_not_follow_the_checkpoint(files: Files, tmp_path: Path, left: Any) -> None:
    """approvals §3.8."""
    mended(files, lambda rows: rows[0].update(via="elsewhere"))
    assert "rewritten" in run(closed(files), tmp_path, "--key", left[1])[1]


# what is done to files ----------------------------------------------------------------------------------


def _cut(files: Files) -> None:
    put(files, "journal.jsonl", lines(files, "journal.jsonl")[:-1])


def _leave_out(files: Files) -> None:
    rows = lines(files, "journal.jsonl")
    put(files, "journal.jsonl", [rows[0], *rows[2:]])


def _no_values(files: Files) -> None:
    put(files, "journal.jsonl", [{**line, "sealed": "{}"} for line in lines(files, "journal.jsonl")])


def _reorder(files: Files) -> None:
    rows = lines(files, "journal.jsonl")
    put(files, "journal.jsonl", [rows[0], rows[2], rows[1], *rows[3:]])


def _document(files: Files) -> None:
    name = next(name for name in files if name.startswith("documents/"))
    files[name] = b"for fifty"


def _no_document(files: Files) -> None:
    del files[next(name for name in files if name.startswith("documents/"))]


def _definition(files: Files) -> None:
    name = next(name for name in files if name.startswith("definitions/"))
    files[name] = files[name].replace(b'"signed"', b'"asserted"')


def _roll_back(files: Files) -> None:
    mended(files, lambda rows: rows.pop())


def _twice_named(files: Files) -> None:
    rows = lines(files, "journal.jsonl")
    rows[-1]["bytes"] = rows[-1]["bytes"].replace('{"format":1', '{"format":1,"format":1', 1)
    rows[-1]["hash"] = hashlib.sha256(
        (DOMAIN.decode() + rows[-2]["hash"] + rows[-1]["bytes"]).encode()
    ).hexdigest()
    put(files, "journal.jsonl", rows)


FILES: dict[str, tuple[Callable[[Files], object], str, int]] = {
    "the end cut off": (_cut, "cut", 4),
    "a record left out": (_leave_out, "missing", 4),
    "a record twice": (lambda f: put(f, "journal.jsonl", [lines(f, "journal.jsonl")[0], *lines(f, "journal.jsonl")]), "repeated", 4),
    "a record edited": (lambda f: f.update({"journal.jsonl": f["journal.jsonl"].replace(b"Bob", b"Rob")}), "changed", 4),
    "a value edited": (lambda f: f.update({"journal.jsonl": f["journal.jsonl"].replace(b"fine", b"poor")}), "seal", 4),
    "a value taken out": (_no_values, "dropped", 4),
    "two records swapped": (_reorder, "unlinked", 4),
    "a name twice": (_twice_named, "encoding", 4),
    "a record that is no JSON": (lambda f: f.update({"journal.jsonl": b"x\n" + f["journal.jsonl"]}), "unreadable", 4),
    "a document changed": (_document, "document", 7),
    "a document taken out": (_no_document, "document", 3),
    "a definition changed": (_definition, "definition", 8),
    "an old state": (_roll_back, "rolled_back", 10),
    "a checkpoint edited": (lambda f: f.update({"checkpoints.txt": f["checkpoints.txt"].replace(b"at 2027", b"at 2028")}), "checkpoint_forged", 10),
    "no manifest": (lambda f: f.update({"manifest.json": b'{"files": {}}'}), "no_bundle", 3),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_a_file_changed(files: Files, tmp_path: Path, left: Any, what: str) -> None:
    change, wanted, code = FILES[what]
    change(files)
    given, found, said = run(closed(files), tmp_path, "--key", left[1])
    assert wanted in found, said
    assert given == code, said


def test_a_file_that_is_not_as_the_manifest_says(files: Files, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in {**files, "README.md": b"all is well"}.items():
            archive.writestr(name, data)
    code, found, _ = run(target.getvalue(), tmp_path)
    assert code == 3
    assert "file" in found


# keys ---------------------------------------------------------------------------------------------------


def _registered(row: dict[str, Any]) -> bool:
    return bool(row["content"].get("person") == "bob")


KEYS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "owner": (lambda content: content.update(person="cid"), "key_of_another"),
    "purpose": (lambda content: content.update(purpose="checkpoint"), "key_of_another"),
    "beginning": (lambda content: content["from"].update({"$datetime": "2028-01-01T00:00:00.000000Z"}), "key_not_yet_valid"),
    "end": (lambda content: content.update(to={"$datetime": "2027-01-01T00:00:00.000000Z"}), "key_run_out"),
    "other bytes": (lambda content: content.update(public=Memory("eve").public.hex()), "key"),
}  # fmt: skip


@pytest.mark.parametrize("what", KEYS)
def test_a_key_changed_and_its_chain_rebuilt(files: Files, what: str) -> None:
    """The records name a chain that there is not any more, and the key does not count."""
    change, wanted = KEYS[what]
    mended(files, lambda rows: [change(row["content"]) for row in rows if _registered(row)], "keys.jsonl")
    assert {wanted, "keys_elsewhere"} <= named(files)


def test_a_signature_after_the_revocation_of_its_key(files: Files) -> None:
    def revoke(rows: Rows) -> None:
        key = next(row["content"]["key"] for row in rows if _registered(row))
        content = {"kind": "revoked", "key": key, "reason": "lost", "by": "root"}
        rows.append({**rows[-1], "content": content})

    mended(files, revoke, "keys.jsonl")
    head = json.loads(files["manifest.json"])["keys"]["hash"]
    mended(files, lambda rows: [row["heads"].update(keys=head) for row in rows])
    assert "key_revoked" in named(files)


# no false alarm -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_bundles_of_what_chance_has_done_verify(sqlite_template: Path, tmp_path: Path, seed: int) -> None:
    (tmp_path / "signoff.db").write_bytes(sqlite_template.read_bytes())
    office = Office(f"sqlite:///{tmp_path / 'signoff.db'}")
    office.engine.deploy(ALLOWING)
    chance = Chance(office, seed)
    for _ in range(50):
        chance.step()
    for number, instance in enumerate({gate.partition(":")[0] for gate in chance.gates}):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert run(bundled(office, instance), folder)[0] == 0
        if number == 3:
            break
    office.close()


def test_what_was_signed_before_a_key_was_revoked_still_verifies(office: Office, tmp_path: Path) -> None:
    gate = office.waiting()
    office.approve(gate, "bob")
    revoke_key(office.engine.core, office.signer["bob"].key, reason="lost", by="root")
    assert run(bundled(office, gate.partition(":")[0]), tmp_path)[0] == 0
