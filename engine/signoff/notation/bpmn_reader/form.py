"""The forms of a file: which fields they ask for, and of which type these are. May import the model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from signoff.model.gate import Form
from signoff.model.types import Declaration, Kind, OneOf, Scalar, Type
from signoff.notation.bpmn_reader.context import label
from signoff.notation.xml.element import Element

_KINDS: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
    "long": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "double": Kind.DECIMAL,
    "date": Kind.DATE,
}
_LEAST = {Kind.TEXT: "minlength", Kind.INTEGER: "min"}
_MOST = {Kind.TEXT: "maxlength", Kind.INTEGER: "max"}


@dataclass(frozen=True, slots=True)
class _Field:
    """One field as a vendor writes it."""

    name: str
    element: Element
    required: bool
    writable: bool

    @property
    def type(self) -> Type | None:
        """None where the file says none that is known here."""
        if self.element.get("type") == "enum":
            options = tuple(child.id for child in self.element.children if child.name == "value" and child.id)
            return OneOf(options) if options else None
        kind = _KINDS.get(self.element.get("type"))
        if kind is None:
            return None
        return Scalar(kind, min=self._limit(_LEAST.get(kind)), max=self._limit(_MOST.get(kind)))

    def _limit(self, name: str | None) -> Decimal | None:
        try:
            return Decimal(_constraint(self.element, name)) if name else None
        except InvalidOperation:
            return None


def form(element: Element) -> Form:
    """The fields that a form asks for, those that must be filled first."""
    fields = [field for field in _fields(element) if field.writable]
    return Form(
        fill=tuple(field.name for field in fields if field.required),
        edit=tuple(field.name for field in fields if not field.required),
    )


def declared(process: Element) -> dict[str, Declaration]:
    """The variables that forms fill, by name: those on whose type all forms agree."""
    found: dict[str, Declaration] = {}
    doubtful = set()
    for field in (field for element in process.walk() for field in _fields(element)):
        if field.type is None:
            continue
        text = label(field.element, "label" if field.element.name == "formField" else "name")
        first = found.setdefault(field.name, Declaration(field.name, field.type, text))
        if first.type != field.type:
            doubtful.add(field.name)
    return {name: one for name, one in found.items() if name not in doubtful}


def _fields(element: Element) -> Iterator[_Field]:
    for field in element.extensions("formProperty"):
        name = field.get("variable") or field.id
        if name:
            yield _Field(
                name, field, field.get("required") == "true", field.get("writable", "true") != "false"
            )
    for group in element.extensions("formData"):
        for field in group.children:
            if field.name == "formField" and field.id:
                required, readonly = (_constraint(field, name) for name in ("required", "readonly"))
                yield _Field(field.id, field, required not in _NO, readonly in _NO)


_NO = frozenset({"", "false"})


def _constraint(field: Element, name: str) -> str:
    """What a constraint of that name says, `true` where it stands without a value; nothing where there is none."""
    for group in field.children:
        for one in group.children:
            if one.get("name") == name:
                return one.get("config", "true") or "true"
    return ""
