"""How a form is filled in on the command line: the options, and what they come to. Must not carry out anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from signoff import Engine
from signoff_cli import given
from signoff_cli.session import Misuse
from signoff_cli.verb import option
from signoff_cli.words import counted

_DATA = (
    option(
        "--set",
        "sets",
        metavar="NAME=VALUE",
        multiple=True,
        help="A field of the form; lists and mappings as YAML.",
    ),
    option(
        "--data",
        "file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Fields from a YAML or JSON file.",
    ),
)
_TASK = (
    option("--attach", metavar="NAME=FILE", multiple=True, help="A document, by its name or id."),
    option("--tick", metavar="ITEM", multiple=True, help="An item of the checklist, by its text or number."),
)
_ALL = option("--tick-all", "every", is_flag=True, help="Every item of the checklist.")


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody gives, as it was typed; each method raises Misuse or Invalid for what cannot be read."""

    sets: Sequence[str]
    file: Path | None
    attach: Sequence[str] = ()
    tick: Sequence[str] = ()
    every: bool = False

    @property
    def empty(self) -> bool:
        return not (self.sets or self.file or self.attach or self.tick or self.every)

    def data(self) -> dict[str, Any]:
        """The values of the fields."""
        return given.data(self.sets, self.file)

    def filled(self, engine: Engine, task: str) -> dict[str, Any]:
        """The arguments by which a task takes it."""
        documents = given.attachments(self.attach)
        return {"data": self.data(), "documents": documents, "ticks": self._ticks(engine, task)}

    def _ticks(self, engine: Engine, task: str) -> list[str]:
        """The items of the checklist that are ticked, by text."""
        if not self.tick and not self.every:
            return []
        items = _checklist(engine, task)
        return items if self.every else [_item(each, items) for each in self.tick]


def data_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a form of fields alone, given to the verb as `form`."""
    return _taking(function, *_DATA)


def task_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of the form of a task, given to the verb as `form`."""
    return _taking(function, *_DATA, *_TASK)


def whole_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """Those of a task that is handed in: the checklist can be ticked as a whole."""
    return _taking(function, *_DATA, *_TASK, _ALL)


def _taking(function: Callable[..., Any], *options: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(function)
    def taking(*arguments: Any, **said: Any) -> Any:
        own = {name: said.pop(name) for name in Form.__slots__ if name in said}
        return function(*arguments, form=Form(**own), **said)

    for each in reversed(options):
        each(taking)
    return taking


def _checklist(engine: Engine, task: str) -> list[str]:
    """The items of a task's checklist, as the definition writes them."""
    id, _, own = task.partition(":")
    definition = engine.definition_of(id)
    activity = engine.show(id).state.activities.get(own)
    node = definition.nodes.get(activity.node) if activity is not None else None
    return [each.item.get(definition.lang) for each in getattr(node, "checklist", ())]


def _item(said: str, items: Sequence[str]) -> str:
    if said.isdecimal():
        if 1 <= int(said) <= len(items):
            return items[int(said) - 1]
        raise Misuse(
            counted(
                "--tick {said}: the checklist has {n} item.",
                "--tick {said}: the checklist has {n} items.",
                len(items),
                said=said,
            )
        )
    return said
