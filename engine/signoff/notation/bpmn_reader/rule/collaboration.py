"""Rules about pools, message flows, conversations and imports (BPMN 2.0.2 §9)."""

from signoff.notation.bpmn_reader.index import Index, process_of
from signoff.notation.xml.element import Element
from signoff.notation.xml.namespace import MODEL
from signoff.notation.xml.report import Report


def _multiplicities(index: Index, report: Report) -> None:
    for element in index.all("participantMultiplicity"):
        least, most = _number(element.get("minimum", "0")), _number(element.get("maximum", "1"))
        if least is None or most is None or most < 1 or most < least:
            report.refuse(
                "bpmn_multiplicity", element, least=element.get("minimum"), most=element.get("maximum")
            )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _conversations(index: Index, report: Report) -> None:
    for element in index.all("globalConversation"):
        inside = element.all(
            "conversation", "subConversation", "callConversation", "participantAssociation",
            "messageFlowAssociation", "conversationAssociation", "association", "group", "textAnnotation",
        )  # fmt: skip
        if inside:
            report.refuse("bpmn_global_conversation", element, found=[one.name for one in inside])


def _message_flows(index: Index, report: Report) -> None:
    pools = {participant.get("processRef"): participant for participant in index.all("participant")}
    for flow in index.all("messageFlow"):
        source, target = index.find(flow.get("sourceRef")), index.find(flow.get("targetRef"))
        for attribute, found in (("sourceRef", source), ("targetRef", target)):
            if found is None:
                report.refuse("bpmn_flow_dangling", flow, attribute=attribute, name=flow.get(attribute))
        if source is None or target is None:
            continue
        if _pool(source, pools) is _pool(target, pools) is not None:
            report.refuse("bpmn_message_flow_inside", flow, source=source.id, target=target.id)
        if source.name == "startEvent":
            report.refuse("bpmn_message_flow_start", flow, name=source.id)
        if target.name == "endEvent":
            report.refuse("bpmn_message_flow_end", flow, name=target.id)


def _pool(element: Element, pools: dict[str, Element]) -> Element | None:
    if element.name == "participant":
        return element
    process = process_of(element)
    return pools.get(process.id, process) if process is not None else None


def _imports(index: Index, report: Report) -> None:
    """Files are read by themselves; what another one defines has to be deployed with it."""
    for element in index.all("import"):
        if element.get("importType") == MODEL:
            report.warn("bpmn_import", element, name=element.get("location"))


COLLABORATION = (_multiplicities, _conversations, _message_flows, _imports)
