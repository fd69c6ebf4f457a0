"""Rules about links: a pair of events of one scope that stand for a sequence flow (BPMN 2.0.2 §10.5.5.8).

A pair is found by `target` and `source`, else by the name that both have. May import `index` and `report`.
"""

from signoff.notation.bpmn_reader.index import Index, plain, scope_of
from signoff.notation.xml.element import Element
from signoff.notation.xml.report import Report


def ends(index: Index) -> tuple[list[Element], list[Element]]:
    """The link definitions of throwing events, and those of catching events."""
    links = index.all("linkEventDefinition")
    catching = [link for link in links if _holder(link) == "intermediateCatchEvent"]
    return [link for link in links if _holder(link) == "intermediateThrowEvent"], catching


def target_of(index: Index, link: Element) -> Element | None:
    """The catching definition that a throwing one leads to: in its own scope, else None."""
    written = link.words("target")
    if written:
        found = index.find(written, "linkEventDefinition")
        return found if found is not None and scope_of(found) is scope_of(link) else None
    name = link.get("name")
    return next(
        (one for one in ends(index)[1] if one.get("name") == name and scope_of(one) is scope_of(link)), None
    )


def _targets(index: Index, report: Report) -> None:
    throwing, catching = ends(index)
    for link in throwing:
        found = target_of(index, link)
        if found is None:
            report.refuse("bpmn_link_target", link, name=link.words("target") or link.get("name"))
        elif (sources := _sources(found)) and link.id not in sources:
            report.refuse("bpmn_link_source_missing", link, name=found.id)
    reached = {id(found) for link in throwing if (found := target_of(index, link)) is not None}
    for link in catching:
        if id(link) not in reached:
            report.refuse("bpmn_link_no_source", link, name=link.get("name"))
    _ambiguous(report, catching)


def _ambiguous(report: Report, catching: list[Element]) -> None:
    seen: set[tuple[int, str]] = set()
    for link in catching:
        key = (id(scope_of(link)), link.get("name"))
        if key in seen and not _sources(link):
            report.refuse("bpmn_link_twice", link, name=link.get("name"))
        seen.add(key)


def _sources(link: Element) -> set[str]:
    return {plain(source.text) for source in link.all("source")}


def _holder(link: Element) -> str:
    return link.parent.name if link.parent is not None else ""


LINK = (_targets,)
