"""The DMN notation, on the way in: decisions of DMN 1.1 to 1.5 XML as values of the model, or all problems at once.

Read or refuse, as with BPMN: `document` the file and its requirements, `logic` tables and boxed expressions, `types` item
definitions. May import model, errors and notation.xml; never another notation.
"""

from signoff.notation.dmn_reader.document import Read, read

__all__ = ["Read", "read"]
