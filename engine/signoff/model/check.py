"""Static analysis of a definition, before anything runs (reference §11)."""
from collections.abc import Mapping
from signoff.errors import Place, Problem
from signoff.model.definition import Definition


def check(definition: Definition, places: Mapping[str, Place], *, known: Mapping[str, Definition] | None = None) -> list[Problem]:
    return []
