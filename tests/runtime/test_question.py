"""What a person is asked at a gate, and what may be answered there."""

from signoff import question
from signoff.testing import Case

PLAN = """
signoff: 1
process: plan
lang: en
roles: {maker: {group: makers}, boss: {group: bosses}, reader: {group: readers}}
steps:
  - step: write
    owner: maker
  - step: settle
    owner: maker
    approve:
      - parallel:
          - {by: boss, need: all}
          - {by: reader, as: acknowledge}
    return_to: [write]
"""
PEOPLE = {
    "ann": {"groups": ["makers"]},
    "bob": {"groups": ["bosses"]},
    "bea": {"groups": ["bosses"]},
    "rita": {"groups": ["readers"]},
}


def test_only_who_judges_is_offered_to_send_back() -> None:
    case = Case.load(PLAN, people=PEOPLE).start(by="ann")
    case.submit("write", by="ann")
    case.submit("settle", by="ann")
    engine = case.box.engine
    gate = engine.locate(f"{case.instance}/settle")

    def offered() -> dict[str, tuple[str, ...]]:
        return {who: question(engine.core, gate, who).return_to for who in PEOPLE}

    assert offered() == {"ann": (), "bob": ("write",), "bea": ("write",), "rita": ()}
    case.approve("settle", by="bob")
    assert offered()["bob"] == (), "a vote is not changed"
