"""Copies for those whom `cc` names: at submission and at the decision, once to each person, and read or not.

They never block. Must import kernel below `review`.
"""

from signoff.errors import NotAllowed
from signoff.kernel import roster
from signoff.kernel.asides import MarkRead
from signoff.kernel.deadline import behind
from signoff.kernel.events import aside, task
from signoff.kernel.run import Run
from signoff.kernel.state import Activity, Person, Purpose, Question, State
from signoff.model.nodes import HumanTask

SUBMISSION, DECISION = "submission", "decision"


def ask(run: Run, scope: str, node: HumanTask, activity: Activity | None, occasion: str) -> None:
    """Ask whom `cc` names; they get a read-only copy."""
    if node.cc:
        words = behind(run.state, activity) if activity else roster.nobody
        terms = roster.terms(run.sight(scope), node.cc, words)
        target = activity.id if activity else ""
        run.emit(task.RosterAsked(run.next("q"), Purpose.COPY, f"{target}/{occasion}", node.id, terms))


def send(run: Run, question: Question, people: list[Person]) -> None:
    """The directory has answered: whoever has had a copy on this occasion gets no second one of the instance."""
    occasion = question.target.partition("/")[2] or SUBMISSION
    fresh = list({p.id: p for p in people if not _has(run.state, p.id, occasion)}.values())
    if fresh:
        run.emit(task.CopySent(question.node, fresh, occasion))


def _has(state: State, person: str, occasion: str) -> bool:
    return person in state.copies and occasion in state.copies[person].occasions


def read(run: Run, command: MarkRead) -> None:
    """The receipt of who got a copy; a second one says nothing new."""
    copy = run.state.copies.get(command.by.id)
    if copy is None:
        raise NotAllowed("no_copy", person=command.by.id)
    if not copy.read:
        run.emit(aside.CopyRead(command.by.id))
