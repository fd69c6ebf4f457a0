"""The votes of a bundle of evidence, counted again: every gate from what its people said, by the rule it was asked by.

Shares no code with the engine, so that neither can hide a mistake of the other. Must import nothing of signoff.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]

STRENGTHS = ("asserted", "attested", "signed")
PLACE = ("process", "definition", "scope", "node", "activity", "gate", "round", "subject", "bound")


def written(value: Any, *, sort: bool = True) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort)


def sha256(*parts: str | bytes) -> str:
    return hashlib.sha256(b"".join(p.encode() if isinstance(p, str) else p for p in parts)).hexdigest()


class Entry:
    """One entry of a gate: who is asked, with the signers added to it, and what was said."""

    def __init__(self) -> None:
        self.status, self.roster, self.groups = "waiting", list[Row](), list[Row]()
        self.votes: dict[str, Row] = {}
        self.beside: dict[str, str] = {}

    def seats(self) -> set[str]:
        return {p["id"] for p in (*self.roster, *(p for g in self.groups for p in g["people"]))}

    def says(self, id: str) -> str | None:
        """What a seat says: its own vote with those of the signers added before and after it."""
        own = self.votes[id]["decision"] if id in self.votes else None
        added = [(g["place"], self._group(g)) for g in self.groups if g["by"] == id]
        if ("before", "no") in added or (own == "yes" and ("after", "no") in added):
            return "no"
        return None if own == "yes" and ("after", None) in added else own

    def _group(self, group: Row) -> str | None:
        votes = [self.votes.get(p["id"], {}).get("decision") for p in group["people"]]
        if group["need"] == "any":
            return "yes" if "yes" in votes else None if None in votes else "no"
        return "no" if {*votes} - {"yes", None} else None if None in votes else "yes"

    def verdict(self, rule: Row) -> str:
        """passed, declined or open, by the rule of the definition over the seats of the roster."""
        people = {p["id"] for p in self.roster}
        said = {id: what for id in people if (what := self.says(id)) is not None}
        yes = {id for id, what in said.items() if what == "yes"}
        if not self.votes or not people or (rule.get("wait_all") and len(said) < len(people)):
            return "open"
        if any(said.get(p["id"]) == "no" and p.get("role") in rule.get("veto", ()) for p in self._own()):
            return "declined"
        if rule.get("need", {}).get("kind") == "first":
            over = "no" in said.values() or len(said) == len(people)
            return "passed" if yes else "declined" if over else "open"
        if self._enough(rule, yes):
            return "passed"
        against = {*said} - yes  # while nobody is, an entry that too few are asked in waits for somebody more
        return "declined" if against and not self._enough(rule, people - against) else "open"

    def _own(self) -> list[Row]:
        return [p for p in self.roster if p["id"] not in self.beside]

    def _enough(self, rule: Row, yes: set[str]) -> bool:
        need, table = rule.get("need", {}), dict(rule.get("weights", ()))
        if need.get("kind") == "each":
            return {*self.beside} <= yes and self._matched(rule["by"], yes)
        weight: dict[str, int] = {}
        mine: int
        for p in self.roster:
            mine = 1 if p["id"] in self.beside else table.get(p.get("role", ""), 1)
            weight[p["id"]] = max(weight.get(p["id"], 0), mine)
        whole, number = sum(weight.values()), int(need.get("number", 0))
        wanted = {"all": whole, "all in turn": whole, "count": number, "percent": -(-whole * number // 100)}
        return sum(weight[id] for id in yes) >= max(1, wanted.get(need.get("kind"), 1))

    def _matched(self, roles: Sequence[str], yes: set[str]) -> bool:
        """Whether each role has a yes of its own."""
        able = {p["id"] for p in self._own() if roles and p.get("role") == roles[0]} & yes
        return not roles or any(self._matched(roles[1:], yes - {id}) for id in able)


class Count:
    """Follows the gates of an instance event by event, and counts every verdict again. A gate is its last opening."""

    def __init__(self, instance: str, definitions: Mapping[str, Row]) -> None:
        self.instance, self.definitions = instance, definitions
        self.gates: dict[str, Row] = {}
        self.ended: list[Row] = []
        self.scopes: dict[str, Row] = {}
        self.activities: dict[str, str] = {}
        self.loops: set[str] = set()  # what is done once for each item is gated item by item
        self.overridden: set[str] = set()
        self.process = self.starter = ""
        self.row: Row = {}
        self.ruled: dict[str, Row] = {}  # entry -> the rung that has decided it in this record
        self.said: list[tuple[str, str]] = []

    def take(self, row: Row) -> list[tuple[str, str]]:
        """Fold one record; what does not add up."""
        self.row, self.said, self.ruled = row, [], {}
        try:
            for event in row["events"]:
                self._flow(event)
                if (gate := self.gates.get(event.get("gate", ""))) is not None:
                    self._gate(gate, event)
                    if "entry" in event:
                        self._entry(gate, gate["all"][event["entry"]], event)
            for gate in self.gates.values():
                for n, entry in enumerate(gate["all"]):
                    if entry.status == "open" and gate["status"] in ("open", "stale"):
                        verdict = entry.verdict(self._rule(gate, n))
                        self._wrong(
                            verdict != "open", f"{gate['id']}#{n} is {verdict} by its votes, and asks on"
                        )
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            self._wrong(True, f"leads nowhere: {type(error).__name__} {error}")
        return self.said

    def _wrong(self, wrong: object, detail: str, fault: str = "recount") -> None:
        self.said += [(fault, detail)] if wrong else []

    def _version(self, gate: Row) -> str:
        return str(self.scopes[gate["scope"]]["version"])

    def _rule(self, gate: Row, number: int) -> Row:
        found: Row = self.definitions[self._version(gate)]["nodes"][gate["node"]]["gate"]["approvals"][number]
        return found

    def place(self, id: str) -> Row:
        """Where a decision at this gate is taken, and on what, as it is signed."""
        gate = self.gates[id]
        known = {**gate, "gate": id, "definition": self._version(gate), "process": self.process}
        return {name: known[name] for name in PLACE}

    def follows(self, event: Row) -> bool:
        """Whether a rule let a yes count that the same person has signed elsewhere in the gate."""
        id, _, number = str(event.get("source", "")).partition("#")
        if event.get("mode") != "auto" or id not in self.gates or not number.isdecimal():
            return False
        vote = dict(enumerate(self.gates[id]["all"])).get(int(number), Entry()).votes.get(event["person"], {})
        return (vote.get("strength"), vote.get("subject")) == ("signed", event["subject"])

    def _open(self, gate: Row, event: Row) -> None:
        """A round begins."""
        gate |= {name: event.get(name, ()) for name in ("round", "subject", "bound", "preparers")}
        gate["status"] = "open"
        on = _subject(self.instance, self.scopes[gate["scope"]], gate, gate["bound"])
        self._wrong(gate["subject"] != on, f"{gate['id']} asks about something else", "subject")

    def _flow(self, e: Row) -> None:
        match e["is"]:
            case "InstanceStarted":
                self.process, self.starter = e["process"], (e.get("starter") or {}).get("id", "")
            case "ScopeOpened":
                self.scopes[e["id"]] = e
            case "InstanceMigrated":
                _migrated(self, e)
            case "ScopeClosed":
                scope = self.scopes[e["id"]]
                for gate in [g for g in self.gates.values() if g["scope"] == e["id"]]:
                    if scope["home"] == e["id"]:
                        self.ended.append(self.gates.pop(gate["id"]))
                    gate["scope"] = scope["parent"] or e["id"]
            case "EntryRungFired" if e.get("decides"):
                self.ruled[e["target"]] = e
            case "ElementEntered":
                self.activities[e["id"]] = e["scope"]
                self.loops |= {e["id"]} if e.get("items") is not None else set()
            case "ElementCompleted":
                self._completed(e)
            case "Overridden":
                self.overridden.add(e["node"])
            case "GateOpened":
                self.gates[e["id"]] = {**e, "all": [Entry() for _ in range(e["entries"])]}
                self._open(self.gates[e["id"]], e)
            case "RosterResolved" | "TaskAssigned" if "#" in e["target"]:
                id, _, number = e["target"].partition("#")
                entry = self.gates[id]["all"][int(number)]
                if e["is"] == "RosterResolved":
                    entry.status, entry.roster = "open", e["people"]
                else:
                    others = [p for p in entry.roster if p["id"] != e["person"]["id"]]
                    entry.roster = [*others, e["person"]]

    def _completed(self, e: Row) -> None:
        node = self.definitions[self.scopes[e["scope"]]["version"]]["nodes"].get(e["node"], {})
        mine = {gate["status"] for gate in self.gates.values() if gate["activity"] == e["activity"]}
        alone = e["activity"] not in self.loops and not _let_on(node, e, mine, self.overridden)
        self._wrong(alone, f"{e['node']} is {e['verdict']} without its gate")

    def _gate(self, gate: Row, e: Row) -> None:
        match e["is"]:
            case "GatePassed":
                given = [v for entry in gate["all"] for v in entry.votes.values() if v["decision"] == "yes"]
                yes = {who for v in given for who in (v["person"], v.get("on_behalf_of")) if who}
                short = {entry.status for entry in gate["all"]} - {"passed", "skipped"}
                self._wrong(short, f"{gate['id']} passed, an entry is {', '.join(sorted(short))}")
                self._wrong({*e.get("approvers", ())} != yes, f"{gate['id']} names others than have said yes")
                gate["status"] = "passed"
            case "GateDeclined" | "GateCancelled":
                self.ended.append({**self.gates.pop(gate["id"]), "status": e["is"]})
            case "GateReturned":
                gate["status"] = "returned"
                gate["all"] = [entry if entry.status == "passed" else Entry() for entry in gate["all"]]
            case "VotesVoided" | "GateReopened":
                gate["all"] = [Entry() if n in e["voided"] else entry for n, entry in enumerate(gate["all"])]
                if e.get("activity"):
                    gate |= {"activity": e["activity"], "scope": self.activities[e["activity"]]}
                self._open(gate, e)
                gate["status"] = "stale" if e["is"] == "GateReopened" else "open"
            case "ApprovalTakenBack":
                gate |= {"activity": e["activity"], "scope": self.activities[e["activity"]], "status": "open"}

    def _rung(self, rule: Row, fired: Row) -> tuple[str, str] | None:
        """What a rung of an entry without a signature decides by its definition, and how that is recorded."""
        decides = dict(enumerate(rule.get("escalate", ()))).get(fired["rung"], {}).get("decide")
        if rule.get("least", "asserted") != "asserted" or decides != fired["decides"]:
            return None
        return ("EntryPassed", "auto") if decides == "approve" else ("EntryDeclined", "manual")

    def _entry(self, gate: Row, entry: Entry, e: Row) -> None:
        name, rule = f"{gate['id']}#{e['entry']}", self._rule(gate, e["entry"])
        match e["is"]:
            case "EntrySkipped":
                self._wrong("condition" not in rule, f"{name} was skipped without a condition")
                entry.status = "skipped"
            case "EntryPassed" | "EntryDeclined" if name in self.ruled:
                wrong = self._rung(rule, self.ruled.pop(name)) != (e["is"], e.get("mode", "manual"))
                self._wrong(wrong, f"{name} was decided by a rung that does not")
                entry.status = "passed" if e["is"] == "EntryPassed" else "declined"
            case "EntryPassed" if e.get("mode") == "auto":
                wrong = "auto" not in rule or rule.get("least", "asserted") != "asserted"
                self._wrong(wrong, f"{name} passed by a rule that is not there")
                entry.status = "passed"
            case "EntryPassed" | "EntryDeclined":
                status = "passed" if e["is"] == "EntryPassed" else "declined"
                verdict = entry.verdict(rule)
                self._wrong(verdict != status, f"{name} {status}, by its votes it is {verdict}")
                entry.status = status
            case "VoteCast":
                self._vote(gate, entry, e, rule)
                entry.votes[e.get("on_behalf_of") or e["person"]] = e
            case "VoteTakenBack" | "EntryReopened":
                del entry.votes[e["person"]]
                again = e.get("reset", ())
                gate["all"] = [Entry() if n in again else each for n, each in enumerate(gate["all"])]
                entry.status = "open"
            case "VoteTransferred" | "SignersAdded" | "SignerRemoved":
                _signers(entry, e)

    def _vote(self, gate: Row, entry: Entry, e: Row, rule: Row) -> None:
        """Everything that speaks against a vote."""
        seat, auto, binds = e.get("on_behalf_of") or e["person"], e.get("mode") == "auto", rule.get("binds")
        names = gate["bound"] if binds is None else {
            *binds.get("data", ()), *(f"document:{id}" for id in binds.get("documents", ()))
        }  # fmt: skip
        kept_out = rule.get("not_by", ["preparer"])
        out = {
            *(gate["preparers"] if "preparer" in kept_out else ()),
            *([self.starter] * ("starter" in kept_out)),
        }
        proved, least = STRENGTHS.index(e["strength"]), STRENGTHS.index(rule.get("least", "asserted"))
        known = STRENGTHS.index(self.row.get("auth", "asserted"))
        for wrong, reason in (
            (not auto and e["person"] != self.row["actor"], "did not act"),
            (entry.status != "open" or seat not in entry.seats(), "was not asked, or no longer"),
            (
                seat in entry.votes or any(v["person"] == e["person"] for v in entry.votes.values()),
                "votes twice",
            ),
            (e["person"] in out, "is kept out by separation of duties"),
            (proved < least or (auto and least > 0), "proved less than the gate demands"),
            (not auto and proved > known, "was known less well than the vote says"),
            (auto and rule.get("same_person") != "skip", "counts here by no rule"),
        ):
            self._wrong(wrong, f"{gate['id']}#{e['entry']}: {e['person']} {reason}", "right")
        on = _subject(self.instance, self.scopes[gate["scope"]], gate, names)
        self._wrong(
            e["subject"] != on, f"{gate['id']}#{e['entry']}: {e['person']} saw something else", "subject"
        )


def _migrated(count: Count, e: Row) -> None:
    """What stands in these scopes goes on under its new name; gates that ask otherwise have no votes."""
    nodes, here = e.get("nodes", {}), e["scopes"]
    for id in here:
        count.scopes[id] = {**count.scopes[id], "version": e["version"]}
    for gate in count.gates.values():
        if gate["scope"] in here:
            gate["node"] = nodes.get(gate["node"], gate["node"])
    for id, entries in e.get("entries", {}).items():
        count.gates[id]["all"] = [Entry() for _ in range(entries)]
    count.overridden = {nodes.get(node, node) for node in count.overridden}


def _subject(instance: str, scope: Row, gate: Row, names: Collection[str]) -> str:
    parts = {name: hash for name, hash in gate["bound"].items() if name in names}
    return sha256(
        written(["signoff/subject/v1", instance, scope["version"], scope["home"], gate["node"], parts])
    )


def _let_on(node: Row, done: Row, gates: Collection[str], overridden: Collection[str]) -> bool:
    """What stands at a gate with approvals goes on when that has passed; overridden only without a signature."""
    approvals = node.get("gate", {}).get("approvals", ())
    proofs = {each.get("least", "asserted") for each in (node, *approvals)}
    ways = {
        "passed": not {"passed", "stale"}.isdisjoint(gates),
        "overridden": node.get("id") in overridden and proofs == {"asserted"},
        "declined": any(each.get("declined", {}).get("kind") == "continue" for each in approvals),
    }
    return not approvals or ways.get(done["verdict"], False)


def _signers(entry: Entry, e: Row) -> None:
    """Somebody takes over, is added, or is asked no more."""
    if e["is"] == "SignersAdded" and e["place"] == "beside":
        entry.roster = [*entry.roster, *e["people"]]
        entry.beside |= {p["id"]: e["by"] for p in e["people"]}
    elif e["is"] == "SignersAdded":
        entry.groups.append({name: e[name] for name in ("by", "place", "need", "people")})
    elif e["is"] == "VoteTransferred":
        old, new = e["source"], e["person"]
        entry.roster = [{**new, "role": p.get("role", "")} if p["id"] == old else p for p in entry.roster]
        for group in entry.groups:
            group["people"] = [new if p["id"] == old else p for p in group["people"]]
            group["by"] = new["id"] if group["by"] == old else group["by"]
        ids = {old: new["id"]}
        entry.beside = {ids.get(id, id): ids.get(by, by) for id, by in entry.beside.items()}
    else:
        gone = e["person"]
        for person in (p for g in entry.groups if g["by"] == gone for p in g["people"]):
            entry.votes.pop(person["id"], None)
        rest = [g for g in entry.groups if g["by"] != gone]
        people = [[p for p in g["people"] if p["id"] != gone] for g in rest]
        entry.groups = [{**g, "people": stay} for g, stay in zip(rest, people, strict=True) if stay]
        left = {gone} | {id for id, by in entry.beside.items() if by == gone and id not in entry.votes}
        entry.roster = [p for p in entry.roster if p["id"] not in left]
        entry.beside = {id: by for id, by in entry.beside.items() if id not in left}
