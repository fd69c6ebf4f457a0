"""Blocks of flow that part and meet again: gateways and loops. Must import nothing of signoff but what stands beside it."""

from signoff.testing.drawn.around import Around
from signoff.testing.drawn.passage import Passage
from signoff.testing.drawn.sheet import Sheet


class Flow(Passage):
    """The part of a drawing that splits and joins."""

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
