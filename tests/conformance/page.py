"""Writes docs/conformance.md: `python -m tests.conformance.page > docs/conformance.md`, where the data are there."""

from collections import Counter

from tests.bpmn.conformance import cases
from tests.conformance import reasons

HEAD = """# Conformance

Cases made by others, each played by the tests on a `Sandbox` (`tests/conformance/`). A case that is not passed stands
here with its reason; a test fails when one of them passes after all, and when any other does not. This page is made
from the tests.
"""


def page() -> str:
    """The page, from the cases and the reasons."""
    flowable, patterns, constraints = cases("flowable"), cases("patterns"), cases("constraints")
    valid = [case for case in constraints if case["valid"]]
    agreed = [case for case in flowable if case["consensus"]]
    missed = [case for case in flowable if reasons.of_flowable(case)]
    traces = Counter(reasons.of_pattern(case) for case in patterns)
    lines = [
        HEAD,
        "| cases | passed | of |\n|---|---|---|",
        f"| behaviour on which engines agree | {len(agreed)} | {len(agreed)} |",
        f"| behaviour, all | {len(flowable) - len(missed)} | {len(flowable)} |",
        f"| traces of patterns and elements | {traces['']} | {len(patterns)} |",
        f"| static constraints, valid models accepted | {len(valid) - len(reasons.CONSTRAINTS)} | {len(valid)} |",
        f"| static constraints, invalid models found where they are invalid | {len(constraints) - len(valid)} | {len(constraints) - len(valid)} |",
        "\n## Behaviour that is not as the case says\n\n| case | reason |\n|---|---|",
        *(f"| `{case['id']}` | {reasons.of_flowable(case)} |" for case in missed),
        "\n## Traces that are not as the case says\n\n| case | reason |\n|---|---|",
        *(
            f"| `{case['id']}` | {reasons.of_pattern(case)} |"
            for case in patterns
            if reasons.of_pattern(case) not in ("", reasons.CONFLICTING)
        ),
        f"| {traces[reasons.CONFLICTING]} cases on `CallActivity_Process` and `ExclusiveGateway` | {reasons.CONFLICTING} |",
        (
            "\n## Valid models of the constraints that are refused\n\nThe constraints look at the form. These models have it, and"
            "\nnobody could run them: what runs here has a meaning, all else is refused by name."
            "\n\n| model | reason |\n|---|---|"
        ),
        *(f"| `{file}` | {reason} |" for file, (_, reason) in reasons.CONSTRAINTS.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page())
