"""Delivering a notice that is owed: the facts of now, each reader's language, every channel.

At least once per person and channel, under an id that stays the same (V12). Must not import `engine`.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from signoff.errors import HandlerError, Permanent, Retryable
from signoff.kernel import seat
from signoff.kernel.missing import texts
from signoff.kernel.state import State
from signoff.kernel.subject import DOCUMENT
from signoff.model.definition import Definition
from signoff.model.nodes import SubProcess
from signoff.read import instance
from signoff.runtime import digest
from signoff.runtime.channels import Channel, Notice
from signoff.runtime.contact import Contact
from signoff.runtime.core import Core
from signoff.runtime.digest import DIGEST, contact_of, preferred
from signoff.runtime.notices import Occasion, render
from signoff.runtime.reference import world
from signoff.runtime.tongue import tongue
from signoff.runtime.why import Reason, why
from signoff.sentences import render as sentence
from signoff.sentences import spoken
from signoff.store import codec
from signoff.store.agenda import Obligation

_INCIDENT = "incident"
_log = logging.getLogger("signoff.worker")
_ASIDE = ("question", "answer")  # what they are about has an id of its own
_OCCASIONS: Mapping[str, Occasion] = {
    "task": Occasion.TASK,
    "gate": Occasion.GATE,
    "returned": Occasion.RETURNED,
    "overdue": Occasion.OVERDUE,
    "born_late": Occasion.OVERDUE,
    "copy": Occasion.COPY,
    "notice": Occasion.COPY,  # the words are always the definition's own
    "decided": Occasion.DECIDED,
    "urge": Occasion.URGE,
    "question": Occasion.QUESTION,
    "answer": Occasion.ANSWER,
    "incident": Occasion.INCIDENT,
}


def told(obligation: Obligation) -> list[str]:
    """Whom an earlier try has reached, by which channel: they are not told again."""
    return list(codec.parse(obligation.told or "[]"))


def telling(obligation: Obligation, told: Sequence[str]) -> Obligation:
    """The obligation that is left once these have been told."""
    return replace(obligation, told=codec.compact(list(told)))


def deliver(core: Core, obligation: Obligation, told: list[str]) -> None:
    """Send one notice to all its people who were not yet told, and add them to `told`.

    Who wants it later, after quiet hours or in a digest, is told then. Raises HandlerError for one whom it did not reach,
    after all others; Permanent when no other try would help.
    """
    if not core.channels:
        return  # nobody can be told anything
    collected = obligation.payload["template"] == DIGEST
    failed: list[HandlerError] = []
    for channel, notice in digest.notices(core, obligation) if collected else _notices(core, obligation):
        if notice.id in told:
            continue
        try:
            _send(channel, notice)
            told.append(notice.id)
        except HandlerError as error:
            failed.append(error)
    if failed:
        raise next((error for error in failed if not isinstance(error, Permanent)), failed[0])


def _notices(core: Core, obligation: Obligation) -> Iterator[tuple[Channel, Notice]]:
    """To whom it goes now, by which channel; for whom it is to wait it is put by."""
    version = str(obligation.payload.get("version") or "")
    state, definition, reasons = core.database.attempt(lambda: _known(core, obligation.instance, version))
    # The directory reads for itself: inside our transaction a writer between both would lock SQLite for good.
    to = [contact_of(core, id) for id in _people(core, obligation.payload, reasons, state)]
    kind, now = str(obligation.payload["template"]), core.moment()
    for contact in to:
        if (until := contact.waits_until(now, definition.zone, kind)) is not None:
            digest.put_by(core, _notice(obligation, definition, state, reasons, contact, DIGEST), until)
            continue
        for channel in preferred(core, contact):
            yield channel, _notice(obligation, definition, state, reasons, contact, channel.name)


def _send(channel: Channel, notice: Notice) -> None:
    """What a channel raises that is not of the protocol may pass."""
    try:
        channel.send(notice)
    except HandlerError:
        raise
    except Exception as error:
        _log.exception("%s failed to send %s", channel.name, notice.id)
        raise Retryable(f"{type(error).__name__}: {error}") from error


def _known(core: Core, id: str, version: str) -> tuple[State, Definition, list[Reason]]:
    """The instance as it is now, the definition of that version (else what it runs on), and why it waits."""
    with core.database.read() as handle:
        state = instance.show(handle.connection, id).state
        definition = core.library.load(handle.connection, version or state.version)
        return state, definition, why(world(core, handle.connection), state, core.now(handle))


def _people(core: Core, payload: Mapping[str, Any], reasons: list[Reason], state: State) -> Iterable[str]:
    """Whom it is for: those it names; for what is nobody's, the administrators or whose move it is."""
    named = tuple(payload.get("people", ()))
    if named:
        return named
    if payload["template"] == _INCIDENT:
        return [admin.id for admin in core.directory.admins()]
    task = f"{state.id}:{payload.get('task', '')}"
    return next((reason.who for reason in reasons if reason.task == task), ())


def _notice(
    obligation: Obligation,
    definition: Definition,
    state: State,
    reasons: list[Reason],
    to: Contact,
    channel: str,
) -> Notice:
    payload = obligation.payload
    said = definition.notices.get(str(payload.get("say") or ""))
    to = replace(to, lang=tongue(to, definition))
    facts = _facts(payload, definition, state, reasons, to.lang)
    message = render(said or _OCCASIONS[str(payload["template"])], facts, to.lang, zone=definition.zone)
    return Notice(
        f"{obligation.instance}/{obligation.key}/{to.id}/{channel}",
        to,
        message.subject,
        message.text,
        instance=obligation.instance,
        task=facts["task"],
        kind=str(payload["template"]),
    )


def _facts(
    payload: Mapping[str, Any], definition: Definition, state: State, reasons: list[Reason], lang: str
) -> dict[str, Any]:
    node = definition.nodes.get(str(payload.get("node") or ""))
    incident = payload["template"] == _INCIDENT
    about = [r for r in reasons if node is not None and r.node == node.id]
    reason = next((r for r in about if not incident or r.status == _INCIDENT), None)
    names = _names(state)
    owner = _owner(state, node.id) if node is not None else ""
    return {
        **_data(definition, state, payload),
        "title": state.title,
        "process_key": state.key or state.id,
        "task": reason.task
        if reason and payload["template"] not in _ASIDE
        else f"{state.id}:{payload.get('task') or ''}".rstrip(":"),
        "level": str(payload.get("level") or ""),
        "step": {
            "name": spoken(texts(node.label, node.id), lang) if node is not None else "",
            "due": reason.due if reason else None,
            "pending": spoken([names.get(id, id) for id in reason.who], lang) if reason else "",
        },
        "by": str(payload.get("by") or "") or names.get(owner, owner),
        "note": str(payload.get("note") or ""),
        "bound": list(_bound(definition, state, node.id, lang)) if node is not None else [],
        "instance": state.id,
        "why": [] if reason is None or incident else list(_why(reason, lang)),
        "problem": _problem(payload, lang),
    }


def _data(definition: Definition, state: State, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the process, and what came with the notice; whatever is declared and not filled yet is empty."""
    scopes = ("", *(node.id for node in definition.nodes.values() if isinstance(node, SubProcess)))
    absent = dict.fromkeys(name for scope in scopes for name in definition.declared(scope))
    root = next(iter(state.scopes.values()), None)
    return {**absent, **(root.data if root else {}), **payload.get("values", {})}


def _names(state: State) -> dict[str, str]:
    """What the people who were asked are called, as known when they were asked."""
    asked = [activity.roster for activity in state.activities.values()]
    asked += [
        [*seat.people(entry), *seat.delegates(entry)]
        for gate in state.gates.values()
        for entry in gate.entries
    ]
    return {person.id: person.name for roster in asked for person in roster if person.name}


def _owner(state: State, node: str) -> str:
    """Who handed the work of a step in."""
    return next((a.owner for a in state.activities.values() if a.node == node and a.owner), "")


def _bound(definition: Definition, state: State, node: str, lang: str) -> Iterable[str]:
    """What the open gate of a step decides on: documents with their version, and the names of data."""
    record = next((g for g in state.gates.values() if g.node == node), None)
    if record is None:
        return
    home = state.scopes[state.scopes[record.scope].home]
    for part in record.bound:
        if not part.startswith(DOCUMENT):
            declared = definition.data.get(part)
            yield declared.label.get(lang) or part if declared is not None else part
            continue
        id = part.removeprefix(DOCUMENT)
        found, document = home.documents.get(id), definition.documents.get(id)
        label = document.label.get(lang) if document is not None else ""
        yield f"{label or id} v{found.version}" if found is not None else label or id


def _why(reason: Reason, lang: str) -> Iterable[str]:
    """What is missing, in the words of the engine's own reasons."""
    return (missing.sentence(lang) for missing in reason.missing)


def _problem(payload: Mapping[str, Any], lang: str) -> str:
    """What an incident was, in words."""
    code = payload.get("code")
    return sentence(str(code), payload.get("params", {}), lang) if code else ""
