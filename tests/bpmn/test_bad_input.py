"""Bad files are refused with place and reason, everything in one pass; hostile ones are never expanded or followed."""

import time

import pytest

from signoff.errors import InvalidDefinition
from signoff.notation.bpmn_reader import read, survey
from signoff.notation.xml.scan import DEEPEST, MOST_ELEMENTS
from tests.bpmn.sample import file, flow, process

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
START = "<startEvent id='s'/>"
BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def problems(source):
    found = survey(source, file="x.bpmn")
    return [(p.code, p.place.line, p.params.get("element")) for p in found.problems if not p.warning]


def codes(source):
    return [code for code, _, _ in problems(source)]


@pytest.mark.parametrize(
    "head",
    [
        f"{BOMB}]>",
        '<!DOCTYPE d SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d PUBLIC "-//X//Y" "http://127.0.0.1/x.dtd">',
        '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]>',
    ],
)
def test_a_doctype_is_refused_at_its_place_before_anything_is_expanded(head):
    text = f'<?xml version="1.0"?>\n{head}\n<definitions xmlns="{MODEL}"/>'
    (problem,) = survey(text, file="x.bpmn").problems
    assert (problem.code, str(problem.place)) == ("bpmn_doctype", "x.bpmn:2:1")


def test_an_entity_without_a_doctype_is_no_xml():
    assert codes(file(process("p", "<startEvent id='s' name='&lol;'/>"))) == ["bpmn_xml"]


def test_ten_thousand_nested_sub_processes_are_refused_where_they_get_too_deep():
    inside = "\n".join(f"<subProcess id='n{n}'>" for n in range(10_000))
    text = file(process("p", inside, "</subProcess>" * 10_000))
    began = time.process_time()
    ((code, line, _),) = problems(text)
    assert code == "bpmn_too_deep"
    assert line == DEEPEST + 2  # definitions and process stand around them, after the declaration
    assert time.process_time() - began < 1


def test_a_file_of_too_many_elements_is_refused():
    text = file(process("p", "<task/>" * (MOST_ELEMENTS + 1)))
    assert codes(text) == ["bpmn_too_many"]


@pytest.mark.parametrize("text", ["<!--" * 200_000, "<?" * 200_000, "<a " * 200_000, "<![CDATA[" * 100_000])
def test_what_is_never_closed_costs_no_time(text):
    began = time.process_time()
    assert survey(text).problems
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "text", ["", " ", "no xml", "<", "<a", "<a><b></a>", "<a/><b/>", "</a>", "<a b='1' b='2'/>", "\x00"]
)
def test_what_is_no_xml_is_refused_with_a_place(text):
    (problem,) = survey(text, file="x.bpmn").problems
    assert problem.code in {"bpmn_xml", "bpmn_unclosed"}
    assert problem.place.line >= 1


def test_another_kind_of_xml_is_refused():
    assert codes("<html><body/></html>") == ["bpmn_root"]
    assert codes(f'<process xmlns="{MODEL}"/>') == ["bpmn_root"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "iso-8859-1"])
def test_every_encoding_that_a_file_declares_is_read(encoding):
    name = "审批" if encoding != "iso-8859-1" else "Prüfung"
    text = file(process("p", f"<startEvent id='s' name='{name}'/>")).replace(
        "UTF-8", encoding.partition("-le")[0].partition("-be")[0]
    )
    (definition,) = read(text.encode(encoding)).definitions
    assert definition.nodes["s"].label.get("zh") == name


def test_a_byte_order_mark_says_how_a_file_is_written():
    text = file(process("p", START))
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        assert read(text.encode(encoding)).definitions[0].id == "p"


def test_a_wrong_encoding_is_refused_at_the_first_byte_that_does_not_fit():
    text = file(process("p", "<startEvent id='s' name='审批'/>"))
    (problem,) = survey(text.encode("gb18030"), file="x.bpmn").problems
    assert (problem.code, problem.place.line, problem.place.column) == ("bpmn_encoding", 4, 26)


@pytest.mark.parametrize("name", ["klingon", "rot13", "unicode_escape", "utf-7", "idna", "zip"])
def test_an_encoding_that_is_none_is_refused(name):
    text = file(process("p", START)).replace("UTF-8", name)
    assert codes(text.encode()) == ["bpmn_encoding_unknown"]


def test_two_elements_of_one_id_are_refused_at_the_second():
    text = file(process("p", START, "<task id='s'/>"))
    assert ("bpmn_id_twice", 5, "s") in problems(text)


def test_everything_is_found_in_one_pass():
    text = file(
        process(
            "p",
            START,
            flow("s", "nowhere"),
            "<exclusiveGateway id='g'/>",
            flow("s", "g"),
            flow("g", "a", id="one"),
            flow("g", "b", id="two"),
            "<task id='a'/><subProcess id='b'><startEvent id='c'/></subProcess>",
            flow("a", "c", id="crosses"),
            "<boundaryEvent id='e' attachedToRef='gone'><messageEventDefinition messageRef='m'/></boundaryEvent>",
        )
    )
    found = {(code, element) for code, _, element in problems(text)}
    assert found >= {
        ("bpmn_flow_dangling", "s-nowhere"),
        ("bpmn_flow_no_condition", "one"),
        ("bpmn_flow_no_condition", "two"),
        ("bpmn_flow_crosses", "crosses"),
        ("bpmn_boundary_host", "e"),
        ("bpmn_message_undeclared", "e"),
    }


def test_an_element_that_bpmn_does_not_know_is_refused():
    text = file(process("p", START, flow("s", "x"), "<teleportTask id='x'/>"))
    assert ("bpmn_element", 6, "x") in problems(text)


@pytest.mark.parametrize("name", ["choreographyTask", "globalTask", "subChoreography", "callChoreography"])
def test_an_element_of_another_kind_of_diagram_is_refused_in_a_process(name):
    assert ("bpmn_misplaced", 5, "x") in problems(file(process("p", START, f"<{name} id='x'/>")))


def test_the_error_lists_every_problem_with_file_line_and_column():
    text = file(process("p", START, "<task/>", flow("s", "a"), flow("s", "b")))
    with pytest.raises(InvalidDefinition) as refused:
        read(text, file="orders.bpmn")
    lines = str(refused.value).splitlines()
    assert [line.split(" ")[0] for line in lines if "bpmn_flow_dangling" in line] == [
        "orders.bpmn:6:1:",
        "orders.bpmn:7:1:",
    ]


def test_an_expression_without_end_is_told_in_short():
    found = survey(
        file(process("p", "<task id='a'/>", flow("a", "b", "${" + "(" * 9000 + "}"), "<task id='b'/>"))
    )
    (problem,) = found.errors
    assert problem.code == "bpmn_expression"
    assert len(problem.sentence("en")) < 400
