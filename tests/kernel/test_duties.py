"""Separation of duties: whoever prepared what a vote is bound to has no vote on it, by whichever way he did."""

import pytest

from signoff.errors import InvalidDefinition, NotAllowed
from signoff.kernel.state import Status
from signoff.notation.yaml import read
from tests.kernel.desk import Desk
from tests.kernel.people import process

LATER = """
data:
  x: {type: integer, optional: true}
  twice: {type: integer, formula: "x * 2"}
start: {form: {edit: [x]}}
steps:
  - step: write
    owner: [worker, boss]
    form: {edit: [x]}
    checklist: [done]
    approve: {by: lawyer}
  - gate: last
    binds: [BOUND]
    approve: {by: boss, need: any, declined: return to write}
    return_to: [write]
"""


def refused(desk: Desk, node: str, by: str) -> None:
    with pytest.raises(NotAllowed) as found:
        desk.approve(node, by)
    assert found.value.code == "own_work"


def test_who_wrote_an_earlier_round_of_a_step_has_no_vote_at_a_later_gate() -> None:
    desk = Desk(LATER.replace("BOUND", "x")).start()
    desk.submit("write", by="xia", ticks=["done"], x=5)
    desk.return_to("write", "write", "leo")
    desk.submit("write", by="amy", ticks=["done"])
    desk.approve("write", "leo")
    assert desk.asked("last") == {"yan", "zoe"}
    refused(desk, "last", "xia")


def test_who_wrote_before_a_return_has_no_vote_after_it() -> None:
    desk = Desk(LATER.replace("BOUND", "x")).start()
    desk.submit("write", by="xia", ticks=["done"], x=5)
    desk.approve("write", "leo")
    desk.return_to("last", "write", "yan")
    desk.submit("write", by="amy", ticks=["done"])
    desk.approve("write", "leo")
    refused(desk, "last", "xia")


def test_who_wrote_what_a_bound_value_is_computed_from_has_no_vote() -> None:
    desk = Desk(LATER.replace("BOUND", "twice")).start()
    desk.submit("write", by="xia", ticks=["done"], x=5)
    desk.approve("write", "leo")
    refused(desk, "last", "xia")


def test_who_filled_bound_data_in_at_the_start_has_no_vote() -> None:
    desk = Desk(LATER.replace("BOUND", "x")).start(by="xia", x=5)
    desk.submit("write", by="amy", ticks=["done"])
    desk.approve("write", "leo")
    refused(desk, "last", "xia")


def test_who_started_without_writing_what_is_bound_has_a_vote() -> None:
    desk = Desk(LATER.replace("BOUND", "x")).start(by="xia")
    desk.submit("write", by="amy", ticks=["done"], x=5)
    desk.approve("write", "leo")
    desk.approve("last", "xia")
    assert desk.status is Status.COMPLETED


def test_who_wrote_bound_data_beside_has_no_vote_while_his_own_step_is_decided() -> None:
    desk = Desk("""
data: {x: {type: integer, optional: true}}
steps:
  - parallel: work
    branches:
      - steps:
          - step: other
            owner: boss
            form: {edit: [x]}
            checklist: [done]
            approve: {by: lawyer}
      - steps:
          - step: main
            owner: worker
            checklist: [done]
            binds: [x]
            approve: {by: boss, need: any}
""").start()
    desk.submit("other", by="xia", ticks=["done"], x=3)
    desk.submit("main", by="amy", ticks=["done"])
    refused(desk, "main", "xia")


def test_a_vote_that_stood_over_a_return_falls_when_the_voter_hands_the_work_in() -> None:
    desk = Desk("""
defaults: {resume: smart}
data: {x: {type: integer, default: 1}}
steps:
  - step: write
    owner: [worker, boss]
    form: {edit: [x]}
    approve:
      - {by: boss}
      - {by: lawyer}
""").start()
    desk.submit("write", by="amy")
    desk.approve("write", "xia")
    desk.return_to("write", "write", "leo")
    desk.submit("write", by="xia")
    assert desk.asked("write") == {"yan", "zoe"}


@pytest.mark.parametrize("resume", ["smart", "direct"])
def test_a_gate_is_passed_unasked_only_by_votes_of_those_who_have_not_done_the_work_since(
    resume: str,
) -> None:
    text = f"""
data: {{x: {{type: integer, default: 1}}}}
steps:
  - {{step: write, owner: [worker, boss], form: {{edit: [x]}}}}
  - {{gate: check, binds: [x], approve: [{{by: boss, need: 2, declined: end}}]}}
  - gate: release
    binds: [x]
    resume: {resume}
    return_to: [write]
    approve: [{{by: lawyer, declined: end}}]
"""
    desk = Desk(text).start()
    desk.submit("write", by="amy")
    desk.approve("check", "xia")
    desk.approve("check", "yan")
    desk.return_to("release", "write", "leo")
    desk.submit("write", by="ben")
    assert desk.waiting == {"release": 1}
    desk.return_to("release", "write", "leo")
    desk.submit("write", by="xia", x=1)
    assert desk.waiting == {"check": 1}
    assert desk.asked("check") == {"yan", "zoe"}


def test_whom_only_a_directory_knows_cannot_be_left_out_and_is_refused_before() -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read("""
signoff: 1
process: p
lang: en
roles:
  worker: {group: workers}
  boss: {group: bosses}
  chief: {manager_of: worker}
steps:
  - step: write
    owner: worker
    checklist: [Done]
    approve: {by: boss, not_by: [chief]}
""")
    assert [problem.code for problem in refused.value.problems if not problem.warning] == ["G02"]


EACH = """
data:
  names: {list_of: text, default: [a, b]}
  got: {list_of: text, default: []}
steps:
  - each: who
    item: it
    in: names
    data: {answer: {type: text, optional: true}}
    collect: {got: answer}
    TURN
    steps:
      - {step: ask, owner: [worker, boss], form: {edit: [answer]}}
  - gate: last
    binds: [got]
    approve: {by: boss, need: any, declined: end}
"""


@pytest.mark.parametrize("turn", ["in_turn: false", "in_turn: true"])
def test_who_wrote_what_an_each_collects_has_no_vote_on_the_collection(turn: str) -> None:
    desk = Desk(EACH.replace("TURN", turn)).start()
    desk.submit("ask", by="xia", answer="mine")
    desk.submit("ask", by="amy", answer="hers")
    assert desk.values("got") == ["mine", "hers"]
    assert desk.asked("last") == {"yan", "zoe"}
    refused(desk, "last", "xia")


OVER = """
data: {names: {list_of: text, default: [a, b]}}
steps:
  - {step: list, owner: [worker, boss], form: {edit: [names]}}
  - each: who
    item: it
    in: names
    TURN
    steps:
      - gate: check
        binds: [it]
        approve: {by: boss, need: any, declined: end}
"""


@pytest.mark.parametrize("turn", ["in_turn: false", "in_turn: true"])
def test_who_wrote_a_list_has_no_vote_on_its_items(turn: str) -> None:
    desk = Desk(OVER.replace("TURN", turn)).start()
    desk.submit("list", by="xia", names=["c", "d"])
    for _ in ("c", "d"):
        assert desk.asked("check") == {"yan", "zoe"}
        refused(desk, "check", "xia")
        desk.approve("check", "zoe")
    assert desk.status is Status.COMPLETED


INNER = """
data: {given: {type: text}, word: {type: text, optional: true}}
returns: [word]
steps:
  - {step: say, owner: [worker, boss], form: {edit: [word]}}
  - gate: check
    binds: [given]
    approve: {by: boss, need: any, declined: end}
"""
OUTER = """
data: {x: {type: text, default: a}, back: {type: text, optional: true}}
steps:
  - {step: write, owner: [worker, boss], form: {edit: [x]}}
  - call: go
    process: inner
    with: {given: "x"}
    set: {back: result.word}
  - gate: last
    binds: [back]
    approve: {by: boss, need: any, declined: end}
"""


def test_who_wrote_what_a_called_process_gets_or_gives_back_has_no_vote_on_it() -> None:
    desk = Desk(OUTER, process(INNER, "inner")).start()
    desk.submit("write", by="xia", x="b")
    desk.submit("say", by="yan", word="done")
    assert desk.asked("check") == {"yan", "zoe"}
    desk.approve("check", "zoe")
    assert desk.values("back") == "done"
    assert desk.asked("last") == {"xia", "zoe"}
    refused(desk, "last", "yan")
