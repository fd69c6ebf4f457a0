"""Every command that somebody may give, said at a moment by the person who may; and which of them meet where.

Must import the kernel's commands and the moments of this folder.
"""

from collections.abc import Callable, Mapping
from typing import Any

from signoff.kernel import asides as a
from signoff.kernel import commands as c
from signoff.kernel import motions as m
from signoff.kernel.arrival import Complete, Deliver, Enable, Escalated, Fill
from signoff.kernel.state import Place
from signoff.model.priority import Priority
from signoff.runtime import intake
from signoff.store import ids
from tests.concurrency.moments import Moment

Say = Callable[[Moment], c.Command]


def _start(at: Moment, *, key: str, request_id: str = "", entropy: str = "") -> c.Command:
    """Under a key, of another request; or of the same request once more."""
    given = {"key": key, "title": "", "data": {"amount": 50}, "request_id": request_id}
    start = intake.start("meeting", at.by("amy")["by"], given)
    start.instance = ids.new_instance("meeting", key=key, request_id=request_id, entropy=entropy)
    return start


def _submit(at: Moment, who: str, **documents: c.Attachment) -> c.Command:
    return c.Submit(task=at.task, ticks=at.ticks, documents=documents, **at.by(who))


def _add(place: Place) -> Say:
    return lambda at: m.AddSigners(gate=at.gate, signers=(at.person("art"),), place=place, **at.by("bea"))


SAID: Mapping[str, Say] = {
    "start": lambda at: _start(at, key="L", entropy="one"),
    "start another": lambda at: _start(at, key="L", entropy="two"),
    "start again": lambda at: _start(at, key="K", request_id="r"),
    "claim": lambda at: c.Claim(task=at.task, **at.by("amy")),
    "claim of another": lambda at: c.Claim(task=at.task, **at.by("ann")),
    "release": lambda at: c.Release(task=at.task, **at.by("amy")),
    "submit": lambda at: _submit(at, "amy"),
    "submit of another": lambda at: _submit(at, "ann"),
    "submit with a request id": lambda at: _with_request(_submit(at, "ann")),
    "submit of work": lambda at: _submit(at, "amy", plan=at.plan),
    "assign": lambda at: c.Assign(task=at.task, person=at.person("ann"), **at.by("dan")),
    "hand over a task": lambda at: a.HandOver(
        task=at.task, source="amy", person=at.person("ann"), **at.by("dan")
    ),
    "transfer a task": lambda at: m.Transfer(task=at.task, person=at.person("ann"), **at.by("amy")),
    "waive": lambda at: c.Waive(task=at.task, rule="R1", reason="so be it", **at.by("bob")),
    "approve": lambda at: at.vote(c.Approve, "bob"),
    "approve of another": lambda at: at.vote(c.Approve, "bea"),
    "approve with a request id": lambda at: _with_request(at.vote(c.Approve, "bob")),
    "approve something else": lambda at: c.Approve(gate=at.gate, seen="f" * 64, **at.by("bob")),
    "decline": lambda at: _noted(at.vote(c.Decline, "bea")),
    "abstain": lambda at: at.vote(m.Abstain, "bea"),
    "return to plan": lambda at: c.ReturnTo(gate=at.gate, to="plan", note="anew", **at.by("bob")),
    "transfer a vote": lambda at: m.Transfer(task=at.gate, person=at.person("art"), **at.by("bea")),
    "hand over a vote": lambda at: a.HandOver(
        task=at.gate, source="bob", person=at.person("art"), **at.by("dan")
    ),
    "assign a vote": lambda at: c.Assign(task=at.gate, person=at.person("art"), **at.by("dan")),
    "delegate": lambda at: m.Delegate(gate=at.gate, person=at.person("art"), **at.by("bob")),
    "advise": lambda at: m.Advise(gate=at.gate, note="why not", **at.by("amy")),
    "add before": _add(Place.BEFORE),
    "add beside": _add(Place.BESIDE),
    "add after": _add(Place.AFTER),
    "remove signer": lambda at: m.RemoveSigner(gate=at.gate, person="ann", reason="away", **at.by("bea")),
    "take back": lambda at: m.TakeBack(gate=at.gate, **at.by("ben")),
    "take back a question": lambda at: m.TakeBack(gate=at.gate, **at.by("bud")),
    "take back the decision": lambda at: m.TakeBack(gate=at.gate, **at.by("bea")),
    "urge": lambda at: a.Urge(task=at.about, **at.by("amy")),
    "comment": lambda at: a.Comment(instance=at.instance, text="hm", **at.by("amy")),
    "ask": lambda at: a.Ask(
        task=at.about, person=at.person("eve"), text="why?", **at.by("bob" if at.about == at.gate else "amy")
    ),
    "answer": lambda at: a.Answer(question=at.question, text="so", **at.by("eve")),
    "mark read": lambda at: a.MarkRead(instance=at.instance, **at.by("eve")),
    "withdraw": lambda at: a.Withdraw(instance=at.instance, **at.by("amy")),
    "cancel": lambda at: c.Cancel(instance=at.instance, reason="over", **at.by("dan")),
    "suspend": lambda at: c.Suspend(instance=at.instance, **at.by("dan")),
    "resume": lambda at: c.Resume(instance=at.instance, **at.by("dan")),
    "override": lambda at: a.Override(task=at.about, reason="must be", **at.by("dan")),
    "move": lambda at: a.Move(task=at.about, to="look", reason="must be", **at.by("dan")),
    "migrate": lambda at: a.Migrate(instance=at.instance, to=at.other, reason="better", **at.by("dan")),
    "recalculate": lambda at: c.Recalculate(instance=at.instance, **at.by("")),
    "give up": lambda at: a.GiveUp(
        instance=at.instance, key="x/job", kind="job", attempts=10, why="broken", **at.by("")
    ),
    "owe again": lambda at: a.OweAgain(instance=at.instance, keys=("x/job",), **at.by("dan")),
    "prioritize": lambda at: a.Prioritize(priority=Priority.URGENT, task=at.about, **at.by("dan")),
    "fill": lambda at: Fill(instance=at.instance, data={"note": "so"}, **at.by("dan")),
    "erase": lambda at: a.Erase(instance=at.instance, reason="asked to", **at.by("dan")),
    "retry": lambda at: c.Retry(instance=at.instance, incident="", **at.by("dan")),
    "timeout": lambda at: c.FireTimer(timer=at.timer, **at.by("")),
    "rung": lambda at: c.Escalate(task=at.task, **at.by("")),
    "opening": lambda at: c.OpenTask(task=at.task, **at.by("")),
    "lapse": lambda at: c.Lapse(task=at.task, **at.by("")),
    "result": lambda at: c.FinishJob(task=at.task, result={"number": 7}, **at.by("")),
    "failure": lambda at: c.FailJob(task=at.task, code="broken", message="broken", **at.by("")),
    "modelled error": lambda at: c.FailJob(task=at.task, code="bpmn_error", error="full", **at.by("")),
    "request": lambda at: a.Request(instance=at.instance, request="skip", **at.by("amy")),
    "request of another": lambda at: a.Request(instance=at.instance, request="skip", **at.by("ann")),
    "withdraw request": lambda at: a.WithdrawRequest(instance=at.instance, request="skip", **at.by("amy")),
    "submit of the first": lambda at: c.Submit(task=at.pool, ticks=at.ticks, **at.by("ann")),
    "enable": lambda at: Enable(task=at.pool, element="stamp", **at.by("amy")),
    "enable another": lambda at: Enable(task=at.pool, element="weigh", **at.by("ann")),
    "complete": lambda at: Complete(task=at.pool, **at.by("amy")),
    "deliver": lambda at: Deliver(instance=at.instance, wait=at.wait, data={}, **at.by("")),
    "escalated": lambda at: Escalated(task=at.task, escalation="dear", **at.by("")),
    "pick": lambda at: c.Pick(instance=at.instance, role="chosen", people=("amy",), **at.by("amy")),
    "pick another": lambda at: c.Pick(instance=at.instance, role="chosen", people=("ann",), **at.by("ann")),
}


def _noted(command: Any) -> c.Command:
    command.note = "no"
    noted: c.Command = command
    return noted


def _with_request(command: c.Command) -> c.Command:
    command.request_id = "v"
    return command


_ANYWHERE = "comment, withdraw, cancel, suspend"
_POOL = f"{_ANYWHERE}, claim, claim of another, submit, submit of another, assign, transfer a task, urge, override"
_VOTES = "approve, approve of another, decline, abstain, return to plan, delegate, timeout, override"
_SIGNERS = "add before, add beside, add after, transfer a vote"
# Only what may come to something else there than at another moment: a meeting costs 20 ms.
_MET: Mapping[str, str] = {
    "planning": f"{_POOL}, start, start another, start again, hand over a task, ask, answer, resume, retry, migrate",
    "working": f"""{_ANYWHERE}, claim, claim of another, assign, transfer a task, move, prioritize, fill, submit of work, submit of another,
        release, hand over a task, waive, ask, answer, timeout, rung, override, migrate, recalculate""",
    "asked": f"""{_VOTES}, {_SIGNERS}, approve with a request id, approve something else, waive, submit of work,
        withdraw""",
    "deciding": f"""{_ANYWHERE}, {_VOTES}, {_SIGNERS}, hand over a vote, assign a vote, advise, remove signer,
        take back, take back a question, move, prioritize, fill, urge, ask, answer, rung, migrate""",
    "passed": "take back the decision, claim, submit, submit of another, override, cancel, approve, mark read, withdraw, erase",
    "calling": f"{_ANYWHERE}, give up, owe again, result, failure, modelled error, take back the decision",
    "stopped": f"{_ANYWHERE}, retry, result, take back the decision",
    "suspended": f"{_ANYWHERE}, resume, approve, timeout, ask, answer",
    "scheduled": f"{_ANYWHERE}, opening, claim, submit, override",
    "lapsing": f"{_ANYWHERE}, lapse, opening, claim, submit, submit with a request id, assign, override",
    "picking": f"{_ANYWHERE}, pick, pick another, assign, override",
    "offering": f"{_ANYWHERE}, request, request of another, claim, submit, override",
    "requested": f"{_ANYWHERE}, request of another, withdraw request, approve, approve of another, decline, submit of the first, override",
    "sorting": f"{_ANYWHERE}, enable, enable another, complete",
    "stamping": f"{_ANYWHERE}, enable another, complete, submit, claim, override",
    "awaiting": f"{_ANYWHERE}, deliver, complete, timeout",
    "delivering": f"{_ANYWHERE}, escalated, result, failure, modelled error",
}
MET: Mapping[str, tuple[str, ...]] = {
    moment: tuple(name.strip() for name in names.replace("\n", " ").split(","))
    for moment, names in _MET.items()
}
