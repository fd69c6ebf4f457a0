"""What approvers do besides voting, as verbs of a `Case`.

Must import of the test kit nothing but `course`.
"""

from collections.abc import Mapping
from typing import Any

from signoff.kernel import asides as a
from signoff.kernel import motions as m
from signoff.kernel.commands import Actor
from signoff.kernel.state import Decision, Person, Place
from signoff.model.gate import NeedKind
from signoff.runtime import intake
from signoff.runtime.execution import Receipt
from signoff.testing.course import Course

By = str | Actor


class Motions(Course):
    """The half of `Case` that hands votes on, adds signers and takes back."""

    def _gate(self, step: str, by: By) -> str:
        raise NotImplementedError

    def _subject(self, gate: str, person: str) -> str:
        raise NotImplementedError

    def _said(self, by: By) -> dict[str, Any]:
        raise NotImplementedError

    def _motion(self, kind: type[Any], step: str, by: By, **more: Any) -> Receipt:
        about, gate = ("task" if kind is m.Transfer else "gate"), self._gate(step, by)
        if kind is m.Abstain:
            more["seen"] = self._subject(gate, by if isinstance(by, str) else by.id)
        return self.box.execute(kind(**{about: gate}, **more, **self._said(by)))

    def _named(self, id: str) -> Person:
        return intake.person(self.box.engine.core, id, None)

    def abstain(self, step: str, *, by: By, note: str = "") -> Receipt:
        """Be heard at a step's gate without a yes."""
        return self._motion(m.Abstain, step, by, note=note)

    def request(
        self, name: str, data: Mapping[str, Any] | None = None, *, by: By, reason: str = "", position: int = 0
    ) -> Receipt:
        """Ask for something that the definition offers."""
        said = {"data": data or {}, "reason": reason, "position": position, **self._said(by)}
        return self.box.execute(a.Request(instance=self.instance, request=name, **said))

    def withdraw_request(self, name: str, *, by: By, reason: str = "", position: int = 0) -> Receipt:
        """Ask for it no more."""
        said = {"reason": reason, "position": position, **self._said(by)}
        return self.box.execute(a.WithdrawRequest(instance=self.instance, request=name, **said))

    def transfer(self, step: str, to: str, *, by: By, note: str = "") -> Receipt:
        """Hand a step, or the vote at its gate, over to somebody else."""
        return self._motion(m.Transfer, step, by, person=self._named(to), note=note)

    def delegate(self, step: str, to: str, *, by: By, note: str = "") -> Receipt:
        """Ask somebody for an opinion before voting."""
        return self._motion(m.Delegate, step, by, person=self._named(to), note=note)

    def advise(self, step: str, note: str = "", *, by: By, advice: str = "") -> Receipt:
        """Give an opinion: `advice` is yes, no or nothing."""
        return self._motion(m.Advise, step, by, note=note, advice=Decision(advice) if advice else None)

    def add_signers(self, step: str, *people: str, by: By, place: str = "before", need: str = "") -> Receipt:
        """Have others sign before, beside or after; `need` of a group: any, all, all in turn."""
        how = NeedKind(need) if need else None
        signers = tuple(map(self._named, people))
        return self._motion(m.AddSigners, step, by, signers=signers, place=Place(place), need=how)

    def remove_signer(self, step: str, person: str, *, by: By, reason: str = "removed in a test") -> Receipt:
        """Take somebody off who has not voted."""
        return self._motion(m.RemoveSigner, step, by, person=person, reason=reason)

    def take_back(self, step: str, *, by: By, reason: str = "") -> Receipt:
        """Take back one's own vote, or a question that was passed on."""
        return self._motion(m.TakeBack, step, by, reason=reason)
