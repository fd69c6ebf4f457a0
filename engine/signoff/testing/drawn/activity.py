"""Activities: tasks, sub-processes, transactions, calls, ad-hoc ones; how they repeat and what undoes them.

Must import nothing of signoff but what stands beside it.
"""

from dataclasses import replace

from signoff.testing.drawn.around import ERRORS, RANKS, VARIABLES, Around
from signoff.testing.drawn.handler import Handlers
from signoff.testing.drawn.sheet import Sheet, formula

_TASKS = (
    "userTask",
    "userTask",
    "userTask",
    "serviceTask",
    "serviceTask",
    "scriptTask",
    "receiveTask",
    "manualTask",
)
_PLAIN = ("userTask", "serviceTask", "manualTask")


class Activities(Handlers):
    """The half of a drawing that takes time."""

    def task(self, sheet: Sheet, at: str, around: Around) -> str:
        """Somebody's work, or something's."""
        tag = self.pencil.random.choice(_TASKS)
        settings = (
            {"messageRef": self.pencil.message()} if tag == "receiveTask" and self.pencil.chance(0.5) else {}
        )
        id = sheet.add(tag, "t", **settings)
        sheet.flow(at, id)
        self.repeat(sheet, id)
        self.undone_by(sheet, id, around)
        codes = ERRORS if tag in ("serviceTask", "scriptTask") else ()
        return self.boundaries(sheet, id, around, codes=codes)

    def sub_process(self, sheet: Sheet, at: str, around: Around) -> str:
        """A scope inside, with handlers of its own."""
        caught = tuple(code for code in ERRORS if self.pencil.chance(0.3))
        inside = replace(around, depth=around.depth - 1, cancels=False, errors=(*around.errors, *caught))
        outside = replace(around, depth=around.depth - 1, cancels=False)
        id = sheet.add("subProcess", "s")
        sheet.flow(at, id)
        self.repeat(sheet, id)
        undone = not around.undoes and self.pencil.chance(0.2)
        text, left = self.inside(inside, outside, caught, undone=undone)
        sheet.elements[id].inside.append(text)
        if not undone:
            self.undone_by(sheet, id, around)
        return self.boundaries(sheet, id, around, must=left)

    def transaction(self, sheet: Sheet, at: str, around: Around) -> str:
        """One that may be called off: it is left by its cancel event then."""
        inside = replace(around, depth=around.depth - 1, cancels=True)
        id = sheet.add("transaction", "s")
        sheet.flow(at, id)
        self.repeat(sheet, id)
        text, _ = self.inside(inside, replace(inside, cancels=False), ())
        sheet.elements[id].inside.append(text)
        return self.boundaries(sheet, id, around, cancels=True)

    def call(self, sheet: Sheet, at: str, around: Around) -> str:
        """Another process; all data go in, some come back."""
        caught = tuple(code for code in ERRORS if self.pencil.chance(0.2))
        inside = replace(
            around, depth=around.depth - 1, cancels=False, called=True, errors=(*around.errors, *caught)
        )
        text, left = self.inside(inside, replace(inside, errors=around.errors), caught)
        process = self.pencil.name("q")
        self.pencil.processes[process] = text
        name = self.pencil.random.choice(VARIABLES)
        handed = '<camunda:in variables="all"/>' + f'<camunda:out source="{name}" target="{name}"/>'
        said = f"<extensionElements>{handed}</extensionElements>"
        id = sheet.add("callActivity", "s", said, calledElement=process)
        sheet.flow(at, id)
        self.repeat(sheet, id)
        return self.boundaries(sheet, id, around, must=left)

    def ad_hoc(self, sheet: Sheet, at: str, around: Around) -> str:
        """Activities that people begin; it ends when its condition holds, or when somebody says so."""
        inner = self.pencil.sheet()
        for _ in range(self.pencil.random.randint(1, 3)):
            first = inner.add(self.pencil.random.choice(_PLAIN), "t")
            if self.pencil.chance(0.3):
                inner.flow(first, inner.add("userTask", "t"))
        settings = {"ordering": "Sequential"} if self.pencil.chance(0.4) else {}
        if self.pencil.chance(0.5):
            settings["cancelRemainingInstances"] = self.pencil.random.choice(["true", "false"])
        id = sheet.add("adHocSubProcess", "s", inner.written(), **settings)
        if self.pencil.chance(0.5):
            said = formula(f"{self.pencil.random.choice(VARIABLES)} < {self.pencil.random.randint(1, 2)}")
            sheet.elements[id].inside.append(f"<completionCondition>{said}</completionCondition>")
        self.repeat(sheet, id)
        sheet.flow(at, id)
        return self.boundaries(sheet, id, around)

    # how often, and how it is undone -----------------------------------------------------------------------

    def repeat(self, sheet: Sheet, id: str) -> None:
        """Once for each of several, one after the other or all at once; or again and again."""
        random, element = self.pencil.random, sheet.elements[id]
        if not self.pencil.chance(0.25) or element.tag == "manualTask":
            return
        if self.pencil.chance(0.25):
            before = "true" if self.pencil.chance(0.5) else "false"
            said = f"<loopCondition>{formula(self.pencil.condition())}</loopCondition>"
            inside = f'<standardLoopCharacteristics testBefore="{before}" loopMaximum="3">{said}'
            element.inside.append(inside + "</standardLoopCharacteristics>")
            return
        said, tail = self._over(id)
        if self.pencil.chance(0.4):
            enough = formula(f"nrOfCompletedInstances >= {random.randint(1, 2)}")
            tail += f"<completionCondition>{enough}</completionCondition>"
        in_turn = "true" if self.pencil.chance(0.5) else "false"
        loop = "multiInstanceLoopCharacteristics"
        element.inside.append(f'<{loop} isSequential="{in_turn}"{said}>{tail}</{loop}>')

    def _over(self, id: str) -> tuple[str, str]:
        """A number, or a list of which a list comes out."""
        kinds = ["number", "list"] + ["collected"] * id.startswith("s")
        match self.pencil.random.choice(kinds):
            case "number":
                return (
                    "",
                    f"<loopCardinality>{formula(str(self.pencil.random.randint(0, 3)))}</loopCardinality>",
                )
            case "list":
                return ' camunda:collection="items" camunda:elementVariable="item"', ""
        tail = f"<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>{id}_out</loopDataOutputRef>"
        return (
            "",
            tail + f'<inputDataItem id="{id}_in" name="item"/><outputDataItem id="{id}_o" name="item"/>',
        )

    def undone_by(self, sheet: Sheet, id: str, around: Around) -> None:
        """What undoes it once it is done."""
        if around.undoes or not self.pencil.chance(0.4):
            return
        boundary = sheet.add("boundaryEvent", "b", "<compensateEventDefinition/>", attachedToRef=id)
        if self.pencil.chance(0.2) and around.depth:
            quiet = Around(depth=0, rank=RANKS, called=around.called, undoes=True)
            text, _ = self.inside(quiet, quiet, (), handlers=False)
            undo = sheet.add("subProcess", "u", text, isForCompensation="true")
        else:
            undo = sheet.add(self.pencil.random.choice(_PLAIN), "u", isForCompensation="true")
        sheet.add("association", "f", sourceRef=boundary, targetRef=undo, associationDirection="One")
