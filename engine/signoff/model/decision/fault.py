"""What went wrong while something was decided. Must import nothing of signoff."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding about one decision, with the code of its sentence; the value there is null."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
