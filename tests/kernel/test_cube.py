"""The cube of returns, branches, approvers and added signers: every situation, and everything done in it."""

import pytest

from signoff.errors import Refused
from signoff.kernel import commands as c
from signoff.kernel import motions, seat
from signoff.kernel.decide import decide
from signoff.kernel.state import EntryStatus, Place, State, Status
from signoff.kernel.world import World
from signoff.store.codec import decode_state, encode_state
from tests.kernel.cube import SIGNER, Act, Branch, Situation, acts, after, asked, process, waiting
from tests.kernel.people import CALENDARS, NOON, actor, person, resolve
from tests.kernel.people import process as compiled

Written = tuple[str, str]  # a state as the store writes it


class Explorer:
    """Walks through all situations of one process, the kernel beside the oracle."""

    def __init__(self, branches: int, approvers: int, *, all_orders: bool, alike: bool) -> None:
        definition = compiled(process(branches, approvers))
        self.world = World({"v": definition}, CALENDARS, {definition.id: "v"})
        self.branches = branches
        self.approvers = approvers
        self.all_orders = all_orders
        self.alike = alike  # branches are alike, so their order does not matter
        self.compared = 0

    def explore(self) -> int:
        """Do everything in every situation once; how many acts were compared."""
        begin = Situation("start", tuple(Branch() for _ in range(self.branches)))
        start = c.Start(by=actor("amy"), at=NOON, instance="i", version="v")
        todo = [(begin, self._written(self._carried(State("i"), start)))]
        seen = {self._key(begin)}
        while todo:
            now, written = todo.pop()
            for act in acts(now, self.approvers, all_orders=self.all_orders):
                following, state = after(now, act, self.approvers), decode_state(*written)
                state = self._carried(state, self._command(state, act))
                self._compare(state, following, (now, act))
                self._nobody_else(state, following)
                if following.at != "over" and self._key(following) not in seen:
                    seen.add(self._key(following))
                    todo.append((following, self._written(state)))
        return self.compared

    def _key(self, now: Situation) -> Situation:
        return Situation(now.at, tuple(sorted(now.branches))) if self.alike else now

    def _written(self, state: State) -> Written:
        return encode_state(state)

    def _carried(self, state: State, command: c.Command) -> State:
        outcome = decide(self.world, state, command)
        while outcome.questions:
            question = outcome.questions[0]
            people = tuple(p for term in question.terms for p in resolve(term))
            name = f"i:{question.id}"
            answer = c.ResolveRoster(by=c.SYSTEM, at=NOON, question=name, people=people)
            outcome = decide(self.world, outcome.state, answer)
        return outcome.state

    def _command(self, state: State, act: Act) -> c.Command:
        by = actor(act.by)
        id = f"i:{next(a.id for a in state.activities.values() if a.node == act.element)}"
        match act.what:
            case "submit":
                ticks = ("Begin", "First", "Then")
                return c.Submit(by=by, at=NOON, task=id, ticks=ticks)
            case "yes":
                return c.Approve(by=by, at=NOON, gate=id)
            case "no":
                return c.Decline(by=by, at=NOON, gate=id, note="no")
            case "return":
                return c.ReturnTo(by=by, at=NOON, gate=id, to=act.to, note="no")
            case "add":
                signers, place = (person(SIGNER),), Place(act.to)
                return motions.AddSigners(by=by, at=NOON, gate=id, signers=signers, place=place)
        return motions.RemoveSigner(by=by, at=NOON, gate=id, person=SIGNER, reason="not needed")

    def _compare(self, state: State, now: Situation, told: object) -> None:
        self.compared += 1
        if now.at == "over":
            assert state.status is Status.COMPLETED, told
            return
        found = {a.node: 1 for a in state.activities.values()}
        assert found == waiting(now), told
        assert len(state.activities) == len(found), told
        assert not state.incidents, told
        for n, branch in enumerate(now.branches if now.at == "branches" else ()):
            assert self._asked(state, f"s{n}") == {*asked(branch, self.approvers)}, told

    def _asked(self, state: State, node: str) -> set[str]:
        return {
            id
            for gate in state.gates.values()
            if gate.node == node and gate.status == "open"
            for entry in gate.entries
            if entry.status is EntryStatus.OPEN
            for id in seat.asked(entry)
        }

    def _nobody_else(self, state: State, now: Situation) -> None:
        """Who is not asked at a gate is refused, and so is a vote where nothing is in review."""
        for n, branch in enumerate(now.branches if now.at == "branches" else ()):
            for who in {"xia", SIGNER} - {*asked(branch, self.approvers)}:
                if branch.at == "review":
                    command = self._command(state, Act("yes", f"s{n}", who))
                    with pytest.raises(Refused):
                        decide(self.world, decode_state(*encode_state(state)), command)


def explore(branches: int, approvers: int, *, all_orders: bool = True, alike: bool = False) -> int:
    return Explorer(branches, approvers, all_orders=all_orders, alike=alike).explore()


@pytest.mark.parametrize(("branches", "approvers"), [(1, 1), (1, 2), (1, 3), (2, 1)])
def test_whatever_is_done_leads_where_the_oracle_says(branches: int, approvers: int) -> None:
    assert explore(branches, approvers) > 30


@pytest.mark.exhaustive
@pytest.mark.parametrize(("branches", "approvers"), [(2, 2), (2, 3), (3, 1), (3, 2)])
def test_it_does_so_with_every_order_of_votes(branches: int, approvers: int) -> None:
    assert explore(branches, approvers, alike=branches == 3) > 500


@pytest.mark.exhaustive
def test_it_does_so_for_three_branches_of_three_approvers() -> None:
    assert explore(3, 3, all_orders=False, alike=True) > 5_000
