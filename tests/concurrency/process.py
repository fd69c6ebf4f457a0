"""The processes in which two meet, and their people. Must import nothing."""

from typing import Any

AT = "2027-02-01T08:00Z"
PEOPLE: dict[str, dict[str, Any]] = {
    "amy": {"groups": ["makers"], "manager": "bob"},
    "ann": {"groups": ["makers"], "manager": "bob"},
    "art": {"groups": ["makers"], "manager": "bob"},
    "bob": {"groups": ["heads"]},
    "bea": {"groups": ["heads"]},
    "ben": {"groups": ["heads"]},
    "bud": {"groups": ["heads"]},
    "eve": {"groups": ["readers"]},
    "dan": {"admin": True},
}
MEETING = """\
signoff: 1
process: meeting
lang: en
calendar: PLAIN
zone: UTC
data:
  amount: {type: money, min: 0}
  note: {type: text, optional: true}
  number: {type: integer, default: 0}
documents: {plan: {name: Plan}}
roles:
  makers: {group: makers}
  heads: {group: heads}
  readers: {group: readers}
start: {by: [makers], form: {fill: [amount]}}
steps:
  - {step: plan, owner: makers, checklist: [Planned]}
  - step: work
    owner: makers
    due: within 2 days
    escalate: [{at: due, level: L1, notify: [pending]}]
    form: {edit: [note]}
    delivers: [plan]
    cc: [readers]
    require: [{id: R1, rule: "amount < 1000", says: Too dear, waive: [heads]}]
    return_to: [plan]
    approve:
      - by: heads
        need: 2
        declined: return
        allow: [transfer, delegate, take_back, withdraw, abstain, add_before, add_beside, add_after]
        add_from: [makers]
        transfer_to: [makers]
    upon:
      - {after: 5 days, id: overtime, interrupts: true, steps: [{step: hurry, owner: heads, checklist: [Done]}]}
  - {step: look, owner: makers, checklist: [Looked]}
  - run: book
    handler: office.book
    with: {sum: amount}
    errors: [full]
    returns: {fields: {number: integer}}
    set: {number: result.number}
    upon: [{error: full, steps: [{step: by-hand, owner: makers, form: {fill: [number]}}]}]
"""
CHOICE = """\
signoff: 1
process: choice
lang: en
calendar: PLAIN
zone: UTC
roles:
  makers: {group: makers}
  chosen: {picked_by: makers, among: makers}
start: {by: [makers]}
steps:
  - {step: begin, owner: makers, checklist: [Begun]}
  - {step: later, owner: makers, opens: 1 day after begin, lapses: 3 days after opened, checklist: [Done]}
  - {step: carry, owner: chosen, checklist: [Carried]}
"""
FAVOUR = """\
signoff: 1
process: favour
lang: en
calendar: PLAIN
zone: UTC
roles:
  makers: {group: makers}
  heads: {group: heads}
start: {by: [makers]}
steps:
  - step: errand
    owner: makers
    checklist: [Run]
    upon:
      - {request: skip, by: [makers], interrupts: true, approve: [{by: heads, need: 1}]}
"""
POST = """\
<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <message id="paid" name="paid"/>
  <escalation id="dear" escalationCode="dear"/>
  <process id="post" isExecutable="true">
    <startEvent id="begin"/>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="sorting"/>
    <adHocSubProcess id="sorting" ordering="Sequential">
      <userTask id="stamp" camunda:candidateGroups="makers"/>
      <userTask id="weigh" camunda:candidateGroups="makers"/>
    </adHocSubProcess>
    <sequenceFlow id="f2" sourceRef="sorting" targetRef="money"/>
    <receiveTask id="money" messageRef="paid"/>
    <boundaryEvent id="waited" attachedToRef="money">
      <timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f3" sourceRef="money" targetRef="deliver"/>
    <sequenceFlow id="f4" sourceRef="waited" targetRef="deliver"/>
    <serviceTask id="deliver"/>
    <boundaryEvent id="expensive" attachedToRef="deliver">
      <escalationEventDefinition escalationRef="dear"/>
    </boundaryEvent>
    <sequenceFlow id="f5" sourceRef="deliver" targetRef="over"/>
    <sequenceFlow id="f6" sourceRef="expensive" targetRef="talk"/>
    <userTask id="talk" camunda:candidateGroups="makers"/>
    <sequenceFlow id="f7" sourceRef="talk" targetRef="over"/>
    <endEvent id="over"/>
  </process>
</definitions>
"""
