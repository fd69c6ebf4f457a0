"""Global tasks on the way out: the process of one task, read from a global task, is written as that again.

May import the model, the reader and the modules beside it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from signoff.model.definition import Definition
from signoff.notation.bpmn_reader.globally import GLOBAL_TASKS, inner
from signoff.notation.bpmn_writer.leaf import name
from signoff.notation.xml.element import Element


def raised(
    made: Any, definitions: Mapping[str, Definition], read: Mapping[str, Definition], origin: Element
) -> None:
    """Replace the processes that were global tasks, as far as nothing but the task itself has changed."""
    for old in origin.all(*GLOBAL_TASKS):
        now, before = definitions.get(old.id), read.get(old.id)
        if now is None or before is None or replace(now, nodes=before.nodes) != before:
            continue
        process = next(one for one in made.iter(name("bpmn:process")) if one.get("id") == old.id)
        (task,) = [one for one in process if one.get("id") == inner(old.id)]
        task.tag = name(f"bpmn:{old.name}")
        task.attrib.pop("name", None)
        task.set("id", old.id)
        if old.get("name"):
            task.set("name", old.attributes["name"])
        made.replace(process, task)
