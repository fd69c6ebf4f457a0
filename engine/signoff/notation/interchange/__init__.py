"""BPMN's diagram interchange, on the way in: what a file says of where everything stands, as a drawing.

May import notation.xml, notation.picture, and the index of notation.bpmn_reader.
"""

from signoff.notation.interchange.document import drawn

__all__ = ["drawn"]
