"""Blocks of flow: gateways that split and join, loops, links, events on the way, ends. Must import nothing of signoff but what stands beside it.

A block begins behind the element `at` and gives the element from which the flow goes on. Where it is `calm` around
it, for each token that comes in one goes on; elsewhere there may be several, or none.
"""

from collections.abc import Callable

from signoff.testing.drawn.around import Around, Pencil
from signoff.testing.drawn.sheet import Sheet, after, condition, event

Draw = Callable[[Sheet, str, Around], str]


class Flow:
    """The half of a drawing that has no inside; `task` and `block` come from the other."""

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

    # splitting and joining -----------------------------------------------------------------------------

    def choice(self, sheet: Sheet, at: str, around: Around) -> str:
        """One of several ways; some of them end."""
        split = sheet.add("exclusiveGateway", "x")
        sheet.flow(at, split)
        join = sheet.add("exclusiveGateway", "x")
        for _ in range(self.pencil.random.randint(1, 2)):
            first = sheet.add("intermediateThrowEvent", "n")
            sheet.flow(split, first, self.pencil.condition())
            last = self.sequence(sheet, first, around)
            if self.pencil.chance(0.4):
                self.ending(sheet, last, around)
            else:
                sheet.flow(last, join)
        first = sheet.add("manualTask", "k")
        sheet.default(split, first)
        sheet.flow(self.sequence(sheet, first, around, 1), join)
        return join

    def parallel(self, sheet: Sheet, at: str, around: Around) -> str:
        """All of several ways. A parallel join counts on calm: else tokens that came together could meet on their ways."""
        split = at
        if self._has_way_out(sheet, at) or self.pencil.chance(0.6):
            split = sheet.add("parallelGateway", "p")
            sheet.flow(at, split)
        width = self.pencil.random.randint(2, 3)
        join = self._join(sheet, width, calm=around.calm)
        for _ in range(width):
            first = sheet.add("task", "k")
            sheet.flow(split, first)
            sheet.flow(self.sequence(sheet, first, around), join)
        return join

    def _has_way_out(self, sheet: Sheet, at: str) -> bool:
        """Whether it can take only one way of several."""
        return sheet.elements[at].tag in ("exclusiveGateway", "inclusiveGateway", "complexGateway")

    def _join(self, sheet: Sheet, width: int, *, calm: bool) -> str:
        kinds = ["inclusive", "complex", *(["parallel"] * 3 if calm else ["none"])]
        match self.pencil.random.choice(kinds):
            case "parallel":
                return sheet.add("parallelGateway", "p")
            case "inclusive":
                return sheet.add("inclusiveGateway", "i")
            case "complex":
                wanted = self.pencil.random.randint(1, width) if calm else 1
                said = f"<activationCondition>${{activationCount &gt;= {wanted}}}</activationCondition>"
                return sheet.add("complexGateway", "c", said)
        return sheet.add("task", "k")

    def inclusive(self, sheet: Sheet, at: str, around: Around) -> str:
        """Some of several ways, joined."""
        split, join = sheet.add("inclusiveGateway", "i"), sheet.add("inclusiveGateway", "i")
        sheet.flow(at, split)
        for number in range(self.pencil.random.randint(2, 3)):
            first = sheet.add("task", "k")
            if number:
                sheet.flow(split, first, self.pencil.condition())
            else:
                sheet.default(split, first)
            sheet.flow(self.sequence(sheet, first, around), join)
        return join

    def net(self, sheet: Sheet, at: str, around: Around) -> str:
        """Ways that part and meet anywhere, forward only: inclusive joins, implicit merges and splits."""
        if around.calm:
            return self.parallel(sheet, at, around)
        random = self.pencil.random
        size = random.randint(4, 6)
        ways = {(n, random.randint(n + 1, size - 1)) for n in range(size - 1)}
        ways |= {(random.randint(0, n - 1), n) for n in range(1, size)}
        ways |= {(n, random.randint(n + 1, size - 1)) for n in range(size - 2) if self.pencil.chance(0.5)}
        nodes = [self._knot(sheet, last=n == size - 1) for n in range(size)]
        sheet.flow(at, nodes[0])
        for source in range(size - 1):
            self._ways(sheet, nodes[source], [nodes[t] for s, t in sorted(ways) if s == source])
        return nodes[-1]

    def _knot(self, sheet: Sheet, *, last: bool) -> str:
        tag = self.pencil.random.choice(
            ["inclusiveGateway", "exclusiveGateway", "userTask", "inclusiveGateway"]
        )
        return sheet.add("inclusiveGateway" if last else tag, "t" if tag == "userTask" and not last else "i")

    def _ways(self, sheet: Sheet, source: str, targets: list[str]) -> None:
        gateway = sheet.elements[source].tag != "userTask"
        for number, target in enumerate(targets):
            if len(targets) > 1 and number and (gateway or self.pencil.chance(0.4)):
                sheet.flow(source, target, self.pencil.condition())
            elif len(targets) > 1 and gateway:
                sheet.default(source, target)
            else:
                sheet.flow(source, target)

    def loop(self, sheet: Sheet, at: str, around: Around) -> str:
        """Again while a condition holds; somebody works in every pass."""
        back = sheet.add("exclusiveGateway", "x")
        sheet.flow(at, back)
        work = sheet.add("userTask", "t")
        sheet.flow(back, work)
        split = sheet.add("exclusiveGateway", "x")
        sheet.flow(self.sequence(sheet, work, around), split)
        sheet.flow(split, back, self.pencil.condition())
        on = sheet.add("intermediateThrowEvent", "n")
        sheet.default(split, on)
        return on

    # events on the way ---------------------------------------------------------------------------------

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
        said = self._thrown(around)
        if not said:
            return self.task(sheet, at, around)
        id = sheet.add("intermediateThrowEvent", "n", said)
        sheet.flow(at, id)
        return id

    def _thrown(self, around: Around) -> str:
        rank = self.pencil.higher(around.rank)
        kinds = (
            ["message"] + ["signal", "escalation"] * bool(rank) + ["compensate"] * (3 * (not around.undoes))
        )
        match self.pencil.random.choice(kinds):
            case "message":
                return event("message", self.pencil.message())
            case "signal":
                return event("signal", f"s{rank}")
            case "escalation":
                return event("escalation", f"C{rank}")
        return "<compensateEventDefinition/>"

    def link(self, sheet: Sheet, at: str, around: Around) -> str:
        """Away, and on somewhere else."""
        del around
        said = f'<linkEventDefinition name="{self.pencil.name("l")}"/>'
        throw = sheet.add("intermediateThrowEvent", "n", said)
        sheet.flow(at, throw)
        return sheet.add("intermediateCatchEvent", "w", said)

    def ending(self, sheet: Sheet, at: str, around: Around) -> None:
        """Let the flow end here, if it may: what takes all tokens of the scope along always may."""
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
                said = self._thrown(around)
            case _:
                said = ""
        sheet.flow(at, sheet.add("endEvent", "e", said))
