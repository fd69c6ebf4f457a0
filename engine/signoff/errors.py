"""Every error signoff raises on purpose, split by whose move it is.

    SignoffError(code, **params)
      DefinitionError        the author's move
        InvalidDefinition      problems, each with file:line:column
        UnsupportedElement     an element this release does not run; never skipped
        UnsafeExpression       text the expression language refuses
        UnreadablePhrase       a time phrase outside the grammar; never guessed
        UnreadableTable        a process table that cannot be read
      Refused                the caller's move; nothing was changed
        NotFound, WrongState, NotAllowed, AlreadyDecided, StaleSubject, Conflict, Invalid
      HandlerError           the integrator's move
        Retryable              try again, perhaps `after` so many seconds
        Permanent              no retry; an incident at once
        BpmnError              a modelled error: code, message, variables
      StoreError             the operator's move
        SchemaMismatch, UnreadableState, Unavailable, UnsafeDatabase

An error carries a stable `code` and its parameters; the sentence is rendered at the edge, in the reader's
language, by `signoff.sentences`. Exit codes and HTTP status derive from the class. Must import nothing of
signoff but `sentences`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from signoff import sentences


class SignoffError(Exception):
    """Root of all errors raised on purpose: a stable code and the parameters of its sentence."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Mapping[str, Any] = params

    def sentence(self, lang: str = "en") -> str:
        """What happened and what to do next, in the reader's language."""
        return sentences.render(self.code, self.params, lang)

    def __str__(self) -> str:
        return self.sentence()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file with line and column (both from 1), or a cell of a table."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file or "<text>", *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a definition: stable code, place, sentence parameters; `warning` does not stop deployment."""

    code: str
    place: Place = field(default_factory=Place)
    params: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False

    def sentence(self, lang: str = "en") -> str:
        return sentences.render(self.code, self.params, lang)

    @property
    def mark(self) -> str:
        """The code, which says so when it is only a warning: `D04w`."""
        if not self.warning:
            return self.code
        return f"{self.code}w" if self.code[:1].isupper() else f"{self.code} (warning)"

    def __str__(self) -> str:
        return f"{self.place}: {self.mark} {self.sentence()}"


class DefinitionError(SignoffError):
    """The author of a definition has to change it."""

    exit_code = 2
    http_status = 422


class InvalidDefinition(DefinitionError):
    """A definition with problems; all of them at once."""

    def __init__(self, problems: Sequence[Problem], code: str = "invalid_definition", **params: Any) -> None:
        super().__init__(code, count=len(problems), **params)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([self.sentence(), *(str(p) for p in self.problems)])


class UnsupportedElement(InvalidDefinition):
    """An element or key that this release does not run."""


class UnsafeExpression(DefinitionError):
    """Text that the expression language does not allow; `offset` counts characters from 0."""


class UnreadablePhrase(DefinitionError):
    """A time phrase that the grammar does not know; `offset` counts characters from 0."""


class UnreadableTable(DefinitionError):
    """A process table that cannot be read, with the place and what to do."""


class Refused(SignoffError):
    """The caller asked for something that cannot be; nothing was changed."""

    exit_code = 3
    http_status = 409


class NotFound(Refused):
    """There is no such thing; nothing was changed."""

    exit_code = 4
    http_status = 404


class WrongState(Refused):
    """Legal in another state; says the present one and whose move it is."""


class NotAllowed(Refused):
    """This actor may not do this; `reason` says which rule forbids it."""

    exit_code = 5
    http_status = 403


class AlreadyDecided(Refused):
    """The decision was taken before this one arrived."""


class StaleSubject(Refused):
    """What was seen is not what would be decided on now; names what changed."""


class Conflict(Refused):
    """Somebody else was first, or a request id was used for something else: load again and repeat."""

    exit_code = 6


class Invalid(Refused):
    """What was handed in does not fit: a value, a document, a rule. All findings at once in `missing`."""

    exit_code = 7
    http_status = 422

    def __init__(self, code: str, missing: Sequence[Any] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.missing = tuple(missing)


class HandlerError(SignoffError):
    """Raised by handlers and channels of the host."""

    exit_code = 8
    http_status = 502


class Retryable(HandlerError):
    """Failed for now; try again, not before `after` seconds when given."""

    def __init__(self, message: str = "", *, after: float | None = None) -> None:
        super().__init__("handler_retryable", message=message)
        self.after = after


class Permanent(HandlerError):
    """Failed for good: an incident at once."""

    def __init__(self, message: str = "") -> None:
        super().__init__("handler_permanent", message=message)


class BpmnError(HandlerError):
    """A modelled error: caught by an error event of that code (BPMN 2.0.2 §10.5.1), else an incident."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__("bpmn_error", error=code, message=message)
        self.error = code
        self.message = message
        self.variables = dict(variables or {})


class StoreError(SignoffError):
    """The operator of the database has to act."""

    exit_code = 9
    http_status = 503


class SchemaMismatch(StoreError):
    """The database was made by another version."""


class UnreadableState(StoreError):
    """A stored row cannot be read."""


class Unavailable(StoreError):
    """The database cannot be reached, is locked, read-only or full."""


class UnsafeDatabase(StoreError):
    """The database would run, but not safely."""
