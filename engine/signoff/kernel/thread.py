"""What is said about an instance: comments, questions to a person, answers. Nothing of it moves; a clock may wait.

Must import kernel below `decide`.
"""

from signoff.errors import Invalid, NotAllowed, NotFound
from signoff.kernel import seat, standstill
from signoff.kernel.asides import Answer, Ask, Comment
from signoff.kernel.events import aside
from signoff.kernel.run import Run
from signoff.kernel.state import State
from signoff.kernel.target import local, spot

#: As many questions may be open in an instance, so that its state stays small.
MOST = 100


def comment(run: Run, command: Comment) -> None:
    """Keep what somebody says whom the instance concerns."""
    _authorize(run)
    text = _text(command.text)
    target = node = ""
    if command.task:
        at = spot(run, command.task)
        target, node = at.id, at.node.id
    name = command.by.name or command.by.id
    run.emit(aside.Commented(command.by.id, name, text, target, node, command.effective))


def ask(run: Run, command: Ask) -> None:
    """Ask somebody for information; the task or gate goes on meanwhile."""
    _authorize(run)
    text = _text(command.text)
    at = spot(run, command.task)
    if command.person.id == command.by.id:
        raise Invalid("to_oneself", person=command.by.id)
    if len(run.state.inquiries) >= MOST:
        raise Invalid("too_many_questions", most=MOST)
    name = command.by.name or command.by.id
    id, person = run.next("r"), command.person.id
    run.emit(aside.InformationAsked(id, at.id, at.node.id, command.by.id, name, person, text))
    standstill.stop(run, at.activity)


def answer(run: Run, command: Answer) -> None:
    """Give the information; only who was asked can."""
    inquiry = run.state.inquiries.get(local(command.question))
    if inquiry is None:
        raise NotFound("question_not_open", question=command.question)
    if inquiry.person != command.by.id:
        raise NotAllowed("asked_of_another", person=command.by.id, people=[inquiry.person])
    text, name = _text(command.text), command.by.name or command.by.id
    run.emit(aside.InformationGiven(inquiry.id, inquiry.node, command.by.id, name, inquiry.by, text))
    standstill.go_on(run, inquiry.target)


def _text(text: str) -> str:
    if not text.strip():
        raise Invalid("nothing_said")
    return text


def _authorize(run: Run) -> None:
    if not run.actor.admin and run.actor.id not in concerned(run.state):
        raise NotAllowed("not_concerned", person=run.actor.id)


def concerned(state: State) -> frozenset[str]:
    """Everybody who had to do with the instance, as far as it still knows: who started it, works, votes, or got a copy."""
    found = {state.starter.id} if state.starter else set()
    found |= state.copies.keys() | {inquiry.person for inquiry in state.inquiries.values()}
    for activity in state.activities.values():
        found |= {p.id for p in activity.roster} | {activity.assignee, *activity.editors}
    for gate in state.gates.values():
        found |= set(gate.preparers)
        for entry in gate.entries:
            found |= seat.involved(entry) | seat.deciders(entry)
    for scope in state.scopes.values():
        for done in scope.done.values():
            found |= {done.by, *done.approvers}
    return frozenset(found - {""})
