"""What a step or gate demands, as written: form, rules, approvals, bindings, targets of a return.

Codes N01, N06, S02, T09, G08, G13 and those of the context; of how votes count see `ballots`. May import model and its siblings.
"""

from dataclasses import dataclass, replace
from typing import Any

from signoff.errors import Place
from signoff.model.expression import Expression
from signoff.model.gate import (
    Approval,
    Binding,
    Check,
    Declined,
    DeclineKind,
    Form,
    Gate,
    Meaning,
    Resume,
    Rule,
)
from signoff.notation.yaml import ballots
from signoff.notation.yaml.authority import Authority
from signoff.notation.yaml.context import Context, Scope
from signoff.notation.yaml.names import Names
from signoff.notation.yaml.sections import Defaults, ladder
from signoff.notation.yaml.tree import Keyed, Leaf, Tree

START = "start"  # as the target of a return: the start form


@dataclass(frozen=True, slots=True)
class Gates:
    """Reads the gates of one file."""

    context: Context
    names: Names
    defaults: Defaults
    authority: Authority

    # forms, rules, checklists ------------------------------------------------------------------------------

    def form(self, tree: Keyed | None, scope: Scope, owner: str) -> Form:
        if tree is None:
            return Form()
        parts: dict[str, tuple[str, ...]] = {}
        first: dict[str, str] = {}
        for key in ("fill", "edit", "show"):
            found = []
            for leaf in self._shown(tree, key, scope):
                name = self.data(leaf, scope)
                if not name:
                    continue
                if name in first:
                    self.context.report("S02", leaf.place, name=name, first=first[name], second=key)
                    continue
                if key != "show" and scope.names[name].formula:
                    self.context.report("T09", leaf.place, name=name)
                first[name] = key
                self.context.mark(f"{owner}|{key}|{name}", leaf)
                found.append(name)
            parts[key] = tuple(found)
        return Form(parts["fill"], parts["edit"], parts["show"])

    def _shown(self, tree: Keyed, key: str, scope: Scope) -> tuple[Leaf, ...]:
        """The names of a list; `show: all` shows what is neither filled nor edited."""
        if key == "show" and (leaf := tree.leaf("show")):
            own = {name.text for part in ("fill", "edit") for name in tree.leaves(part)}
            return tuple(Leaf(name, leaf.place) for name in scope.names if name not in own)
        return tree.leaves(key)

    def data(self, leaf: Leaf, scope: Scope) -> str:
        return self.context.lookup("N01", leaf, scope.names)

    def rules(self, tree: Keyed, owner: str) -> tuple[Rule, ...]:
        found = []
        taken: set[str] = set()
        for n, node in enumerate(tree.nodes("require"), 1):
            id_ = node.text("id") or f"rule-{n}"
            if id_ in taken and (leaf := node.leaf("id")):
                self.context.report("N02", leaf.place, name=id_, kind="rule", line=node.place.line)
            taken.add(id_)
            test = self.context.expression(node.get("rule"), f"{owner}|require|{id_}")
            waive = self.context.all_roles(node.leaves("waive"))
            if test:
                says = self.context.text(node.get("says"))
                found.append(Rule(id_, test, says, warn=node.text("warn") == "true", waive=waive))
        return tuple(found)

    def checklist(self, tree: Keyed, owner: str) -> tuple[Check, ...]:
        found = []
        for n, item in enumerate(tree.items("checklist")):
            if isinstance(item, Keyed) and "item" in item:
                test = self.context.expression(item.get("if"), f"{owner}|checklist|{n}|if")
                found.append(Check(self.context.text(item.get("item")), test))
            else:
                found.append(Check(self.context.text(item)))
        return tuple(found)

    # what votes are bound to -------------------------------------------------------------------------------

    def binding(self, leaves: tuple[Leaf, ...], scope: Scope, owner: str) -> Binding:
        data, documents = [], []
        known = {*self.names.delivered, *self.context.ids("documents")}
        for leaf in leaves:
            name = self.context.lookup("N01", leaf, (*scope.names, *known))
            self.context.mark(f"{owner}|binds|{name}", leaf)
            if name in scope.names:
                data.append(name)
            elif name:
                documents.append(name)
        return Binding(tuple(dict.fromkeys(data)), tuple(dict.fromkeys(documents)))

    def gate(self, id_: str, tree: Keyed, scope: Scope, own: Binding, *, standing: bool) -> Gate:
        """The gate of a step, or one that stands alone; `own`: what a step's votes are bound to unless it says."""
        binds = self.binding(tree.leaves("binds"), scope, id_) if "binds" in tree else own
        for document in own.documents:
            if "binds" in tree and document not in binds.documents:
                self.context.report.warn("G13", _place(tree, "binds"), name=document)
        resume = tree.text("resume")
        return Gate(
            approvals=self.approvals(tree, scope, id_, standing=standing),
            rules=self.rules(tree, id_),
            binds=binds,
            return_to=self.targets(tree, id_, standing=standing),
            resume=Resume(resume) if resume else self.defaults.resume,
        )

    def targets(self, tree: Keyed, id_: str, *, standing: bool) -> tuple[str, ...]:
        """Where it may be sent back to; a step's own work unless it says."""
        if "return_to" not in tree:
            return () if standing else (id_,)
        found = []
        for leaf in tree.leaves("return_to"):
            self.context.mark(f"{id_}|return_to|{leaf.text}", leaf)
            found.append(self.target(leaf))
        return tuple(dict.fromkeys(filter(None, found)))

    def target(self, leaf: Leaf) -> str:
        if leaf.text == START:
            return START
        known = [id_ for id_, kind in self.names.kinds.items() if kind != "request"]
        return self.context.lookup("N09", leaf, known, "step_unknown")

    # approvals ---------------------------------------------------------------------------------------------

    def approvals(self, tree: Keyed, scope: Scope, owner: str, *, standing: bool) -> tuple[Approval, ...]:
        entries = _Entries(self, scope, owner, standing=standing)
        like = Approval(by=(), not_by=self.defaults.not_by, allow=self.defaults.allow)
        entries.several(tree.nodes("approve"), 0, like)
        return tuple(entries.found)

    def not_by(self, tree: Keyed) -> tuple[str, ...]:
        """`preparer`, `starter`, `author`, a role, `owner of STEP`, `approvers of STEP`."""
        found = []
        for leaf in tree.leaves("not_by"):
            kind, _, step = leaf.text.partition(" of ")
            if kind in ("owner", "approvers") and step:
                name = self.context.lookup(
                    "N09", Leaf(step.strip(), leaf.place), self.names.of("step", "gate"), "step_unknown"
                )
                found.append(f"{kind} of {name}" if name else "")
            else:
                found.append(
                    self.context.lookup("N06", leaf, (*self.context.roles, "preparer", "starter", "author"))
                )
        return tuple(filter(None, found))

    def declined(self, leaf: Leaf | None, owner: str) -> Declined | None:
        """`end`, `return`, `return to STEP`, `continue`; None when nothing is said."""
        if leaf is None:
            return None
        match leaf.text.split():
            case ["end" | "return" | "continue" as word]:
                return Declined(DeclineKind(word))
            case ["return", "to", target]:
                found = self.target(Leaf(target, leaf.place))
                return Declined(DeclineKind.RETURN, "" if found == owner else found)
        options = ["end", "return", "return to STEP", "continue"]
        self.context.report.strange("S01", leaf.place, leaf.text, options, "value_option")
        return None


class _Entries:
    """The entries of one gate, numbered by turns."""

    def __init__(self, gates: Gates, scope: Scope, owner: str, *, standing: bool) -> None:
        self.gates = gates
        self.context = gates.context
        self.scope = scope
        self.owner = owner
        self.standing = standing
        self.found: list[Approval] = []
        self.outer: Keyed | None = None  # the entry whose table is being read

    def several(self, nodes: tuple[Keyed, ...], turn: int, like: Approval) -> int:
        """Entries one after the other from this turn on; gives the turn that follows."""
        for node in nodes:
            turn = self.one(node, turn, like)
        return turn

    def one(self, node: Keyed, turn: int, like: Approval) -> int:
        if "parallel" in node:
            return self.beside(node, turn, like)
        like = self._like(node, like)
        if leaf := node.leaf("table"):
            return self.table(leaf, node, turn, like)
        if by := self.context.all_roles(node.leaves("by")):
            self.found.append(self.entry(node, turn, replace(like, by=by)))
        return turn + 1

    def beside(self, node: Keyed, turn: int, like: Approval) -> int:
        """Entries at the same time; nothing else is said beside them."""
        for key, _ in node:
            if key.text != "parallel":
                self.context.report("S01", key.place, "entry_beside", name=key.text)
        return max((self.one(inner, turn, like) for inner in node.nodes("parallel")), default=turn + 1)

    def _like(self, node: Keyed, like: Approval) -> Approval:
        """What an entry hands down to the rows of its table, and keeps for itself."""
        declined = self.gates.declined(node.leaf("declined"), self.owner)
        mark = f"{self.owner}|approve|{len(self.found)}|if"
        condition = both(like.condition, self.context.expression(node.get("if"), mark))
        return replace(
            ballots.handed_down(self.context, node, like),
            declined=declined or like.declined,
            condition=condition,
            not_by=self.gates.not_by(node) if "not_by" in node else like.not_by,
            binds=self.gates.binding(node.leaves("binds"), self.scope, self.owner)
            if "binds" in node
            else like.binds,
        )

    def entry(self, node: Keyed, turn: int, like: Approval) -> Approval:
        mark = f"{self.owner}|approve|{len(self.found)}"
        self.context.mark(mark, self.outer or node)
        found = replace(ballots.counted(self.context, node, like, mark), turn=turn, **self.clock(node, mark))
        returns = like.declined.kind is DeclineKind.RETURN and not like.declined.to
        if self.standing and found.meaning is not Meaning.ACKNOWLEDGE and returns:
            told = node if "declined" in node else self.outer or node
            self.context.report("G08", _place(told, "declined"), gate=self.owner)
        return found

    def clock(self, node: Keyed, mark: str) -> dict[str, Any]:
        """The deadline and the ladder of one entry."""
        for key in ("due", "escalate"):
            self.context.mark(f"{mark}|{key}", node.get(key))
        if node.items("escalate") and "due" not in node:
            self.context.report("P04", node.place, name=self.owner)
        escalate = ladder(self.context, node.items("escalate"), mark)
        return {"due": self.context.when(node.get("due")), "escalate": escalate}

    def table(self, leaf: Leaf, node: Keyed, turn: int, like: Approval) -> int:
        """The entries of the rows, each under the condition of its row."""
        for key, _ in node:
            if key.text in ballots.COUNTING:
                self.context.report("S01", key.place, "entry_table", name=key.text)
        last = turn + 1
        self.outer = self.outer or node
        for condition, approve in self.gates.authority.rows(leaf, node, self.context, self.owner):
            row = replace(like, condition=both(like.condition, condition))
            last = max(last, self.several(approve, turn, row))
        self.outer = None
        return last


def both(first: Expression | None, second: Expression | None) -> Expression | None:
    """The condition that both hold."""
    if first is None or second is None:
        return first or second
    return Expression.of(f"({first.text}) and ({second.text})")


def _place(tree: Keyed, key: str) -> Place:
    found: Tree | None = tree.get(key)
    return found.place if found else tree.place
