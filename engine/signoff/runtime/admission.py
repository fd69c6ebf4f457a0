"""Whether a command is let in at all, before anything is loaded: such as can be written, from whom it may come.

And by what it is known again: the digest of what was asked for. Must not import `execution`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, get_type_hints

from signoff.errors import Invalid, NotAllowed
from signoff.kernel import commands as c
from signoff.kernel.asides import Migrate
from signoff.model.gate import Strength

_INSIDE = (c.ResolveRoster, c.Stall)
_DUE = (c.FireTimer, c.Escalate, c.OpenTask, c.Lapse)
_WORKED_OFF = (*_DUE, c.FinishJob, c.FailJob)
_BESIDE = frozenset(
    {"at", "by", "people", "request_id", "salt", "seals", "papers", "signature", "proof", "gone"}
)  # no part of what is asked for


def admit(command: c.Command) -> None:
    """Raises Invalid for what no database keeps, NotAllowed for what is not the caller's to send."""
    _refuse_untyped(command)
    _refuse_unwritable(command)
    _refuse_impostor(command)
    _refuse_unsigned(command)
    _refuse_malformed(getattr(command, "signature", None))


def digest_of(command: c.Command) -> str:
    """SHA-256 over what was asked for and by whom; not over when, nor over what the shell looked up.

    Nor over how it was signed: the same decision, signed anew, is the same request. Empty for what the agenda gives:
    it names an id and no request. Raises Invalid for what cannot be written down at all.
    """
    if isinstance(command, _DUE) and not command.request_id:
        return ""
    kind: type[Any] = type(command)
    asked = {name: getattr(command, name) for name in _asked_in(kind)}  # type: ignore[arg-type]  # mypy asks its instances for a hash, not the class
    try:
        text = _write([kind.__name__, *_who(command.by), asked])
    except (
        TypeError,
        ValueError,
        RecursionError,
    ) as error:  # names that are no text, circles, no end of nesting
        raise Invalid("untyped_value", at=type(command).__name__, type=str(error)) from error
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _who(by: c.Actor) -> list[str]:
    """Who asks, and for whom where that is said."""
    return [by.id] if by.on_behalf_of in ("", by.id) else [by.id, by.on_behalf_of]


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@cache
def _asked_in(kind: type[Any]) -> tuple[str, ...]:
    """The fields that say what is asked for."""
    looked_up = {"version", "process"} if issubclass(kind, c.Start) else set()
    return tuple(name for name in _names(kind) if name not in _BESIDE | looked_up)  # type: ignore[arg-type]  # mypy asks its instances for a hash, not the class


def _refuse_malformed(signature: object) -> None:
    """A signature is what `sign` hands out: four texts, and the salts that came with what was signed."""
    if signature is None:
        return
    parts = [getattr(signature, each.name, None) for each in fields(c.Signature) if each.name != "salts"]
    parts += salts if isinstance(salts := getattr(signature, "salts", None), tuple) else [None]
    if not isinstance(signature, c.Signature) or not all(
        isinstance(p, str) and _is_writable(p) for p in parts
    ):
        raise Invalid("signature_malformed")


def _refuse_untyped(command: c.Command) -> None:
    """Texts are texts, whoever calls; what stands in data is judged by its type, field by field."""
    kind: type[Any] = type(command)
    for name, hint in _typed(kind):  # type: ignore[arg-type]  # mypy asks its instances for a hash, not the class
        given = getattr(command, name)
        if not isinstance(given, hint) or (hint is tuple and not all(isinstance(one, str) for one in given)):
            raise Invalid("untyped_value", at=name, type=type(given).__name__)
    if isinstance(command, Migrate):
        for one in (part for pair in command.nodes.items() for part in pair):
            if not isinstance(one, str):
                raise Invalid("untyped_value", at="nodes", type=type(one).__name__)


@cache
def _typed(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """The fields of a command that are texts, several texts, days, or data by name."""
    known: dict[Any, Any] = {
        str: str,
        tuple[str, ...]: tuple,
        date | None: date | None,
        Mapping[str, Any]: Mapping,
        Mapping[str, str]: Mapping,
    }
    hints = get_type_hints(kind)
    return tuple((name, known[hint]) for name in _names(kind) if (hint := hints[name]) in known)  # type: ignore[arg-type]  # as above


def _refuse_unwritable(command: c.Command) -> None:
    """Ids, keys and notes are such as every database keeps; data is judged by its type, field by field."""
    kind: type[Any] = type(command)
    for name in _names(kind):  # type: ignore[arg-type]  # mypy asks its instances for a hash, not the class
        text = getattr(command, name)
        if isinstance(text, str) and name != "result" and not _is_writable(text):
            raise Invalid("unwritable_text", text=name)


def _is_writable(text: str) -> bool:
    """No NUL, no half characters."""
    try:
        return "\0" not in text and bool(text.isascii() or text.encode())
    except UnicodeEncodeError:
        return False


def _refuse_impostor(command: c.Command) -> None:
    """Rosters are answered inside another command only, and what is owed is worked off by the engine alone."""
    if isinstance(command, _INSIDE) or (isinstance(command, _WORKED_OFF) and command.by != c.SYSTEM):
        raise NotAllowed("engine_only", person=command.by.id, command=type(command).__name__)


def _refuse_unsigned(command: c.Command) -> None:
    """Nobody is as strong as a signature by saying so: only a signature that fits makes a command signed."""
    if command.by.auth is Strength.SIGNED:
        raise NotAllowed("signed_by_saying_so", person=command.by.id)


def _plain(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


_write = json.JSONEncoder(default=_plain, sort_keys=True).encode
