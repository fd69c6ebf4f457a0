"""An administrator who has prepared what is decided on does not choose who decides on it (I1, I8)."""

from collections.abc import Callable

import pytest

from signoff.errors import NotAllowed
from signoff.testing import Case

PROCESS = """
signoff: 1
process: purchase
lang: en
data: {price: {type: integer}}
roles: {maker: {group: makers}, boss: {group: bosses}, aide: {group: aides}}
start: {by: [maker]}
steps:
  - step: write
    owner: maker
    form: {fill: [price]}
    approve: [{by: boss, need: NEED, allow: [transfer], transfer_to: [aide]}]
"""
PEOPLE = {
    "root": {"admin": True, "groups": ["makers"]},
    "lea": {"admin": True},
    "bob": {"groups": ["bosses"]},
    "cid": {"groups": ["bosses"]},
    "pal": {"groups": ["aides"]},
}


def hand_over(case: Case, by: str) -> None:
    for row in case.box.engine.hand_over("bob", "pal", by=by):
        if row.refusal is not None:
            raise row.refusal


def appoint(case: Case, by: str) -> None:
    case.assign("write", "pal", by=by)


@pytest.mark.parametrize(("need", "choose"), [("any", hand_over), ("3", appoint)])
def test_who_prepared_it_does_not_choose_who_decides(need: str, choose: Callable[[Case, str], None]) -> None:
    case = Case.load(PROCESS.replace("NEED", need), people=PEOPLE).start(by="root")
    case.submit("write", {"price": 5}, by="root")
    with pytest.raises(NotAllowed) as refused:
        choose(case, "root")
    assert refused.value.code == "own_work"
    choose(case, "lea")
