"""A block-structured definition as a state machine of `transitions`: for people, for docs, and for asking "what if".

It is a projection: it says which triggers are allowed where, and what each demands by name; it decides nothing in
a running instance, that is the kernel's. May import model and its sibling `states`.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from transitions import Transition
from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedEvent, NestedEventData, NestedState

from signoff.model.definition import Definition
from signoff.notation.states.blocks import Projection
from signoff.notation.states.chart import GO, Chart, Row
from signoff.notation.states.situation import NOTHING, Demand, Refusal, Situation

__all__ = ["GO", "ProcessMachine", "Situation", "allowed", "demands", "everything", "machine"]

_NOT_FOR_GRANTED = (
    *("reused__", "standing__", "more__", "empty__", "stale__", "declined__"),
    *("open__", "unasked__", "skipped__"),
)


class StepState(NestedState):
    """A state whose path is written with slashes, for ids contain hyphens and underscores."""

    separator = "/"


class StepEvent(NestedEvent):
    """A trigger moves the machine once; the branches beside the one that moved may be left by then."""

    def _process(self, event_data: NestedEventData) -> bool:  # type: ignore[override] # as in its base
        return bool(event_data.result) or super()._process(event_data)


class ProcessMachine(HierarchicalMachine):
    """The machine of one definition; it is its own model: `m.trigger("submit:plan", Situation({…}))`, `m.state`.

    Triggers: `start`, `submit:STEP`, `approve:STEP` (the deciding yes), `decline:STEP` (the deciding no),
    `return_to:BLOCK`, `finish:STEP` (a service, a wait or a called process is done), `lapse:STEP`, `fire:EVENT`.
    Every argument of a trigger is one `Situation`; without one nothing holds. After a trigger the flow moves on by
    itself as far as it can; `settle` looks again when the situation has changed. Raises `MachineError` for a
    trigger that the present state does not know; gives False when a demand is not met.
    """

    state_cls = StepState
    event_cls = StepEvent

    def __init__(self, definition: Definition, lang: str) -> None:
        chart = Chart(definition)
        states = Projection(chart).process()
        self.definition = definition
        self.lang = lang
        self.kinds = chart.kinds
        self.labels = {path: text.get(lang) for path, text in chart.labels.items()}
        super().__init__(states=states, initial=".start", auto_transitions=False)
        for row in chart.rows:
            self.add_transition(row.trigger, row.source, row.dest, conditions=self._conditions(row))

    def _conditions(self, row: Row) -> list[Any]:
        joined: list[Any] = [partial(self._all_done, row.joined)] if row.joined else []
        return [*row.conditions, *joined]

    def trigger_event(self, model: object, trigger: str, *args: Any, **kwargs: Any) -> bool:
        moved = super().trigger_event(model, trigger, *args, **kwargs)
        if moved:
            self.settle(*args)
        return moved

    def settle(self, situation: Situation = NOTHING) -> None:
        """Let the flow move on by itself until everything waits."""
        for _ in self.kinds:  # no flow passes a state twice without waiting somewhere
            if not any(_met(each, situation) for each in self._rows(GO)):
                return
            super().trigger_event(self, GO, situation)

    def active(self) -> tuple[str, ...]:
        """The paths of the states that are active, innermost only."""
        return tuple(_flat(self.state))

    def rows(self) -> Iterator[tuple[str, Transition]]:
        """What can be triggered in the present states, whether or not it is allowed: trigger and transition."""
        around = {prefix for path in self.active() for prefix in _prefixes(path)}
        for trigger, event in self.events.items():
            for source in event.transitions.keys() & around:
                for each in event.transitions[source]:
                    yield trigger, each

    def _rows(self, trigger: str) -> Iterator[Transition]:
        return (each for name, each in self.rows() if name == trigger)

    def _all_done(self, path: str, _situation: Situation = NOTHING) -> bool:
        """Every branch that was entered has come to its end; after a return only one may have been."""
        return all(
            self.kinds[state] == "done" and state.count("/") == path.count("/") + 2
            for state in self.active()
            if state.startswith(f"{path}/")
        )


def machine(definition: Definition, lang: str = "zh") -> ProcessMachine:
    """The state machine of a definition, in its initial state `.start`; labels in `lang`.

    Raises UnsupportedElement when the definition is not written in blocks (a graph of an imported diagram).
    """
    return ProcessMachine(definition, lang)


def allowed(machine: ProcessMachine, situation: Situation = NOTHING) -> set[str]:
    """The triggers that would lead on now, in this situation. Moves nothing."""
    return {trigger for trigger, each in machine.rows() if trigger != GO and _met(each, situation)}


def demands(machine: HierarchicalMachine, trigger: str) -> tuple[str, ...]:
    """The names that a trigger demands, over all its transitions, each once; `not …` for what must not hold."""
    found = (
        str(condition.func)
        for each in machine.get_transitions(trigger)
        for condition in each.conditions
        if isinstance(condition.func, Demand | Refusal)
    )
    return tuple(dict.fromkeys(found))


def everything(machine: HierarchicalMachine) -> Situation:
    """The situation in which all that anybody demands is there, and every `if` holds: the straight way through."""
    found = {
        condition.func.name
        for event in machine.events.values()
        for each in _transitions(list(event.transitions.values()))
        for condition in each.conditions
        if isinstance(condition.func, Demand)
    }
    return Situation({name for name in found if not name.startswith(_NOT_FOR_GRANTED)})


def _transitions(lists: Sequence[Any]) -> Iterator[Transition]:
    return (each for transitions in lists for each in transitions)


def _met(transition: Transition, situation: Situation) -> bool:
    return all(condition.func(situation) for condition in transition.conditions)  # type: ignore[operator] # callables only


def _flat(state: Any) -> Iterator[str]:
    if isinstance(state, list):
        for part in state:
            yield from _flat(part)
    else:
        yield state


def _prefixes(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
