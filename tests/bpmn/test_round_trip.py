"""Read, write, read: an equal model, a valid file, the diagram and everything that others put into it."""

from collections import Counter
from dataclasses import replace

import pytest
from lxml import etree

from signoff.errors import Invalid
from signoff.model.types import Text
from signoff.notation import yaml
from signoff.notation.bpmn_reader import survey
from signoff.notation.bpmn_reader.index import FLOW_NODES
from signoff.notation.bpmn_writer import write
from signoff.notation.interchange import drawn
from signoff.store.codec import encode_definition
from tests.bpmn.conformance import cases, models, needs_data
from tests.bpmn.sample import file, process
from tests.bpmn.schema import is_valid
from tests.house.source import ROOT

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OWN = "{https://signoff.dev/bpmn/1.0}"
WORKFLOWS = sorted((ROOT / "workflows" / "signoff_workflows").rglob("*.yaml"))


def definitions(text):
    found = survey(text)
    return {one.id: one for one in (*found.definitions, *found.drawn)}


def foreign(text):
    """How often each element occurs that is neither BPMN's nor signoff's."""
    tree = etree.fromstring(text.encode() if isinstance(text, str) else text)
    tags = [one.tag for one in tree.iter(etree.Element)]
    return Counter(tag for tag in tags if not tag.startswith((MODEL, OWN)))


def elements(text):
    """The nodes, flows and conditions of BPMN by id; those that could not be read, too."""
    tree = etree.fromstring(text.encode() if isinstance(text, str) else text)
    kinds = {f"{MODEL}{name}" for name in (*FLOW_NODES, "sequenceFlow", "conditionExpression", "messageFlow")}
    return {one.get("id") for one in tree.iter(etree.Element) if one.tag in kinds} - {None}


@pytest.mark.parametrize("path", [p for p in WORKFLOWS if "scenarios" not in p.name], ids=lambda p: p.stem)
def test_a_definition_born_in_yaml_comes_back_equal(path):
    called = yaml.read(path.with_name("department_set_up.yaml").read_text("utf-8")).definition
    definition = yaml.read(path.read_text("utf-8"), known={called.id: called}).definition
    written = write(definition)
    assert definitions(written) == {definition.id: definition}
    assert encode_definition(definitions(written)[definition.id]) == encode_definition(definition)
    assert is_valid(written)
    assert not survey(written, known={called.id: called}).errors


@needs_data
@pytest.mark.parametrize("path", list(models("miwg")), ids=lambda p: p.stem)
def test_a_reference_model_comes_back_as_it_was(path):
    source = path.read_bytes()
    before = definitions(source)
    assert before
    written = write(*before.values(), origin=source)
    assert definitions(written) == before
    assert foreign(written) == foreign(source)


@needs_data
@pytest.mark.parametrize("path", list(models("miwg")), ids=lambda p: p.stem)
def test_a_reference_model_that_was_changed_keeps_its_diagram_and_its_extensions(path):
    source = path.read_bytes()
    changed = definitions(source)
    last = changed[next(reversed(changed))]
    first = next(iter(last.nodes.values()))
    nodes = {**last.nodes, first.id: replace(first, label=Text(en="Changed"))}
    changed[last.id] = replace(last, nodes=nodes)
    written = write(*changed.values(), origin=source)
    assert definitions(written) == changed
    assert is_valid(written)
    assert not foreign(source) - foreign(written)
    assert not elements(source) - elements(written)


@needs_data
def test_every_model_that_runs_comes_back_equal_without_the_file_it_came_from():
    paths = [*models("flowable"), *models("betsy")]
    assert len(paths) > 200 or not cases("flowable")
    for path in paths[::5]:  # the rest under the exhaustive mark
        comes_back(path)


@needs_data
@pytest.mark.exhaustive
def test_every_single_model_comes_back():
    for path in (*models("flowable"), *models("betsy"), *models("bpmnspector"), *models("miwg")):
        comes_back(path)


def comes_back(path):
    before = definitions(path.read_bytes())
    if before:
        written = write(*before.values())
        assert definitions(written) == before, path.name
        for id, definition in before.items():  # so that it is the same version, too
            assert encode_definition(definitions(written)[id]) == encode_definition(definition)
        assert is_valid(written), path.name


PLAIN = """signoff: 1
process: {process}
lang: en
roles: {{all: {{group: staff}}}}
steps:
  - {{step: {step}, owner: all, checklist: [Done]}}
  - {{step: other, owner: all, checklist: [Done]}}
"""


@pytest.mark.parametrize(
    ("process", "step"), [("travel", "travel"), ("diagram", "plane"), ("x", "definitions"), ("x", "other_di")]
)
def test_ids_of_the_file_give_way_to_those_of_the_process(process, step):
    made = yaml.read(PLAIN.format(process=process, step=step)).definition
    written = write(made)
    assert definitions(written) == {process: made}
    assert is_valid(written)
    assert drawn(written, process=process) is not None
    changed = replace(made, label=Text(en="Changed"))
    assert definitions(write(changed, origin=written)) == {process: changed}


def test_two_processes_with_the_same_steps_need_two_files():
    both = [yaml.read(PLAIN.format(process=name, step="one")).definition for name in ("a", "b")]
    with pytest.raises(Invalid, match="have end, one, other, start in common"):
        write(*both)


def test_lanes_in_lanes_come_back():
    inner = "<childLaneSet id='c'><lane id='l2' name='In'><flowNodeRef>t</flowNodeRef></lane></childLaneSet>"
    lanes = f"<laneSet id='l'><lane id='l1' name='Out'><flowNodeRef>t</flowNodeRef>{inner}</lane></laneSet>"
    before = definitions(file(process("p", lanes, "<userTask id='t'/>")))
    written = write(*before.values())
    assert definitions(written) == before
    assert is_valid(written)
