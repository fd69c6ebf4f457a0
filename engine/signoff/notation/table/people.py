"""The skeleton of a people file: one placeholder per role and an administrator, so that an imported process can run at once.

Owns the placeholders. Must not know tables.
"""

from signoff.notation.table import emit
from signoff.notation.table.draft import Draft
from signoff.notation.table.name import identifier, unique


def skeleton(draft: Draft, login: str = "") -> str:
    """The people file of a draft; a role that decides on what it does itself gets two people.

    `login` goes to the first who has to sign, else to the administrator: acting without `--as` is then attested.
    """
    zh = draft.lang == "zh"
    groups = [id_ for id_ in draft.roles.found if id_ not in draft.roles.starters]
    people: dict[str, object] = {}
    for group in groups:
        for number in range(1, _needed(draft, group) + 1):
            entry = {"name": "（填写姓名）" if zh else "(fill in the name)", "groups": [group]}
            people[identifier(f"{group}-{number}")] = entry
    admin: dict[str, object] = {
        "name": "（填写姓名）" if zh else "(fill in the name)",
        "groups": [],
        "admin": True,
    }
    people[unique("管理员" if zh else "administrator", set(people))] = admin
    if login:
        signs = _signer(draft)
        holder = people.get(identifier(f"{signs}-1"), admin) if signs else admin
        assert isinstance(holder, dict), "each person is a map"
        holder["logins"] = [login]
    tree: dict[str, object] = {
        "signoff_people": 1,
        "groups": {group: {"name": draft.roles.found[group]} for group in groups},
        "people": people,
    }
    lines = ["signoff_people: 1"]
    for key in ("groups", "people"):
        entries = tree[key]
        assert isinstance(entries, dict), "both are maps"
        lines += (
            ["", f"{key}:", *(line for k, v in entries.items() for line in emit.pair(k, v, 2))]
            if entries
            else []
        )
    return "\n".join(lines) + "\n"


def _signer(draft: Draft) -> str:
    """The first group whose signature a step demands."""
    for step in draft.steps:
        for entry in step.approve:
            if entry.get("sign"):
                by = entry["by"]
                return str(by[0] if isinstance(by, list) else by)
    return ""


def _needed(draft: Draft, group: str) -> int:
    """How many people a group needs before no gate waits for somebody who does not exist."""
    counts = [1]
    for step in draft.steps:
        for entry in step.approve:
            by = entry["by"] if isinstance(entry["by"], list) else [entry["by"]]
            need = entry.get("need")
            if group in by:
                counts.append((need if isinstance(need, int) else 1) + (group in step.owners))
    return max(counts)
