"""Playing a scenario (reference language §13): every step as a command on the real engine, every `expect` compared.

`refused: CODE` is met by a refusal of that code, of a class of that name in snake case (`not_allowed`,
`wrong_state`, `already_decided`, `not_found`, `invalid` …), or one that names a missing thing of that code
(`missing_section`) or a broken rule of that id (`R8`). A submit after a refused one of the same step carries
its data along, as a form keeps what was typed. Checklists are ticked unless `ticks` says which. A handler that
`calls` leaves out answers nothing. `waiting` names everything that is open or in review; `notified` and `warns`
name what must be among all that was told so far. May import everything of signoff but the command line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from signoff.errors import BpmnError, Place, Refused, SignoffError
from signoff.kernel.events import gate
from signoff.kernel.state import ActivityStatus
from signoff.model import nodes
from signoff.model.definition import Definition
from signoff.notation.yaml import Action, Scenario
from signoff.store.people import Individual
from signoff.testing import matching
from signoff.testing.case import Case
from signoff.testing.matching import same, shown
from signoff.testing.result import Result
from signoff.testing.sandbox import Sandbox

_FIELDS = frozenset(field.name for field in fields(Individual))


class Unmet(Exception):
    """What a scenario expects is not so; where and why."""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(why)
        self.place = place
        self.why = why


def run(
    scenario: Scenario,
    sources: Sequence[str | Path],
    definition: Definition,
    *,
    known: Mapping[str, Scenario] | None = None,
) -> Result:
    """Play one scenario in a sandbox of its own, after those it goes on from, which `known` holds by id.

    `sources` are deployed in this order; `definition` is the process that the scenario is for.
    """
    place = scenario.place
    try:
        line = _line(scenario, known or {})
        box = _sandbox(line, definition)
        box.deploy(*sources)
        played = _Play(Case(box, definition.id), definition)
        for each in line:
            place = each.place
            played.whole(each)
    except Unmet as unmet:
        return Result(scenario.id, definition.id, unmet.place, unmet.why)
    except SignoffError as error:
        return Result(scenario.id, definition.id, place, f"{type(error).__name__} {error.code}: {error}")
    return Result(scenario.id, definition.id, scenario.place)


def _line(scenario: Scenario, known: Mapping[str, Scenario]) -> list[Scenario]:
    """The scenario and those before it, the first one first."""
    line = [scenario]
    while before := line[0].after:
        if before not in known:
            raise Unmet(line[0].place, f"goes on after `{before}`, but there is no such scenario")
        if known[before] in line:
            raise Unmet(line[0].place, f"goes on after itself: {before}")
        line.insert(0, known[before])
    return line


def _sandbox(line: Sequence[Scenario], definition: Definition) -> Sandbox:
    people: dict[str, Mapping[str, Any]] = {}
    calls: dict[str, Any] = {
        node.handler: None
        for node in definition.nodes.values()
        if isinstance(node, nodes.ServiceTask) and node.handler
    }
    for scenario in line:
        people |= {id: _person(scenario, id, person) for id, person in scenario.people.items()}
        calls |= {name: _answer(answer) for name, answer in scenario.calls.items()}
    return Sandbox(_instant(line[0].at, definition, line[0].place), people=people, calls=calls)


def _person(scenario: Scenario, id: str, person: Mapping[str, Any]) -> Mapping[str, Any]:
    strange = sorted(set(person) - _FIELDS)
    if strange:
        raise Unmet(scenario.place, f"people.{id}: {', '.join(strange)}: this release knows no such thing")
    return person


def _answer(answer: Any) -> Any:
    if isinstance(answer, Mapping) and set(answer) == {"error"}:
        return BpmnError(str(answer["error"]))
    return answer


def _instant(text: str, definition: Definition, place: Place) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(definition.zone))
    except ValueError:
        raise Unmet(place, f"`{text}` is no date and time; write e.g. 2026-08-31 10:00") from None


@dataclass(frozen=True, slots=True)
class _Typed:
    """What has been typed into the form of a step and not been taken yet."""

    data: dict[str, dict[str, Any]]

    def with_(self, action: Action) -> dict[str, Any]:
        return {**self.data.get(str(action.target), {}), **action.data}

    def keep(self, action: Action) -> None:
        self.data[str(action.target)] = self.with_(action)

    def taken(self, action: Action) -> None:
        self.data.pop(str(action.target), None)


class _Play:
    """A case being played."""

    def __init__(self, case: Case, definition: Definition) -> None:
        self.case = case
        self.definition = definition
        self.zone = ZoneInfo(definition.zone)
        self.typed = _Typed({})

    def whole(self, scenario: Scenario) -> None:
        if scenario.start is not None:
            start = partial(self.case.start, scenario.start.data, by=scenario.start.by, key=scenario.key)
            self._attempt(scenario.start, start, "start")
        for action in scenario.steps:
            verb = _VERBS[action.verb]
            self._attempt(action, partial(verb, self, action), f"{action.verb}: {action.target}")

    def _attempt(self, action: Action, do: Callable[[], object], what: str) -> None:
        """Do it; it is to be refused exactly when the scenario says so."""
        try:
            do()
        except Refused as error:
            found = matching.codes(error)
            if action.refused not in found:
                wanted = f"to be refused with `{action.refused}`" if action.refused else "to be accepted"
                raise Unmet(
                    action.place, f"expected {what} {wanted}; refused with {_spoken(found)}: {_why(error)}"
                ) from error
        else:
            if action.refused:
                raise Unmet(action.place, f"expected {what} to be refused with `{action.refused}`; accepted")

    # the verbs ---------------------------------------------------------------------------------------------

    def submit(self, action: Action) -> None:
        data = self.typed.with_(action)
        self.typed.keep(action)
        self.case.submit(action.target, data, by=action.by, documents=action.documents, ticks=action.ticks)
        self.typed.taken(action)

    def approve(self, action: Action) -> None:
        self.case.approve(action.target, by=action.by)

    def decline(self, action: Action) -> None:
        self.case.decline(action.target, by=action.by)

    def return_to(self, action: Action) -> None:
        self.case.return_to(action.target, action.to, by=action.by)

    def waive(self, action: Action) -> None:
        rule, _, step = action.target.partition(" of ")
        self.case.waive(step, rule, by=action.by)

    def request(self, action: Action) -> None:
        self.case.request(action.target, action.data, by=action.by)

    def message(self, action: Action) -> None:
        self.case.message(action.target, action.data, key=action.key)

    def signal(self, action: Action) -> None:
        self.case.signal(action.target, action.data)

    def advance(self, action: Action) -> None:
        self.case.advance(action.target)

    def clock(self, action: Action) -> None:
        self.case.move_to(_instant(action.target, self.definition, action.place))

    def expect(self, action: Action) -> None:
        unmet = [
            f"{name}: {why}" for name, said in action.target.items() if (why := _CHECKS[name](self, said))
        ]
        if unmet:
            raise Unmet(action.place, "; ".join(unmet) + self._stopped())

    def _stopped(self) -> str:
        """Incidents are told with every failure: they are the usual cause."""
        found = [f"{i.node} ({i.code} {dict(i.params)})" for i in self.case.incidents]
        return f"; stopped: {', '.join(found)}" if found else ""

    # what is expected: the difference, or nothing -----------------------------------------------------------

    def waiting(self, said: Sequence[str]) -> str:
        found = sorted(self.case.active.elements())
        return "" if sorted(said) == found else f"expected {_listed(sorted(said))}, got {_listed(found)}"

    def outcome(self, said: str) -> str:
        found = self.case.outcome or self.case.status
        return "" if said == found else f"expected {said}, got {found}"

    def data(self, said: Mapping[str, Any]) -> str:
        values = self.case.variables
        wrong = {
            path: matching.at(values, path)
            for path, value in said.items()
            if not same(value, matching.at(values, path), self.zone)
        }
        return "; ".join(
            f"{path}: expected {shown(said[path], self.zone)}, got {shown(value, self.zone)}"
            for path, value in wrong.items()
        )

    def due(self, said: Mapping[str, str]) -> str:
        found = {a.node: a.due for a in self.case.situation.state.activities.values() if a.status in _DUE}
        return "; ".join(
            f"{step}: expected {text}, got {shown(found[step], self.zone) if step in found else 'no such step at work'}"
            for step, text in said.items()
            if step not in found or not matching.due(text, found[step], self.zone)
        )

    def notified(self, said: Sequence[str]) -> str:
        found = [" ".join(each) for each in self.case.notified]
        absent = [each for each in said if each not in found]
        return f"expected {_listed(absent)} among {_listed(found)}" if absent else ""

    def warns(self, said: Sequence[str]) -> str:
        warned = {event.rule for event in self.case.events if isinstance(event, gate.RuleWarned)}
        found = [name for id in sorted(warned) for name in self._names_of(id)]
        absent = [each for each in said if each not in found]
        return f"expected {_listed(absent)} among {_listed(found)}" if absent else ""

    def _names_of(self, rule: str) -> tuple[str, ...]:
        """The id of a rule and the sentences that people see."""
        steps = (n for n in self.definition.nodes.values() if isinstance(n, nodes.HumanTask))
        says = (r.says for step in steps for r in step.gate.rules if r.id == rule)
        return (rule, *(text for each in says for text in (each.zh, each.en) if text))


_DUE = frozenset({ActivityStatus.SCHEDULED, ActivityStatus.OPEN, ActivityStatus.IN_REVIEW})
_VERBS: Mapping[str, Callable[[_Play, Action], None]] = {
    "submit": _Play.submit,
    "approve": _Play.approve,
    "decline": _Play.decline,
    "return": _Play.return_to,
    "waive": _Play.waive,
    "request": _Play.request,
    "message": _Play.message,
    "signal": _Play.signal,
    "advance": _Play.advance,
    "clock": _Play.clock,
    "expect": _Play.expect,
}
_CHECKS: Mapping[str, Callable[[_Play, Any], str]] = {
    "waiting": _Play.waiting,
    "outcome": _Play.outcome,
    "data": _Play.data,
    "due": _Play.due,
    "notified": _Play.notified,
    "warns": _Play.warns,
}


def _why(error: Refused) -> str:
    missing = [str(each) for each in getattr(error, "missing", ())]
    return f"{error} {' '.join(missing)}".strip()


def _spoken(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _listed(items: Sequence[str]) -> str:
    return f"[{', '.join(items)}]"
