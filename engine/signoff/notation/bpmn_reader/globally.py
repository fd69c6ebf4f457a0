"""Global tasks: a task that stands beside the processes and is called by its id (BPMN 2.0.2 §10.3.4).

Each is read as a process of this one task. May import notation.xml only.
"""

from collections.abc import Mapping
from dataclasses import replace

from signoff.notation.xml.element import Element

#: What the one task in it is.
GLOBAL_TASKS: Mapping[str, str] = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}


def inner(id: str) -> str:
    """The id of the one task in the process of a global task."""
    return f"{id}.task"


def as_process(task: Element) -> Element:
    """The process that a call of a global task begins; it is to be run when anything in the file is."""
    root = task.parent
    processes = root.all("process") if root is not None else []
    runs = not processes or any(each.flag("isExecutable", default=True) for each in processes)
    named = {"id": task.id, "name": task.get("name"), "isExecutable": "true" if runs else "false"}
    process = replace(task, name="process", attributes=named, children=())
    own = {**task.attributes, "id": inner(task.id)}
    process.children = [replace(task, name=GLOBAL_TASKS[task.name], attributes=own, parent=process)]
    return process
