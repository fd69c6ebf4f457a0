"""A draft as the tree of its YAML file: keys in the order of the language, values as they will be written.

Owns what the importer emits (language §12). Must not know YAML syntax.
"""

from signoff.notation.table import order
from signoff.notation.table.draft import Draft, Step

Tree = dict[str, object]


def definition(draft: Draft) -> Tree:
    """The whole file; keys without content are left out."""
    stages, handlers = _steps(draft)
    tree: Tree = {
        "signoff": 1,
        "process": draft.id,
        "name": draft.name,
        "help": _help(draft.notes, draft.lang),
        "lang": draft.lang,
        "data": _data(draft),
        "dates": {event.id: event.tree() for event in draft.events.found.values()},
        "documents": _documents(draft),
        "roles": {id_: _role(draft, id_) for id_ in draft.roles.found},
        "defaults": _defaults(draft),
        "start": {"form": _form(draft)},
        "steps": stages,
        "upon": handlers,
    }
    return {key: value for key, value in tree.items() if value not in ("", [], {})}


def _help(notes: list[str], lang: str) -> str:
    return ("；" if lang == "zh" else "; ").join(notes)


def _data(draft: Draft) -> Tree:
    zh = draft.lang == "zh"
    found: Tree = {"title": {"type": "text", "name": "名称" if zh else "Title"}}
    if draft.modes:
        found["mode"] = {"one_of": ["online", "offline", "both"], "name": "活动形式" if zh else "Mode"}
    for event in draft.events.found.values():
        found.update(event.data(draft.lang))
    return found


def _form(draft: Draft) -> dict[str, list[str]]:
    """Who starts says what the process is called and when its dates are; the length of an event may be said."""
    fill = ["title", *(["mode"] if draft.modes else [])]
    edit = []
    for event in draft.events.found.values():
        fill.append(next(iter(event.data(draft.lang))))
        edit += [f"{event.stem}_days"] if event.window else []
    return {"fill": fill, **({"edit": edit} if edit else {})}


def _documents(draft: Draft) -> Tree:
    found: Tree = {}
    for id_, name in draft.documents.found.items():
        entry: Tree = {} if name == id_ else {"name": name}
        if sections := draft.documents.sections.get(id_):
            entry["sections"] = list(sections)
        if entry:
            found[id_] = entry
    return found


def _role(draft: Draft, id_: str) -> Tree:
    name = draft.roles.found[id_]
    resolver: Tree = {"is": "starter"} if id_ in draft.roles.starters else {"group": id_}
    return {**resolver, **({"name": name} if name != id_ else {})}


def _defaults(draft: Draft) -> Tree:
    """The ladder of every deadline: a reminder the working day before, then at it, then to the starter too."""
    if not any(step.due or step.unread for step in draft.steps):
        return {}
    zh = draft.lang == "zh"
    before, at, after = (
        ("到期前1个工作日", "到期", "到期后1个工作日")
        if zh
        else ("1 working day before due", "due", "1 working day after due")
    )
    rungs = [
        {"at": before, "notify": ["pending"]},
        {"at": at, "notify": ["pending"]},
        {"at": after, "notify": ["pending", "starter"]},
    ]
    return {"escalate": rungs}


def _steps(draft: Draft) -> tuple[list[object], list[object]]:
    """The blocks of the process, and its own handlers."""
    blocks: list[object] = []
    handlers: list[object] = []
    for run in order.runs(draft.steps):
        inside: list[object] = [
            _parallel(group, draft) if len(group) > 1 else _step(group[0], draft) for group in run.groups
        ]
        again = [_handler(step, draft) for step in run.again]
        if not run.stage or not inside:
            blocks += inside
            handlers += again
            continue
        name = draft.stages[run.stage]
        block: Tree = {"stage": run.stage, **({"name": name} if name != run.stage else {})}
        block["steps"] = inside
        blocks.append({**block, **({"upon": again} if again else {})})
    if not blocks:
        blocks, handlers = [_step(step, draft) for step in draft.steps], []
    return blocks, handlers


def _parallel(steps: list[Step], draft: Draft) -> Tree:
    word = "并行" if draft.lang == "zh" else "parallel"
    branches = [{"name": step.text, "steps": [_step(step, draft)]} for step in steps]
    return {"parallel": f"{steps[0].id}-{word}", "branches": branches}


def _handler(step: Step, draft: Draft) -> Tree:
    return {"every": step.every, "steps": [_step(step, draft)]}


def _step(step: Step, draft: Draft) -> Tree:
    zh = draft.lang == "zh"
    named = {word for id_, date in draft.events.words().items() for word in (id_, *date.names)}
    signs = any(entry.get("sign") for entry in step.approve)
    tree: Tree = {
        "step": step.id,
        "name": step.text if step.text != step.id and step.text not in named else "",
        "ref": f"第 {step.number} 行" if zh else f"row {step.number}",
        "help": _help(step.notes, draft.lang),
        "owner": step.owners[0] if len(step.owners) == 1 else list(step.owners),
        "opens": step.opens,
        "due": f"unreadable: {step.unread}" if step.unread else step.due,
        "delivers": list(step.delivers),
        "checklist": list(step.checklist),
        "approve": [dict(entry) for entry in step.approve],
        "binds": _form(draft)["fill"] if signs and not step.delivers else [],
        "cc": list(step.cc),
    }
    return {key: value for key, value in tree.items() if value not in ("", [])}
