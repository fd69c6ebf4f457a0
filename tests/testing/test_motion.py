"""What approvers do besides voting, with a `Case`: by step and by person, like every verb of the test kit."""

import pytest

from signoff.errors import NotAllowed
from signoff.testing import Case

BUY = """
signoff: 1
process: buy
lang: en
data: {amount: {type: integer, default: 5}}
roles: {maker: {group: makers}, boss: {group: bosses}}
start: {by: [maker]}
steps:
  - gate: check
    binds: [amount]
    approve:
      - by: boss
        need: all
        declined: end
        allow: [transfer, delegate, take_back, withdraw, abstain, add_before, add_beside, add_after]
  - {step: file, owner: maker, checklist: [Filed]}
"""
PEOPLE = {
    "amy": {"groups": ["makers"]},
    "abe": {"groups": ["makers"]},
    "bob": {"groups": ["bosses"]},
    "cho": {"groups": ["bosses"]},
}


@pytest.fixture
def buy() -> Case:
    return Case.load(BUY, people=PEOPLE).start(by="amy")


def test_an_opinion_is_asked_for_and_comes_back(buy: Case) -> None:
    buy.delegate("check", "amy", by="bob")
    with pytest.raises(NotAllowed):
        buy.approve("check", by="bob")
    buy.advise("check", "go ahead", by="amy", advice="yes")
    buy.approve("check", by="bob")
    buy.approve("check", by="cho")
    assert buy.active == {"file": 1}


def test_signers_come_and_go(buy: Case) -> None:
    buy.add_signers("check", "abe", by="bob", place="before")
    buy.remove_signer("check", "abe", by="bob")
    buy.approve("check", by="bob")
    buy.take_back("check", by="bob")
    buy.approve("check", by="bob")
    buy.approve("check", by="cho")
    buy.take_back("check", by="cho")
    assert buy.active == {"check": 1}
    buy.abstain("check", by="cho")
    assert buy.status == "declined"


def test_work_is_handed_over_by_its_step(buy: Case) -> None:
    for who in ("bob", "cho"):
        buy.approve("check", by=who)
    buy.claim("file", by="amy")
    buy.transfer("file", "abe", by="amy")
    buy.submit("file", by="abe")
    assert buy.status == "completed"


def test_work_that_was_sent_back_is_handed_over_by_its_step() -> None:
    step = "{step: file, owner: maker, checklist: [Filed], approve: [{by: boss}]}"
    text = BUY[: BUY.index("  - gate")] + f"  - {step}\n"
    file = Case.load(text, people=PEOPLE).start(by="amy")
    file.submit("file", by="amy")
    file.return_to("file", "file", by="bob")
    file.claim("file", by="amy")
    file.transfer("file", "abe", by="amy")
    file.submit("file", by="abe")
    file.approve("file", by="bob")
    assert file.status == "completed"
