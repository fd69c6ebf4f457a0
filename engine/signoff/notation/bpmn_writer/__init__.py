"""The BPMN notation, on the way out: definitions as BPMN 2.0 XML with diagram interchange.

Whatever the model says comes back when the file is read; what a file had beside the model stays in it. May import
model, time, errors, notation.markup, notation.picture and the reader.
"""

from signoff.notation.bpmn_writer.document import write

__all__ = ["write"]
