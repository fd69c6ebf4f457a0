"""The verbs of `Engine` beside voting: abstain, hand over, ask for an opinion, add and remove signers, take back.

Each builds its command and calls `execute`, like those of `verbs`.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from signoff.kernel import motions as m
from signoff.kernel.commands import Actor, Signature
from signoff.kernel.state import Decision, Person, Place
from signoff.model.gate import NeedKind
from signoff.runtime import intake, refusal
from signoff.runtime.execution import Receipt
from signoff.runtime.verbs import By, Verbs, said


class Motions(Verbs):
    """What somebody who is asked may do besides voting."""

    def abstain(
        self,
        gate: str,
        *,
        by: By,
        seen: str = "",
        note: str = "",
        signature: Signature | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Be heard without a yes, where the definition offers that."""
        actor = self._actor(by, connection)
        command = m.Abstain(gate=gate, seen=seen, note=note, signature=signature, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def transfer(
        self,
        task: str,
        to: str,
        *,
        by: By,
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """转办: hand a task, or the own vote at a gate, over for good; the deadline stays."""
        actor = self._actor(by, connection)
        (person,) = self._named("Transfer", task, actor, [to], connection)
        command = m.Transfer(task=task, person=person, note=note, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def delegate(
        self,
        gate: str,
        to: str,
        *,
        by: By,
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """委派: ask somebody for an opinion before voting; the vote comes back to the one who asks."""
        actor = self._actor(by, connection)
        (person,) = self._named("Delegate", gate, actor, [to], connection)
        command = m.Delegate(gate=gate, person=person, note=note, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def advise(
        self,
        gate: str,
        note: str,
        *,
        by: By,
        advice: Decision | str | None = None,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Give the opinion one was asked for; `advice` is yes, no or nothing. It binds nobody."""
        actor = self._actor(by, connection)
        with refusal.trying("Advise", gate, actor):
            told = intake.choice(Decision, advice, "advice") if advice else None
        command = m.Advise(gate=gate, note=note, advice=told, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def add_signers(
        self,
        gate: str,
        people: Sequence[str],
        *,
        place: Place | str,
        by: By,
        need: NeedKind | str | None = None,
        note: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """加签: have others sign before, beside or after oneself; `need` of a group: any, all, all in turn."""
        actor = self._actor(by, connection)
        with refusal.trying("AddSigners", gate, actor):
            where = intake.choice(Place, place, "place")
            wanted = intake.choice(NeedKind, need, "need") if need else None
        command = m.AddSigners(
            gate=gate,
            signers=self._named("AddSigners", gate, actor, people, connection),
            place=where,
            need=wanted,
            note=note,
            **said(actor, request_id),
        )
        return self.execute(command, connection=connection)

    def remove_signer(
        self,
        gate: str,
        person: str,
        *,
        reason: str,
        by: By,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """减签: take off somebody who has not voted: whom oneself has added, or anybody as an administrator."""
        actor = self._actor(by, connection)
        command = m.RemoveSigner(gate=gate, person=person, reason=reason, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def take_back(
        self,
        gate: str,
        *,
        by: By,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """拿回: take back the own vote while nobody has acted on it, or the question passed on for an opinion."""
        actor = self._actor(by, connection)
        command = m.TakeBack(gate=gate, reason=reason, **said(actor, request_id))
        return self.execute(command, connection=connection)

    def _named(
        self, asked: str, about: str, actor: Actor, people: Sequence[str], connection: Connection | None
    ) -> tuple[Person, ...]:
        """The active people of these ids; raises NotFound."""
        with refusal.trying(asked, about, actor):
            return tuple(intake.person(self.core, id, connection) for id in people)
