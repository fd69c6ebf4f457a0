"""The BPMN notation, on the way in: BPMN 2.0 XML of any modeler into definitions of the model, or all problems at once.

Run or refuse: every construct is read, or refused with file, line, column, element and reason. May import model,
time, errors, sentences, notation.dialect and notation.xml; never another notation.
"""

from signoff.notation.bpmn_reader.context import Binding, How, Kept
from signoff.notation.bpmn_reader.survey import Read, Sketch, Survey, Verdict, read, sketch, survey

__all__ = ["Binding", "How", "Kept", "Read", "Sketch", "Survey", "Verdict", "read", "sketch", "survey"]
