"""What handlers are promised: only who has one is asked, a key that stays the same, and their signature is checked."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from signoff import Engine, Invalid, Job, Retryable, VirtualClock
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory

PAY = """
signoff: 1
process: pay
lang: en
calendar: PLAIN
zone: UTC
data: {amount: money}
roles: {staff: {group: staff}, boss: {group: bosses}}
start: {by: [staff], form: {fill: [amount]}}
steps:
  - run: transfer
    handler: bank.transfer
    with: {amount: amount}
    retry: 2 times every 1 minute
  - run: tell
    handler: mail.tell
    retry: never
"""
PEOPLE = StaticDirectory({"lin": {"groups": ("staff",)}, "dan": {"admin": True}})
Make = Callable[..., Engine]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock("2027-01-04T09:00Z")


@pytest.fixture
def make(ready: str, clock: VirtualClock) -> Iterator[Make]:
    """Engines on one database, each with handlers of its own."""
    made: list[Engine] = []

    def engine(**handlers: Any) -> Engine:
        named = {name.replace("_", "."): each for name, each in handlers.items()}
        found = Engine(ready, directory=PEOPLE, clock=clock, handlers=named)
        if not made:
            found.deploy(PAY)
        made.append(found)
        return found

    yield engine
    for each in made:
        each.dispose()


def nothing(_inputs: dict[str, Any]) -> None:
    return None


# who is asked -------------------------------------------------------------------------------------------


def test_who_lacks_a_handler_uses_up_no_attempt_of_who_has_it(make: Make, clock: VirtualClock) -> None:
    tried: list[int] = []

    def transfer(_inputs: dict[str, Any], job: Job) -> None:
        tried.append(job.attempt)
        if len(tried) < 3:
            raise Retryable("busy")

    without, other = make(), make(mail_tell=nothing)
    case = without.start("pay", {"amount": 1}, by="lin")
    having = make(bank_transfer=transfer)
    for _ in range(6):
        for engine in (without, other, having):
            engine.worker().drain()
        clock.advance(timedelta(minutes=1))
    other.worker().drain()
    assert tried == [1, 2, 3]
    assert other.show(case.instance).row.status == "completed"


def test_a_call_that_nobody_can_make_waits_and_stands_in_nobodys_way(make: Make, clock: VirtualClock) -> None:
    engine = make()
    cases = [engine.start("pay", {"amount": n}, by="lin").instance for n in range(51)]  # a claim takes 50
    worker = engine.worker()
    for _ in range(3):
        worker.drain()
        clock.advance(timedelta(minutes=1))
    assert worker.next_due() is None, "so that the next deadline is not missed"
    assert all(not engine.show(id).state.incidents for id in cases)
    assert engine.dead_letters() == []
    make(bank_transfer=nothing, mail_tell=nothing).worker().drain()
    assert {engine.show(id).row.status for id in cases} == {"completed"}


def test_a_call_that_waits_for_a_handler_can_be_seen(make: Make, clock: VirtualClock) -> None:
    engine = make(mail_tell=nothing)
    assert engine.unhandled() == []
    since = clock.now()
    for n in range(2):
        engine.start("pay", {"amount": n}, by="lin")
    clock.advance(timedelta(minutes=10))
    engine.worker().drain()
    (found,) = engine.unhandled()
    assert (found.handler, found.number, found.since) == ("bank.transfer", 2, since)


def test_a_daemon_says_once_what_it_has_no_handler_for(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    engine = make(mail_tell=nothing)
    engine.start("pay", {"amount": 1}, by="lin")
    daemon = Daemon(engine.worker())
    daemon._turn()
    daemon._turn()
    told = [each.getMessage() for each in caplog.records if "bank.transfer" in each.getMessage()]
    assert len(told) == 1
    assert "no handler is registered for bank.transfer" in told[0]


# the key ------------------------------------------------------------------------------------------------


def test_the_key_of_a_call_stays_the_same_over_attempts_and_repairs(make: Make, clock: VirtualClock) -> None:
    seen: list[Job] = []

    def transfer(_inputs: dict[str, Any], job: Job) -> None:
        seen.append(job)
        if len(seen) < 5:
            raise Retryable("busy")

    engine = make(bank_transfer=transfer, mail_tell=nothing)
    case = engine.start("pay", {"amount": 1}, by="lin")
    for _ in range(4):
        engine.worker().drain()
        clock.advance(timedelta(minutes=1))
    assert len(engine.show(case.instance).state.incidents) == 1, "three attempts"
    engine.retry(case.instance, by="dan")
    for _ in range(2):
        engine.worker().drain()
        clock.advance(timedelta(minutes=1))
    assert engine.show(case.instance).row.status == "completed"
    assert len({job.key for job in seen}) == 1
    assert seen[0].key.startswith(case.instance)
    assert (seen[0].instance, seen[0].handler, seen[0].step) == (case.instance, "bank.transfer", "transfer")


def test_each_occurrence_of_a_call_has_a_key_of_its_own(make: Make) -> None:
    keys: list[str] = []

    def note(_inputs: dict[str, Any], job: Job) -> None:
        keys.append(job.key)

    engine = make(bank_transfer=note, mail_tell=note)
    for n in range(3):
        engine.start("pay", {"amount": n}, by="lin")
    engine.worker().drain()
    assert len(keys) == len(set(keys)) == 6


# signatures ---------------------------------------------------------------------------------------------


class Sender:
    """A handler with something of its own."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def send(self, inputs: dict[str, Any], job: Job) -> None:
        self.jobs.append(job)

    def __call__(self, inputs: dict[str, Any], *, job: Job) -> None:
        self.jobs.append(job)


def with_default(inputs: dict[str, Any], times: int = 3) -> None:
    assert times == 3, "what the host put there is left alone"


def named(inputs: dict[str, Any], job: Job | None = None) -> None:
    assert job is not None


def called_otherwise(inputs: dict[str, Any], owed: Job) -> None:
    assert owed.key


def anything(*inputs: Any) -> None:
    assert len(inputs) == 1


@pytest.mark.parametrize(
    "handler",
    [nothing, with_default, named, called_otherwise, anything, Sender().send, Sender(), dict],
)
def test_a_handler_takes_the_variables_and_the_job_if_it_wants_it(make: Make, handler: Any) -> None:
    engine = make(bank_transfer=handler, mail_tell=nothing)
    case = engine.start("pay", {"amount": 1}, by="lin")
    engine.worker().drain()
    assert engine.show(case.instance).row.status == "completed"


def no_parameter() -> None: ...


def three(inputs: dict[str, Any], job: Job, more: int) -> None: ...


def keyword(inputs: dict[str, Any], *, session: object) -> None: ...


@pytest.mark.parametrize("handler", [no_parameter, three, keyword, "bank.transfer", None])
def test_what_cannot_be_called_so_is_refused_when_it_is_registered(handler: Any) -> None:
    handlers: Mapping[str, Any] = {"bank.transfer": handler}
    with pytest.raises(Invalid) as refused:
        Engine("sqlite:///:memory:", handlers=handlers)
    assert refused.value.code == "handler_signature"
    assert "bank.transfer" in refused.value.sentence()
    assert "job" in refused.value.sentence("zh")
