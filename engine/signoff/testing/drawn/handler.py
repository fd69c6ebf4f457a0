"""What happens beside: boundary events and event sub-processes, and the inside of a scope. Must import nothing of signoff but what stands beside it."""

from collections.abc import Sequence
from dataclasses import replace

from signoff.testing.drawn.around import RANKS, Around
from signoff.testing.drawn.flow import Flow
from signoff.testing.drawn.sheet import Sheet, after, condition, event, every


class Handlers(Flow):
    """The part of a drawing that listens."""

    def inside(
        self,
        inside: Around,
        outside: Around,
        caught: Sequence[str],
        *,
        handlers: bool = True,
        whole: bool = False,
        undone: bool = False,
    ) -> tuple[str, list[str]]:
        """What lies in a scope, as text, and which of the errors `caught` its boundary still has to catch.

        `whole`: a process, which a message may begin as well. `undone`: with an event sub-process that undoes it.
        """
        sheet, inside = self.pencil.sheet(), replace(inside, calm=self.pencil.chance(0.5))
        self._main(sheet, inside, whole=whole)
        left = [code for code in caught if not self.pencil.chance(0.4)]
        for code in (code for code in caught if code not in left):
            self._handler(sheet, outside, event("error", code), interrupting=True)
        if undone:
            self.undoer(sheet, outside)
        for _ in range(self.pencil.random.choice([0, 0, 1, 1, 2]) if handlers else 0):
            self.event_sub_process(sheet, outside)
        return sheet.written(), left

    def _main(self, sheet: Sheet, inside: Around, *, whole: bool) -> None:
        """The flow of a scope; without a start event it begins with whatever nothing leads to."""
        implicit = self.pencil.chance(0.15) and not inside.called and not whole
        start = sheet.add("userTask", "t") if implicit else sheet.add("startEvent", "b")
        first = self.task(sheet, start, inside)
        if whole and self.pencil.chance(0.3):
            sheet.flow(sheet.add("startEvent", "b", event("message", self.pencil.message())), first)
        last = self.sequence(sheet, first, inside, 3)
        if not inside.undoes and self.pencil.chance(0.5):
            last = self.undoing(sheet, last)
        if self.pencil.chance(0.35):
            self.ending(sheet, last, inside)
        elif self.pencil.chance(0.9) or sheet.elements[last].tag.endswith(("Gateway", "Event")):
            sheet.flow(last, sheet.add("endEvent", "e"))

    def undoer(self, sheet: Sheet, outside: Around) -> None:
        """One that undoes its scope once that has ended."""
        around = replace(outside, errors=(), undoes=self.pencil.chance(0.5))
        self._handler(sheet, around, "<compensateEventDefinition/>", interrupting=True)

    def event_sub_process(self, sheet: Sheet, outside: Around) -> None:
        """One that listens as long as its scope lasts."""
        interrupting = self.pencil.chance(0.4)
        said, rank = self._trigger(outside, lasting=not interrupting)
        for one in self._one_of_many(outside):
            said, rank, interrupting = one
        self._handler(sheet, replace(outside, rank=max(rank, outside.rank)), said, interrupting=interrupting)

    def _handler(self, sheet: Sheet, around: Around, said: str, *, interrupting: bool) -> None:
        inner = self.pencil.sheet()
        stops = "true" if interrupting else "false"
        start = inner.add("startEvent", "b", said, isInterrupting=stops, parallelMultiple=self._both(said))
        inside = replace(around, calm=self.pencil.chance(0.5), depth=0)
        last = self.sequence(inner, self.task(inner, start, inside), inside, 1)
        inner.flow(last, inner.add("endEvent", "e"))
        sheet.add("subProcess", "h", inner.written(), triggeredByEvent="true")

    def _trigger(self, around: Around, *, lasting: bool) -> tuple[str, int]:
        """An event that is listened for, and its rank: what follows throws only what is above it."""
        random = self.pencil.random
        rank = self.pencil.higher(around.rank)
        kinds = ["timer", "message", "condition"] + ["signal", "escalation"] * (3 * bool(rank))
        match random.choice(kinds):
            case "timer" if self.pencil.chance(0.6 if lasting else 0.2):
                return every(random.randint(2, 3), random.randint(1, 3)), around.rank
            case "timer":
                return after(random.randint(1, 5)), around.rank
            case "message":
                return event("message", self.pencil.message()), around.rank
            case "condition":
                return condition(self.pencil.condition()), around.rank
            case "signal":
                return event("signal", f"s{rank}"), rank
        if self.pencil.chance(0.2):
            return event("escalation"), RANKS
        return event("escalation", f"C{rank}"), rank

    # at the boundary ---------------------------------------------------------------------------------------

    def boundaries(
        self,
        sheet: Sheet,
        host: str,
        around: Around,
        *,
        codes: Sequence[str] = (),
        must: Sequence[str] = (),
        cancels: bool = False,
    ) -> str:
        """What sits on an activity; the element from which the flow goes on. `must`: errors that are to be caught."""
        events: list[tuple[str, int, bool]] = [(event("error", code), around.rank, True) for code in must]
        events += [("<cancelEventDefinition/>", around.rank, True)] * cancels
        if codes and self.pencil.chance(0.3):
            code = self.pencil.random.choice(("", *codes))
            events.append((event("error", code), around.rank, True))
        while self.pencil.chance(0.2 if codes else 0.4):
            interrupting = self.pencil.chance(0.5)
            events.append((*self._trigger(around, lasting=not interrupting), interrupting))
        events += self._one_of_many(around)
        if not events:
            return host
        waits = not around.calm and self.pencil.chance(0.4)
        join = sheet.add("inclusiveGateway" if waits else "exclusiveGateway", "x")
        sheet.flow(host, join)
        for said, rank, interrupting in events:
            self._boundary(
                sheet, host, join, replace(around, rank=max(rank, around.rank)), said, interrupting
            )
        return join

    def _one_of_many(self, around: Around) -> list[tuple[str, int, bool]]:
        """An event made of two."""
        rank = self.pencil.higher(around.rank)
        if not rank or not self.pencil.chance(0.04):
            return []
        said = event("message", self.pencil.message()) + event("signal", f"s{rank}")
        return [(said, rank, self.pencil.chance(0.5))]

    def _both(self, said: str) -> str:
        """Whether all of several events have to happen."""
        many = said.count("<messageEvent") + said.count("<signalEvent") > 1
        return "true" if many and self.pencil.chance(0.5) else "false"

    def _boundary(
        self, sheet: Sheet, host: str, join: str, around: Around, said: str, interrupting: bool
    ) -> None:
        stops, both = "true" if interrupting else "false", self._both(said)
        id = sheet.add(
            "boundaryEvent", "b", said, attachedToRef=host, cancelActivity=stops, parallelMultiple=both
        )
        calm = around.calm and interrupting
        comes_back = interrupting or not (
            "signal" in said or "escalation" in said
        )  # else it could call itself
        first = sheet.add("task", "k")
        sheet.flow(id, first)
        last = self.sequence(sheet, first, replace(around, calm=calm), 1)
        if calm or (comes_back and not around.calm and self.pencil.chance(0.5)):
            sheet.flow(last, join)
        else:
            sheet.flow(last, sheet.add("endEvent", "e"))
