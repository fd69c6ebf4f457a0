"""The lifecycles: what each machine allows in every state, and that tables and machines are the same."""

from itertools import product

import pytest
from transitions import Machine, MachineError

from signoff.kernel import lifecycle
from signoff.kernel.lifecycle import GateContext, InstanceContext
from signoff.kernel.state import ActivityStatus, GateStatus, Status


class Thing:
    """Something with a status and no conditions."""

    def __init__(self, status: object) -> None:
        self.status = status


TABLES = [
    (lifecycle.ACTIVITY, ActivityStatus),
    (lifecycle.OBLIGATION, lifecycle.ObligationStatus),
    (lifecycle.INCIDENT, lifecycle.IncidentStatus),
]


@pytest.mark.parametrize(("machine", "states"), TABLES)
def test_a_table_says_what_its_machine_does(machine: Machine, states: type) -> None:
    table = lifecycle.table(machine, states)
    for state, trigger in product(states, machine.events):
        thing = Thing(state)
        try:
            machine.events[trigger].trigger(thing)
        except MachineError:
            assert (state, trigger) not in table
            continue
        target = table[state, trigger]
        assert thing.status is (state if target is None else target)


def test_an_activity_moves_as_its_machine_says_and_a_wrong_move_is_a_bug() -> None:
    assert lifecycle.activity(ActivityStatus.OPEN, "finish") is ActivityStatus.PASSED
    with pytest.raises(KeyError):
        lifecycle.activity(ActivityStatus.PASSED, "finish")


GATE = {
    "send_back": {GateStatus.OPEN: GateStatus.RETURNED, GateStatus.STALE: GateStatus.RETURNED},
    "void": {GateStatus.OPEN: GateStatus.OPEN, GateStatus.STALE: GateStatus.STALE},
    "resubmit": {GateStatus.RETURNED: GateStatus.OPEN},
    "reopen": {GateStatus.PASSED: GateStatus.STALE},
    "cancel": dict.fromkeys(
        (GateStatus.OPEN, GateStatus.STALE, GateStatus.PASSED, GateStatus.RETURNED), GateStatus.CANCELLED
    ),
}


@pytest.mark.parametrize("status", GateStatus)
@pytest.mark.parametrize("trigger", list(GATE))
def test_a_gate_moves_only_where_its_machine_lets_it(status: GateStatus, trigger: str) -> None:
    context = GateContext(status)
    moved = lifecycle.move(lifecycle.GATE, context, trigger)
    assert moved is (status in GATE[trigger])
    assert context.status is GATE[trigger].get(status, status)


@pytest.mark.parametrize("status", GateStatus)
@pytest.mark.parametrize(("passed", "declined", "clear"), list(product([False, True], repeat=3)))
def test_the_ballot_moves_a_gate(status: GateStatus, *, passed: bool, declined: bool, clear: bool) -> None:
    context = GateContext(status, passed=passed, declined=declined, clear=clear)
    if status not in {GateStatus.OPEN, GateStatus.STALE}:
        with pytest.raises(MachineError):
            lifecycle.decide(context)
        return
    wanted = GateStatus.PASSED if passed and clear else GateStatus.DECLINED if declined else status
    assert lifecycle.decide(context) is wanted


RUNNING = {
    "suspend": Status.SUSPENDED,
    "cancel": Status.CANCELLED,
    "decline": Status.DECLINED,
    "terminate": Status.TERMINATED,
    "withdraw": Status.WITHDRAWN,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("trigger", list(lifecycle.INSTANCE.events))
@pytest.mark.parametrize(("left", "fresh"), list(product([False, True], repeat=2)))
def test_an_instance_moves_only_where_its_machine_lets_it(
    status: Status, trigger: str, *, left: bool, fresh: bool
) -> None:
    table = {
        (Status.NEW, "start"): Status.RUNNING,
        (Status.SUSPENDED, "resume"): Status.RUNNING,
        (Status.COMPLETED, "recall"): Status.RUNNING,
        (Status.SUSPENDED, "cancel"): Status.CANCELLED,
        **{(Status.RUNNING, name): target for name, target in RUNNING.items()},
        **({(Status.RUNNING, "finish"): Status.COMPLETED} if left and fresh else {}),
    }
    context = InstanceContext(status, nothing_left=left, approvals_fresh=fresh)
    moved = lifecycle.move(lifecycle.INSTANCE, context, trigger)
    assert moved is ((status, trigger) in table)
    assert context.status is table.get((status, trigger), status)


# against the library as it comes ---------------------------------------------------------------------------


def untouched(machine: Machine) -> Machine:
    """The same rows in a machine of the library, with nothing left out of its triggers."""
    found = [t for event in machine.events.values() for rows in event.transitions.values() for t in rows]
    names = {
        id(t): name for name, e in machine.events.items() for rows in e.transitions.values() for t in rows
    }
    return Machine(
        model=None,
        states=[state.value for state in machine.states.values()],
        initial=None,
        transitions=[
            {
                "trigger": names[id(t)],
                "source": t.source,
                "dest": t.dest,
                "conditions": [c.func for c in t.conditions],
            }
            for t in found
        ],
        auto_transitions=False,
        model_attribute="status",
    )


PLAIN_GATE, PLAIN_INSTANCE = untouched(lifecycle.GATE), untouched(lifecycle.INSTANCE)


@pytest.mark.parametrize("status", GateStatus)
@pytest.mark.parametrize("trigger", list(lifecycle.GATE.events))
@pytest.mark.parametrize(("passed", "declined", "clear"), list(product([False, True], repeat=3)))
def test_a_gate_moves_as_the_library_alone_moves_it(
    status: GateStatus, trigger: str, *, passed: bool, declined: bool, clear: bool
) -> None:
    ours, plain = (GateContext(status, passed=passed, declined=declined, clear=clear) for _ in range(2))
    assert lifecycle.move(lifecycle.GATE, ours, trigger) is lifecycle.move(PLAIN_GATE, plain, trigger)
    assert ours.status is plain.status


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("trigger", list(lifecycle.INSTANCE.events))
@pytest.mark.parametrize(("left", "fresh"), list(product([False, True], repeat=2)))
def test_an_instance_moves_as_the_library_alone_moves_it(
    status: Status, trigger: str, *, left: bool, fresh: bool
) -> None:
    ours, plain = (InstanceContext(status, nothing_left=left, approvals_fresh=fresh) for _ in range(2))
    assert lifecycle.move(lifecycle.INSTANCE, ours, trigger) is lifecycle.move(PLAIN_INSTANCE, plain, trigger)
    assert ours.status is plain.status
