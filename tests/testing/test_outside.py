"""Messages, signals and start events in a sandbox: across instances, buffered, and counted once."""

from pathlib import Path

import pytest

from signoff.errors import NotFound
from signoff.testing import Sandbox

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">'
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
{HEAD}
  <message id="m" name="paid"/>
  <signal id="s" name="stop"/>
  <process id="waiting" isExecutable="true">
    <startEvent id="start"/>
    <userTask id="before"/>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <userTask id="after"/>
    <boundaryEvent id="stopped" attachedToRef="after"><signalEventDefinition signalRef="s"/></boundaryEvent>
    <userTask id="rest"/>
    <endEvent id="end"/>
    <endEvent id="end2"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="before"/>
    <sequenceFlow id="f2" sourceRef="before" targetRef="wait"/>
    <sequenceFlow id="f3" sourceRef="wait" targetRef="after"/>
    <sequenceFlow id="f4" sourceRef="after" targetRef="end"/>
    <sequenceFlow id="f5" sourceRef="stopped" targetRef="rest"/>
    <sequenceFlow id="f6" sourceRef="rest" targetRef="end2"/>
  </process>
  <process id="begun" isExecutable="true">
    <startEvent id="heard"><signalEventDefinition signalRef="s"/></startEvent>
    <userTask id="look"/>
    <endEvent id="over"/>
    <sequenceFlow id="g1" sourceRef="heard" targetRef="look"/>
    <sequenceFlow id="g2" sourceRef="look" targetRef="over"/>
  </process>
  <process id="daily" isExecutable="true">
    <startEvent id="tick"><timerEventDefinition><timeCycle>R3/PT10H</timeCycle></timerEventDefinition></startEvent>
    <userTask id="job"/>
    <endEvent id="done"/>
    <sequenceFlow id="h1" sourceRef="tick" targetRef="job"/>
    <sequenceFlow id="h2" sourceRef="job" targetRef="done"/>
  </process>
</definitions>
"""


@pytest.fixture
def box() -> Sandbox:
    found = Sandbox(at="2027-01-01T00:00Z")
    found.deploy(MODEL)
    return found


def test_a_message_is_for_one_taker_the_oldest(box: Sandbox) -> None:
    for _ in range(2):
        box.start("waiting")
        box.complete("before")
    assert box.active == {"wait": 2}
    assert box.message("paid", {"sum": 3}) is None
    assert box.active == {"wait": 1, "after": 1}


def test_a_message_that_nobody_takes_is_refused_or_waits_as_long_as_it_says(box: Sandbox) -> None:
    with pytest.raises(NotFound):
        box.message("paid")
    box.message("paid", key="", keep="PT1H")
    box.start("waiting")
    box.complete("before")
    assert box.active == {"after": 1}, "it was there before whoever takes it"
    box.message("paid", key="", keep="PT1H")
    box.advance("PT2H")
    box.start("waiting")
    box.complete("before")
    assert box.active == {"after": 1, "wait": 1}, "its time had run out"


def test_a_message_counts_once_under_its_id(box: Sandbox) -> None:
    for _ in range(2):
        box.start("waiting")
        box.complete("before")
    box.message("paid", key="", id="tx-1")
    box.message("paid", key="", id="tx-1")
    assert box.active == {"wait": 1, "after": 1}


def test_a_signal_reaches_everybody_and_starts_what_begins_with_it(box: Sandbox) -> None:
    for _ in range(2):
        box.start("waiting")
        box.complete("before")
        box.message("paid")
    started = box.signal("stop")
    assert box.active == {"rest": 2, "look": 1}
    assert started is not None
    assert started.active == {"look": 1}


def test_a_timer_starts_as_many_instances_as_it_says(box: Sandbox) -> None:
    box.advance("P3D")
    assert box.active == {"job": 3}


def test_start_events_belong_to_the_version_that_is_current(box: Sandbox) -> None:
    box.deploy(
        MODEL.replace('signalRef="s"/></startEvent>', 'signalRef="other"/></startEvent>').replace(
            '<signal id="s"', '<signal id="other" name="go"/><signal id="s"'
        )
    )
    assert box.signal("stop") is None
    assert box.signal("go") is not None


def test_what_the_store_keeps_beside_an_instance_can_be_made_again(box: Sandbox) -> None:
    case = box.start("waiting")
    box.complete("before")
    assert box.engine.verify().findings == ()
    assert case.active == {"wait": 1}


def test_the_model_can_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bpmn"
    path.write_text(MODEL, encoding="utf-8")
    found = Sandbox(at="2027-01-01T00:00Z")
    assert len(found.deploy(path)) == 3


def test_why_says_what_an_element_waits_for() -> None:
    model = MODEL.replace(
        '<userTask id="before"/>',
        '<eventBasedGateway id="before"/><receiveTask id="r" messageRef="m"/>'
        '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="s"/></intermediateCatchEvent>'
        '<sequenceFlow id="n1" sourceRef="before" targetRef="r"/>'
        '<sequenceFlow id="n2" sourceRef="before" targetRef="c"/>'
        '<sequenceFlow id="n3" sourceRef="r" targetRef="after"/>'
        '<sequenceFlow id="n4" sourceRef="c" targetRef="after"/>',
    )
    model = model.replace('<sequenceFlow id="f2" sourceRef="before" targetRef="wait"/>', "")
    model = model.replace(
        '<intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>',
        "",
    ).replace('<sequenceFlow id="f3" sourceRef="wait" targetRef="after"/>', "")
    box = Sandbox(at="2027-01-01T00:00Z")
    box.deploy(model)
    case = box.start("waiting")
    assert box.active == {"before": 1}
    (reason,) = box.engine.why(case.instance)
    assert [each.code for each in reason.missing] == ["message_to_come", "signal_to_come"]
    box.message("paid", at="r")
    assert box.active == {"after": 1}
