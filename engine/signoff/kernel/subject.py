"""What a vote is bound to: hashes over bound data and documents, and the subject over them.

The subject covers instance, definition, element and content, so it fits nowhere else (approvals §3.5, 3.6).
Must import model and kernel below `run`.
"""

import hashlib
import json
import json.encoder

from signoff.kernel.sight import Sight, texts
from signoff.model.expression import ExpressionFault
from signoff.model.gate import Approval, Binding, Rule
from signoff.model.nodes import Node
from signoff.model.types import Text
from signoff.model.value import plain

DOCUMENT = "document:"


def bound(sight: Sight, binding: Binding) -> dict[str, str]:
    """Part -> hash; a document that is not there has an empty one. Names of data stand for themselves."""
    parts = {name: _data(sight, name) for name in binding.data} if binding.data else {}
    for id in binding.documents:
        found = sight.delivered(id)
        parts[DOCUMENT + id] = found.sha256 if found else ""
    return parts


def subject(sight: Sight, node: str, parts: dict[str, str]) -> str:
    """The hash that a person has seen when voting on these parts."""
    scope = sight.scope
    names = ("signoff/subject/v1", sight.state.id, scope.version, scope.home, node)
    # the bytes that `digest` of a list would hash; making a JSON encoder costs more than all the rest
    text = f"[{','.join([_quoted(name) for name in names])},{_canonical(parts) if parts else '{}'}]"
    return hashlib.sha256(text.encode()).hexdigest()


def of_entry(sight: Sight, node: str, approval: Approval, parts: dict[str, str]) -> str:
    """The subject of one entry: of its own binding, or the gate's."""
    if approval.binds is None:
        return subject(sight, node, parts)
    return subject(sight, node, bound(sight, approval.binds))


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The parts that differ, sorted."""
    return sorted(part for part in before.keys() | after.keys() if before.get(part) != after.get(part))


def named(sight: Sight, part: str) -> dict[str, str]:
    """A part as people call it: the label of the data or of the document."""
    id = part.removeprefix(DOCUMENT)
    if part != id:
        document = sight.definition.documents.get(id)
        return texts(document.label if document else Text(), id)
    owner = sight.owner_of(id)
    declared = sight.definition.declared(owner.node).get(id) if owner else None
    return texts(declared.label if declared else Text(), id)


def of_rule(sight: Sight, rule: Rule) -> str:
    """A hash over what a rule reads: a waiver counts for that, and for nothing else."""
    return digest([rule.id, bound(sight, Binding(data=tuple(sorted(rule.test.names))))])


def print_of(sight: Sight, node: Node) -> str:
    """A hash over what an element reads, writes, delivers and binds: unchanged, a smart return passes it.

    Empty where no gate of the process returns smartly: nobody asks for it.
    """
    if not sight.definition.returns_smartly:
        return ""
    touches = sight.definition.touches.get(node.id)
    return "" if touches is None else digest([node.id, bound(sight, touches)])


def _data(sight: Sight, name: str) -> str:
    """The hash of a value; of one that is personal with the salt of the instance, so that nobody guesses it."""
    try:
        value = plain(sight.names.get(name))
        private = sight.state.salt and sight.definition.privacy.of_any(name)
        return digest([sight.state.salt, value] if private else value)
    except ExpressionFault:
        return ""


def digest(value: object) -> str:
    """SHA-256 over the canonical JSON of plain values, as hex."""
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


_quoted = json.encoder.encode_basestring
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
