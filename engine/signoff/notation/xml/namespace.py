"""The namespaces that BPMN files are written in, and whose extensions are understood. Must import nothing of signoff."""

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
SIGNOFF = "https://signoff.dev/bpmn/1.0"

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE = "http://flowable.org/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
OPERATON = "http://operaton.org/schema/1.0/bpmn"

#: Whose attributes and extension elements say things about execution; of the first four the same words.
JAVA = (CAMUNDA, OPERATON, FLOWABLE, ACTIVITI)
VENDORS = (*JAVA, ZEEBE)
DRAWING = frozenset({DI, DC, DD})

LANGUAGE = f"{SIGNOFF}/expression"
"""What `language` of an expression says when it is written in signoff's own."""
