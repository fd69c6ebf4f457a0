"""Blocks of flow that neither part nor last: events on the way, links, ends. Must import nothing of signoff but what stands beside it.

A block begins behind the element `at` and gives the element from which the flow goes on. Where it is `calm` around
it, for each token that comes in one goes on; elsewhere there may be several, or none.
"""

from signoff.testing.drawn.around import Around, Pencil
from signoff.testing.drawn.sheet import Sheet, after, condition, event


class Passage:
    """The part of a drawing that passes by; `task` and `block` come from others."""

    pencil: Pencil

    def task(self, sheet: Sheet, at: str, around: Around) -> str:
        raise NotImplementedError

    def block(self, sheet: Sheet, at: str, around: Around) -> str:
        raise NotImplementedError

    def sequence(self, sheet: Sheet, at: str, around: Around, most: int = 2) -> str:
        """Up to so many blocks, one after the other."""
        for _ in range(self.pencil.random.randint(0, most)):
            at = self.block(sheet, at, around)
        return at

    def first_event(self, sheet: Sheet, at: str, around: Around) -> str:
        """An event-based gateway: the first of several events."""
        gate, join = sheet.add("eventBasedGateway", "g"), sheet.add("exclusiveGateway", "x")
        sheet.flow(at, gate)
        for number in range(self.pencil.random.randint(2, 3)):
            if number and self.pencil.chance(0.3):
                target = sheet.add("receiveTask", "r", messageRef=self.pencil.message())
            else:
                target = sheet.add("intermediateCatchEvent", "w", self._awaited(around, many=False))
            sheet.flow(gate, target)
            sheet.flow(self.sequence(sheet, target, around, 1), join)
        return join

    def catch(self, sheet: Sheet, at: str, around: Around) -> str:
        """Wait for an event, one of two, or both."""
        if self.pencil.chance(0.3):
            said = event("message", self.pencil.message()) + event(
                "signal", f"s{self.pencil.random.randint(1, 3)}"
            )
            both = "true" if self.pencil.chance(0.5) else "false"
            id = sheet.add("intermediateCatchEvent", "w", said, parallelMultiple=both)
        else:
            id = sheet.add("intermediateCatchEvent", "w", self._awaited(around))
        sheet.flow(at, id)
        return id

    def _awaited(self, around: Around, *, many: bool = True) -> str:
        random = self.pencil.random
        kinds = ["timer", "message", "signal"] + ["condition"] * (many and not around.called)
        match random.choice(kinds):
            case "timer":
                return after(random.randint(1, 5))
            case "message":
                return event("message", self.pencil.message())
            case "signal":
                return event("signal", f"s{random.randint(1, 3)}")
        return condition("z > 0")

    def throw(self, sheet: Sheet, at: str, around: Around) -> str:
        """Say something and go on; to undo takes time."""
        said = self._thrown(sheet, around)
        if not said:
            return self.task(sheet, at, around)
        id = sheet.add("intermediateThrowEvent", "n", said)
        sheet.flow(at, id)
        return id

    def _thrown(self, sheet: Sheet, around: Around) -> str:
        rank = self.pencil.higher(around.rank)
        kinds = (
            ["message"]
            + ["signal", "escalation"] * (2 * bool(rank))
            + ["compensate"] * (3 * (not around.undoes))
        )
        match self.pencil.random.choice(kinds):
            case "message":
                return event("message", self.pencil.message())
            case "signal":
                return event("signal", f"s{rank}")
            case "escalation":
                return event("escalation", f"C{rank}")
        return self._undone(sheet)

    def undoing(self, sheet: Sheet, at: str) -> str:
        """Undo what has been done in this scope, if something in it can be undone at all."""
        if not any("compensateEvent" in part for e in sheet.elements.values() for part in e.inside):
            return at
        id = sheet.add("intermediateThrowEvent", "n", self._undone(sheet))
        sheet.flow(at, id)
        return id

    def _undone(self, sheet: Sheet) -> str:
        """What has been done in this scope, or only one activity in it."""
        undone = "<compensateEventDefinition/>"
        boundaries = [e for e in sheet.elements.values() if e.tag == "boundaryEvent" and undone in e.inside]
        hosts = [boundary.settings["attachedToRef"] for boundary in boundaries]
        if not hosts or self.pencil.chance(0.6):
            return undone
        return f'<compensateEventDefinition activityRef="{self.pencil.random.choice(hosts)}"/>'

    def link(self, sheet: Sheet, at: str, around: Around) -> str:
        """Away, and on somewhere else."""
        del around
        said = f'<linkEventDefinition name="{self.pencil.name("l")}"/>'
        throw = sheet.add("intermediateThrowEvent", "n", said)
        sheet.flow(at, throw)
        return sheet.add("intermediateCatchEvent", "w", said)

    def ending(self, sheet: Sheet, at: str, around: Around) -> None:
        """Let the flow end here: where it is calm, by what takes all tokens of the scope along."""
        kinds = ["terminate"] + ["error"] * (2 * bool(around.errors)) + ["cancel"] * (4 * around.cancels)
        kinds += [] if around.calm else ["none", "throw", "throw"]
        match self.pencil.random.choice(kinds):
            case "terminate":
                said = "<terminateEventDefinition/>"
            case "error":
                said = event("error", self.pencil.random.choice(around.errors))
            case "cancel":
                said = "<cancelEventDefinition/>"
            case "throw":
                said = self._thrown(sheet, around)
            case _:
                said = ""
        sheet.flow(at, sheet.add("endEvent", "e", said))
