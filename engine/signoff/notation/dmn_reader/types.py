"""Item definitions as types of the model (DMN 1.3 §7.3.2). May import model and `context`."""

from signoff.model.decision import ANY, Component, Sort
from signoff.notation.dmn_reader.context import Context, kid, kids, name_of
from signoff.notation.xml.element import Element

_BASIC = {
    "number": "number", "string": "string", "boolean": "boolean", "date": "date", "time": "time",
    "date and time": "date and time", "dateTime": "date and time",
    "days and time duration": "days and time duration", "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration", "yearMonthDuration": "years and months duration",
    "integer": "number", "long": "number", "double": "number", "Any": "", "context": "context",
}  # fmt: skip


class Types:
    """The item definitions of a file, each read when it is first named."""

    def __init__(self, context: Context, root: Element) -> None:
        self._context = context
        self._items = {name_of(item): item for item in kids(root, "itemDefinition")}
        self._found: dict[str, Sort] = {}
        self._open: list[str] = []

    def read_all(self) -> None:
        """Whether somebody names them or not, they have to be in order."""
        for name in self._items:
            self.named(name, self._items[name])

    def of(self, element: Element | None) -> Sort:
        """The type that an element's `typeRef` names; anything where it names none."""
        said = element.get("typeRef") if element is not None else ""
        return self.named(said, element) if element is not None and said else ANY

    def named(self, said: str, element: Element) -> Sort:
        name = said if said in self._items else said.rpartition(":")[2]
        if name in self._items:
            return self._item(name)
        if name in _BASIC:
            return Sort(_BASIC[name])
        self._context.report.refuse("dmn_unknown_type", element, type=said)
        return ANY

    def _item(self, name: str) -> Sort:
        if name in self._found:
            return self._found[name]
        if name in self._open:
            self._context.report.refuse("dmn_type_circle", self._items[name], type=name)
            return ANY
        self._open.append(name)
        found = self._found[name] = self._sort(self._items[name])
        self._open.pop()
        return found

    def _sort(self, item: Element) -> Sort:
        allowed = kid(item, "allowedValues")
        tests = self._context.tests(allowed, ()) if allowed is not None else None
        several = item.flag("isCollection")
        parts = tuple(Component(name_of(part), self._sort(part)) for part in kids(item, "itemComponent"))
        if parts:
            return Sort("context", parts, several, tests)
        reference = kid(item, "typeRef")
        said = reference.text.strip() if reference is not None else ""
        base = self.named(said, item) if said else ANY
        if base.several or several:
            return Sort(base.base, base.components, several=True, allowed=tests or base.allowed)
        return Sort(base.base, base.components, allowed=tests or base.allowed)


def component_names(root: Element) -> frozenset[str]:
    """Names that may stand behind a point: components of types, outputs of tables, entries, columns."""
    wanted = ("itemComponent", "output", "column")
    found = {name_of(element) for element in root.walk() if element.name in wanted}
    found |= {
        name_of(variable)
        for element in root.walk()
        if element.name == "contextEntry"
        for variable in kids(element, "variable")
    }
    return frozenset(found - {""})
