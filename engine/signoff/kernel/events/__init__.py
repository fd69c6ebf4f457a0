"""Events: what happened, in the past tense; the only way the state changes.

By family: `flow` (instance, scopes, tokens, elements), `gate`, `seat` (who votes there), `aside` (beside work and votes), `request` (what people ask for), `migration` (to another version), `task` (people and their work), `time`,
`data` (variables, documents, jobs, incidents). Each event is written as it is into the journal, so a field is
never renamed; what is new gets a default.
"""

from signoff.kernel.events.base import Event

__all__ = ["Event"]
