"""A process full of personal data, an instance of it that has ended, and its erasure."""

import re
from typing import Any

from sqlalchemy import select

from signoff import Engine, PersonalErased
from signoff.store.schema import metadata
from tests.evidence.office import Office

HIRE = """
signoff: 1
process: hire
lang: en
types:
  child: {fields: {name: {type: text, personal: true}, age: integer}}
data:
  phone: {type: text, personal: true}
  born: {type: date, personal: true}
  wage: {type: money, personal: true, optional: true}
  children: {list_of: child, default: []}
  level: {type: integer, default: 3}
  dialled: {type: text, formula: phone}
documents:
  letter: {name: Letter, personal: true}
  plan: {name: Plan}
roles: {maker: {group: makers}, boss: {group: bosses}}
dates: {birth: {day: born, name: Birthday}}
start: {by: [maker], form: {fill: [phone, born], edit: [children]}}
steps:
  - step: write
    owner: maker
    due: 3 days after birth
    form: {fill: [level], edit: [wage]}
    delivers: [letter, plan]
    approve: [{by: boss, need: all, sign: key}]
    binds: [phone, dialled, level]
    return_to: [write]
"""
PHONE, BORN, CHILD, NOTE, PAPER = (
    "13912345678",
    "1999-12-31",
    "Xiaoming",
    "call him at home",
    b"Dear Sir, I was born",
)
SECRETS = (PHONE, BORN, CHILD, NOTE, "he has moved", "really so?", "91234.56")


def hire(office: Office, key: str = "H-1", *, ends: bool = True, **more: Any) -> str:
    data = {"phone": PHONE, "born": BORN, "children": [{"name": CHILD, "age": 7}]} | more
    engine = office.engine
    begun = engine.start("hire", data, by="ann", key=key, request_id=f"s-{key}", title=f"Mr Zhao, {PHONE}")
    instance = begun.instance
    engine.comment(instance, "he has moved", by="ann")
    engine.ask(begun.opened[0], "cid", "really so?", by="ann")
    papers = {"letter": PAPER, "plan": b"a plan"}
    office.pass_time()
    sent = engine.submit(
        begun.opened[0], by="ann", data={"level": 4, "wage": "91234.56"}, documents=papers, note=NOTE,
        request_id=f"w-{key}",
    )  # fmt: skip
    if ends:
        office.approve(sent.opened[0], "bob", note=NOTE)
        office.pass_time()
        assert office.approve(sent.opened[0], "cid").status == "completed"
    return instance


def erase(office: Office, instance: str, *names: str, reason: str = "asked to by him") -> PersonalErased:
    receipt = office.engine.erase(instance, names=names, by="root", reason=reason)
    (event,) = receipt.events
    assert isinstance(event, PersonalErased)
    return event


def everything(engine: Engine) -> str:
    """All rows of all tables as one text."""
    with engine.core.database.read() as handle:
        rows = [row for table in metadata.sorted_tables for row in handle.execute(select(table)).all()]
    return "\n".join(re.sub(r"\\\\u[0-9a-f]{4}", "", str(row)) for row in rows)
