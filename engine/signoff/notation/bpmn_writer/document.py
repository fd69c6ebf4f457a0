"""Definitions as a BPMN 2.0 file, with a diagram and with everything that BPMN has no words for as settings.

A file that was read and whose definitions did not change is given back as it stands, diagram and foreign extensions
and all. May import the model, the reader and the modules beside it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from lxml import etree

from signoff.errors import Invalid
from signoff.model.definition import Definition
from signoff.notation import bpmn_reader
from signoff.notation.bpmn_writer.diagram import diagram
from signoff.notation.bpmn_writer.difference import complete
from signoff.notation.bpmn_writer.globally import raised
from signoff.notation.bpmn_writer.leaf import free, root
from signoff.notation.bpmn_writer.origin import graft, relationships
from signoff.notation.bpmn_writer.process import process
from signoff.notation.bpmn_writer.trigger import Catalogue
from signoff.notation.xml.namespace import SIGNOFF

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write(*definitions: Definition, origin: str | bytes | None = None, file: str = "<text>") -> str:
    """A BPMN 2.0 file of these definitions, UTF-8, valid by the schema of the OMG.

    `origin` is the file that they were read from: unchanged it comes back as it is; changed, its diagram and what
    others put into it are kept for the elements that are still there. Raises Invalid for two definitions with nodes of
    the same id: in one file they could not be told apart.
    """
    _apart(definitions)
    drawn: frozenset[str] = frozenset()
    prefixes: dict[str | None, str] = {}
    read: tuple[Definition, ...] = ()
    if origin is not None:
        before = bpmn_reader.survey(origin, file=file)
        drawn = frozenset(one.id for one in before.drawn)
        read = (*before.definitions, *before.drawn)
        if before.text and _by_id(definitions) == _by_id(read):
            return _declared(before.text)
        prefixes = before.root.source.nsmap if before.root is not None else {}
    made = _written(definitions, drawn, prefixes)
    if origin is not None and before.root is not None:
        raised(made, _by_id(definitions), _by_id(read), before.root)
    kept = graft(made, origin, read) if origin is not None else False
    complete(made, _by_id(definitions))
    if not kept:
        diagram(made, definitions)
    if origin is not None:
        relationships(made, origin)
    etree.indent(made)
    return _DECLARATION + etree.tostring(made, encoding="unicode") + "\n"


def _apart(definitions: Sequence[Definition]) -> None:
    counted = Counter(id for definition in definitions for id in definition.nodes)
    if shared := sorted(id for id, times in counted.items() if times > 1):
        raise Invalid("bpmn_ids_shared", ids=shared[:5], processes=[one.id for one in definitions])


def _by_id(definitions: Sequence[Definition]) -> dict[str, Definition]:
    return {definition.id: definition for definition in definitions}


def _declared(text: str) -> str:
    """The text itself, with a declaration that fits how it will be written."""
    if not text.lstrip().startswith("<?xml"):
        return text
    _, _, rest = text.partition("?>")
    return _DECLARATION + rest.lstrip("\r\n")


def _written(
    definitions: Sequence[Definition], drawn: frozenset[str], prefixes: dict[str | None, str]
) -> Any:
    taken = {id for one in definitions for id in (one.id, *one.nodes, *one.lanes)}
    id = free("definitions", taken)
    made = root("bpmn:definitions", prefixes, id=id, targetNamespace=SIGNOFF, exporter="signoff")
    catalogue = Catalogue(made, taken=taken)
    for definition in definitions:
        process(made, definition, catalogue, executable=definition.id not in drawn)
    return made
