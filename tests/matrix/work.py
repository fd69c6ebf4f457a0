"""One activity `a` of each kind, and how the work in it is done once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signoff.testing import Sandbox
from tests.bpmn.sample import process
from tests.matrix.drawing import drawn

CALLED = process("q", drawn("s5 > u > e5"))
INSIDE = drawn("s3 > t > e3")


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of activity: its tag, attributes and inside; `step`: what happens inside each time, in a story."""

    tag: str
    attributes: str = ""
    inside: str = ""
    step: str = ""
    do: Callable[[Sandbox], object] = lambda _: None

    @property
    def each(self) -> str:
        """What is told of one of several times: the inside of a sub-process is a scope without an activity of its own."""
        return self.step if self.tag in ("subProcess", "transaction") else f"+a {self.step}=a "

    def xml(self, more: str = "", attributes: str = "") -> str:
        return f"<{self.tag} id='a' {self.attributes} {attributes}>{more}{self.inside}</{self.tag}>"


def _complete(box: Sandbox) -> object:
    return box.complete("a")


def _inside(box: Sandbox) -> object:
    return box.complete("t")


def _ad_hoc(box: Sandbox) -> None:
    box.enable("a", "t")
    box.complete("t")
    box.complete("a")


WORK: Mapping[str, Work] = {
    "task": Work("task"),
    "manual task": Work("manualTask"),
    "user task": Work("userTask", do=_complete),
    "service task": Work("serviceTask", do=_complete),
    "script task": Work("scriptTask", do=_complete),
    "business rule task": Work("businessRuleTask", do=_complete),
    "send task": Work("sendTask", "camunda:type='external' camunda:topic='mail'", do=_complete),
    "receive task": Work("receiveTask", "messageRef='M'", do=lambda box: box.message("m")),
    "call activity": Work(
        "callActivity", "calledElement='q'", "", "s5 +u =u e5 ", lambda box: box.complete("u")
    ),
    "sub-process": Work("subProcess", "", INSIDE, "s3 +t =t e3 ", _inside),
    "transaction": Work("transaction", "", INSIDE, "s3 +t =t e3 ", _inside),
    "ad-hoc sub-process": Work("adHocSubProcess", "", drawn("t"), "+t =t ", _ad_hoc),
}
PASSED = ("task", "manual task")  # nobody tells the engine that they are done
