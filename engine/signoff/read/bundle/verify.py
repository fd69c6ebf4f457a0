"""Verify a bundle of evidence by itself: with Python 3.11 and the package `cryptography`, and nothing of signoff.

    python verify.py [BUNDLE] [--checkpoint FILE] [--key FILE.pub]

BUNDLE is the .zip, or the folder it was unpacked into; without it, the folder of this file. Exit code 0: everything
holds; else the lowest of CLASSES that was found. Must import nothing of signoff but `count.py` and `checkpoint.py`, which
lie beside it in the bundle: who checks need not have signoff.
"""

import argparse
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from signoff.read.bundle.checkpoint import Finding, checkpoints, covered, fits
from signoff.read.bundle.count import Count, Row, sha256, written

Read: TypeAlias = Callable[[str], bytes | None]  # the bytes of a file of the bundle

CLASSES: Mapping[int, str] = {
    3: "no_bundle file",
    4: "missing repeated unreadable moved unlinked changed cut elsewhere backwards encoding seal dropped unerased",
    5: "forged unsigned other_installation other_instance other_task other_history other_decision nonce_repeated",
    6: "key key_unknown key_of_another key_not_yet_valid key_run_out key_revoked keys_elsewhere",
    7: "document",
    8: "definition",
    9: "recount right subject",
    10: "rolled_back rewritten checkpoint_unreadable checkpoint_forged checkpoint_untrusted checkpoint_foreign "
    "checkpoint_incomplete checkpoint_torn checkpoint_uncovered checkpoints_inconsistent",
}
OTHER: Mapping[
    str, set[str]
] = {  # what a statement was signed for, by what it says differently; the broadest first
    "other_installation": {"installation"},
    "other_instance": {"instance", "process"},
    "other_task": {"definition", "scope", "node", "activity", "gate", "round"},
    "other_history": {"n", "prev"},
}


def opened(place: Path) -> Read:
    """How to read the files of a .zip or of a folder."""
    if not place.is_dir():
        names = (archive := zipfile.ZipFile(place)).namelist()
        return lambda name: archive.read(name) if name in names else None
    return lambda name: (place / name).read_bytes() if (place / name).is_file() else None


def parse(text: str | bytes | None) -> Any:
    """JSON as signoff writes it: no floats."""
    return json.loads(text or "", parse_float=_refuse, parse_constant=_refuse)


def _refuse(text: str) -> Any:
    raise ValueError(text)


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else _refuse(text)


# chains -------------------------------------------------------------------------------------------------


class Chain:
    """A chain as it stands in a file: its rows, the hash after each number, and what does not hold."""

    def __init__(self, name: str, content: bytes | None, head: Row) -> None:
        self.name, self.rows, self.hashes = name, list[Row](), {0: ""}
        self.beside: dict[int, Any] = {}  # what may be erased: hash -> [salt, value]
        self.found: list[Finding] = []
        for line in (content or b"").decode(errors="replace").split("\n"):
            if line:
                self._take(line)
        if (head["n"], head["hash"]) != (n := max(self.hashes), self.hashes[n]):
            self._say("cut", head["n"])

    def _take(self, line: str) -> None:
        n = max(self.hashes)
        before = self.hashes[n]
        try:
            said = parse(line)
            at, text, hash = int(said["n"]), str(said["bytes"]), str(said["hash"])
            row: Row = parse(text)
            self.beside[at] = parse(said.get("sealed", "{}"))
            wrong = {
                ("missing" if at > n else "repeated"): at != n + 1,
                "changed": sha256("signoff/journal/v1\0", before, text) != hash,
                "moved": row["n"] != at,
                "unlinked": row["prev"] != before,
                "elsewhere": self.name not in (row.get("instance"), row.get("chain")),
                "encoding": written(row, sort=False) != text,  # a name that stands twice, above all
                "backwards": moment(row["at"])
                < moment(self.rows[-1]["at"] if self._timed(row) else row["at"]),
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            self._say("unreadable", n + 1)
            return
        for fault in (fault for fault, holds in wrong.items() if holds):
            self._say(fault, at)
        self.rows.append(row)
        self.hashes[max(at, n)] = hash

    def _timed(self, row: Row) -> bool:
        """Whether it is a record of an instance, whose times never run backwards, and not the first."""
        return "instance" in row and bool(self.rows)

    def _say(self, fault: str, n: int) -> None:
        self.found.append((fault, f"{self.name} #{n}", ""))


# what was erased ----------------------------------------------------------------------------------------


def hidden(value: Any) -> Iterator[str]:
    """The hashes in a record that stand for values."""
    if isinstance(value, dict) and [*value] == ["$sealed"]:
        yield str(value["$sealed"])
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from hidden(part)


def erasures(rows: Sequence[Row]) -> tuple[set[str], set[str]]:
    """The values and the documents that were erased, by their hashes."""
    said = [event for row in rows for event in row["events"] if event["is"] == "PersonalErased"]
    documents = {sha256 for event in said for sha256 in event.get("documents", ())}
    return {seal for event in said for seal in event["seals"]}, documents


def values(row: Row, beside: Mapping[str, Any], erased: set[str]) -> Iterator[str]:
    """What is wrong with the values of a record that stand beside it."""
    seals = [*hidden(row)]
    for seal in seals:
        if seal not in beside:
            yield from () if seal in erased else ("dropped",)
        elif seal in erased:
            yield "unerased"
        else:
            salt, value = beside[seal]
            if sha256("signoff/sealed/v1\0", salt, "\0", written(value)) != seal:
                yield "seal"
    yield from ("seal",) if beside.keys() - {*seals} else ()


# keys and signatures ------------------------------------------------------------------------------------


class Keys:
    """Who had which key at which number of the chain `keys`."""

    def __init__(self, links: Chain) -> None:
        self.numbers = {hash: n for n, hash in links.hashes.items()}
        self.added: dict[str, tuple[int, Row]] = {}
        self.revoked: dict[str, tuple[int, str]] = {}
        for row in links.rows:
            said = row["content"]
            if said["kind"] == "key":
                self.added.setdefault(said["key"], (row["n"], said))
                if sha256(bytes.fromhex(said["public"])) != said["key"]:
                    links.found.append(("key", f"keys #{row['n']}", said["key"][:12]))
            elif said["kind"] == "revoked":
                self.revoked.setdefault(said["key"], (row["n"], row["at"]))

    def checkpoints(self, at: str) -> list[bytes]:
        """The keys of checkpoints that counted then."""
        found = [key for _, key in self.added.values() if key["purpose"] == "checkpoint"]
        try:
            return [bytes.fromhex(key["public"]) for key in found if self._counts(key, moment(at))]
        except ValueError:  # it says no instant
            return []

    def _counts(self, key: Row, at: datetime) -> bool:
        over = [moment(key["to"]["$datetime"])] if key["to"] is not None else []
        over += [moment(self.revoked[key["key"]][1])] if key["key"] in self.revoked else []
        return moment(key["from"]["$datetime"]) <= at and all(at < end for end in over)

    def against(self, given: Row, row: Row) -> Iterator[str]:
        """What speaks against the key of a signature, at that point of the chain."""
        number = self.numbers.get(row.get("heads", {}).get("keys", ""))
        if number is None:
            yield "keys_elsewhere"
            number = max(self.numbers.values())
        added, key = self.added.get(given["key"], (number + 1, {}))
        if added > number:
            yield "key_unknown"
            return
        if given["method"] != key["method"] or not fits(key["public"], given["value"], given["statement"]):
            yield "forged"
        if key["person"] != row["actor"] or key["purpose"] != "decision":
            yield "key_of_another"
        at, (revoked, since) = moment(row["at"]), self.revoked.get(given["key"], (number + 1, ""))
        if revoked <= number and moment(since) <= at:
            yield "key_revoked"
        elif at < moment(key["from"]["$datetime"]):
            yield "key_not_yet_valid"
        elif key["to"] is not None and moment(key["to"]["$datetime"]) <= at:
            yield "key_run_out"


def signature(row: Row, count: Count, keys: Keys, installation: str, nonces: set[str]) -> Iterator[str]:
    """What is wrong with the signature of a record, or with there being none."""
    given: Row | None = row.get("signed")
    if given is None:
        strong = [event for event in row["events"] if event.get("strength") == "signed"]
        if row.get("auth") == "signed" or not all(map(count.follows, strong)):
            yield "unsigned"
        return
    own = (e for e in row["events"] if e["is"] in ("VoteCast", "GateReturned") and e.get("mode") != "auto")
    event: Row = next(own, {})
    names = ("instance", "n", "prev", "actor", "name", "on_behalf", "authority")
    facts = {
        "form": "signoff/decision/v1",
        "installation": installation,
        "nonce": given["nonce"],
        "decision": event,
    }
    expected = facts | {name: row.get(name, "") for name in names}
    try:
        said: Row = parse(given["statement"])
        expected |= {"at": said["at"], **count.place(event["gate"])}
        differs = {name for name in {*said, *expected} if said.get(name) != expected.get(name)}
    except (ValueError, KeyError, TypeError, AttributeError):
        differs = {"form"}
    if differs or row.get("auth") != "signed" or given["statement"] != written(expected):
        yield next((fault for fault, names in OTHER.items() if names & differs), "other_decision")
    if given["nonce"] in nonces:
        yield "nonce_repeated"
    nonces.add(given["nonce"])
    yield from keys.against(given, row)


# all of it ----------------------------------------------------------------------------------------------


def named(read: Read, event: Row, definitions: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """The definition or document that an event names, against its hash."""
    id = event.get("sha256") if event["is"] == "DocumentDelivered" else event.get("version")
    if not isinstance(id, str) or id in definitions:
        return
    is_document = event["is"] == "DocumentDelivered"
    content = read(f"documents/{id}" if is_document else f"definitions/{id}.json")
    if content is None or sha256(content) != id:
        yield (
            "document" if is_document else "definition",
            f"{id} {'is gone' if content is None else 'was changed'}",
        )
    elif not is_document:
        definitions[id] = parse(content)


def verify(read: Read, notes: str, trusted: Sequence[bytes]) -> tuple[list[Finding], Count]:
    """Everything that does not hold, and the gates as they were counted."""
    manifest, nonces = parse(read("manifest.json")), set[str]()
    installation, instance = manifest["installation"], manifest["instance"]
    journal = Chain(instance, read("journal.jsonl"), manifest)
    links = Chain("keys", read("keys.jsonl"), manifest["keys"])
    keys, definitions, found = Keys(links), dict[str, Row](), list[Finding]()
    count = Count(instance, definitions)
    for name, hash in manifest["files"].items():
        content = read(name)
        if content is None or sha256(content) != hash:
            found.append(("file", name, "is gone" if content is None else "is not as the manifest says"))
    found += [*journal.found, *links.found]
    erased, papers = erasures(journal.rows)
    for row in journal.rows:
        where = f"{instance} #{row['n']}"
        found += [(fault, where, "") for fault in values(row, journal.beside[row["n"]], erased)]
        for event in (e for e in row["events"] if e.get("sha256") not in papers):
            found += [(fault, where, detail) for fault, detail in named(read, event, definitions)]
        found += [(fault, where, "") for fault in signature(row, count, keys, installation, nonces)]
        found += [(fault, where, detail) for fault, detail in count.take(row)]
    text = notes or (read("checkpoints.txt") or b"").decode()
    trust = (lambda _: trusted) if trusted else keys.checkpoints
    outside = checkpoints(text, installation, (journal, links), trust) if text else ()
    silent = notes and not covered(notes, installation, instance)
    return [*found, *outside, *([("checkpoint_uncovered", instance, "")] if silent else ())], count


def reach(read: Read, notes: str) -> str:
    """How far the checkpoints reach that it was compared with."""
    manifest = parse(read("manifest.json"))
    text = notes or (read("checkpoints.txt") or b"").decode()
    n = covered(text, manifest["installation"], manifest["instance"])
    said = f"covered by checkpoints up to #{n} of {manifest['n']}" if n else "no checkpoint covers it"
    return f"{manifest['instance']}: {said}"


def told(count: Count) -> Iterator[str]:
    """The gates with their votes, as lines."""
    for gate in (*count.ended, *count.gates.values()):
        yield f"{gate['id']} {gate['node']}, round {gate['round']}: {gate['status']}"
        for number, vote in (
            (n, vote) for n, entry in enumerate(gate["all"]) for vote in entry.votes.values()
        ):
            who = vote["name"] + (f" for {seat}" if (seat := vote.get("on_behalf_of")) else "")
            yield f"  #{number} {who}: {vote['decision']} ({vote['meaning']}, {vote['strength']})"


def public(file: Path) -> bytes:
    """The bytes of an Ed25519 key; raises ValueError for any other: nothing else is trusted in its place."""
    key = load_pem_public_key(file.read_bytes())
    return (
        key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else _refuse(f"{file} is no Ed25519 key")
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a bundle of evidence of signoff.")
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--checkpoint", type=Path, help="checkpoints that somebody else has kept")
    parser.add_argument(
        "--key", type=Path, action="append", default=[], help="the public key that signed them"
    )
    given = parser.parse_args()
    try:
        notes = given.checkpoint.read_text(encoding="utf-8") if given.checkpoint else ""
        raw = [public(file) for file in given.key]
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if given.checkpoint and not notes.strip():  # never those in the bundle in the place of what was asked for
        parser.error(f"{given.checkpoint} holds no checkpoint")
    try:
        found, count = verify(opened(given.bundle), notes, raw)
        lines = [*told(count), reach(opened(given.bundle), notes)]
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found, lines = [("no_bundle", str(given.bundle), f"{type(error).__name__}: {error}")], []
    lines += [f"{where}: {fault} {detail}".rstrip() for fault, where, detail in found]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in (*lines, f"{len(found)} findings")).encode())
    return min(
        (code for fault, *_ in found for code, names in CLASSES.items() if fault in names.split()), default=0
    )


if __name__ == "__main__":
    sys.exit(main())
