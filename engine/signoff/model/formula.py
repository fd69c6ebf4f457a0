"""What is computed from what: walks along the formulas of a definition. May import the rest of model/."""

from signoff.model.definition import Definition


def computed_from(definition: Definition, names: frozenset[str]) -> frozenset[str]:
    """The names whose formulas read one of these, directly or through others."""
    found: frozenset[str] = frozenset()
    while more := {n for n, reads in definition.formulas.items() if reads & (names | found)} - found:
        found |= more
    return found


def touched(definition: Definition, names: frozenset[str], happened: frozenset[str]) -> frozenset[str]:
    """The names that may have another value now: written, or computed from these or from what `happened`.

    What can happen are ends of steps and deliveries of documents, by id.
    """
    asking = names.union(*(definition.asked[id] for id in definition.asked.keys() & happened))
    return asking | computed_from(definition, asking) if asking else asking


def read_by(definition: Definition, names: frozenset[str]) -> frozenset[str]:
    """These names, and those that their formulas read, directly or through others."""
    found = names
    while more := frozenset().union(*(definition.formulas.get(n, frozenset()) for n in found)) - found:
        found |= more
    return found
