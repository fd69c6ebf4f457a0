"""The people around a desk, what the directory says of them, and the head of every story's YAML."""

from datetime import datetime
from typing import Any

from signoff.kernel import commands as c
from signoff.kernel.state import Person
from signoff.model.definition import Definition
from signoff.model.gate import Strength
from signoff.model.types import Declaration, Kind, Scalar, Text
from signoff.notation.yaml.context import Context
from signoff.notation.yaml.keys import PROCESS_FILE
from signoff.notation.yaml.process import _definition, _shaped
from signoff.notation.yaml.report import Report
from signoff.runtime.calendars import build

CALENDARS = {"CN": build("CN", range(2025, 2029))}
GROUPS = {
    "workers": ("amy", "ben", "cat"),
    "bosses": ("xia", "yan", "zoe"),
    "lawyers": ("leo", "liu"),
    "nobody": (),
}
LEADS = {"xia": ("workers",), "zoe": ("bosses",)}
MANAGERS = {"amy": "xia", "ben": "xia", "xia": "zoe"}
HEAD = """
signoff: 1
process: {key}
lang: en
roles:
  requester: {{is: starter}}
  worker: {{group: workers}}
  boss: {{group: bosses}}
  lawyer: {{group: lawyers}}
  nobody: {{group: nobody}}
  worker-lead: {{lead_of: worker}}
  amy: {{person: amy}}
  ben: {{person: ben}}
  xia: {{person: xia}}
  yan: {{person: yan}}
  zoe: {{person: zoe}}
  leo: {{person: leo}}
"""
NOON = datetime.fromisoformat("2026-08-31T12:00+08:00")


TEXT = Scalar(Kind.TEXT)
#: What stories may call: its key, and that is all a caller needs to know of it.
CALLED = {"inner": Definition("inner", Text(en="inner"), {}, {}, data={"given": Declaration("given", TEXT)})}


def person(id: str, role: str = "") -> Person:
    groups = tuple(g for g, members in GROUPS.items() if id in members)
    return Person(id, id.title(), groups=groups, role=role)


def actor(id: str, auth: Strength = Strength.ATTESTED) -> c.Actor:
    """Who acts; `root` is the administrator."""
    return c.Actor(
        id,
        frozenset(person(id).groups),
        id.title(),
        auth,
        admin=id == "root",
        leads=frozenset(LEADS.get(id, ())),
    )


def resolve(term: list[Any]) -> list[Person]:
    """The people of one term (see `kernel.roster`)."""
    match term:
        case ["person", id]:
            return [person(id)]
        case ["people", ids]:
            return [person(id) for id in ids]
        case ["group", name]:
            return [person(id) for id in GROUPS[name]]
        case ["role", role, inner]:
            return [person(p.id, role) for p in resolve(inner)]
        case ["except", inner, ids]:
            return [p for p in resolve(inner) if p.id not in ids]
        case ["else", inner, fallback]:
            return resolve(inner) or resolve(fallback)
        case ["admins"]:
            return [person("root")]
        case ["lead_of", inner]:
            led = {inner[1]} if inner[0] == "group" else {g for p in resolve(inner) for g in p.groups}
            return [person(id) for id, groups in LEADS.items() if led & set(groups)]
        case ["manager_of", inner, levels]:
            found = [p.id for p in resolve(inner)]
            for _ in range(levels):
                found = [MANAGERS[id] for id in found if id in MANAGERS]
            return [person(id) for id in found]
    raise AssertionError(term)


def process(text: str, key: str = "p") -> Definition:
    """The definition of a YAML text; a text that names no process gets HEAD in front.

    Without the analysis of the model: the kernel has to be right on whatever it is given.
    """
    whole = text if "process:" in text.split("steps:", maxsplit=1)[0] else HEAD.format(key=key) + text
    report = Report("story.yaml")
    root = _shaped(whole, report, PROCESS_FILE, "process")
    assert root is not None, report.problems
    definition = _definition(Context(report, root, CALLED, lang="en"))
    errors = [str(problem) for problem in report.problems if not problem.warning]
    assert not errors, errors
    return definition


def paper(given: Any) -> c.Attachment:
    """A document: its content as text, or (content, file name, sections)."""
    content, name, *sections = (given, "paper.docx") if isinstance(given, str) else given
    headings = tuple(sections[0]) if sections else ()
    return c.Attachment(sha256=f"sha-{content}", size=len(content), name=name, sections=headings)
