"""The JSON Schema of the language, made from the same tables that check a file.

It is as strict as JSON Schema can be; what it cannot say (ids, types, flow) `read` says. May import its siblings.
"""

from typing import Any

from signoff.notation.yaml.keys import PROCESS_FILE, SCENARIO_FILE, SHAPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "signoff process, format 1"


def json_schema() -> dict[str, Any]:
    """The schema of a process or of a file of scenarios, as JSON values."""
    return {
        "$schema": DIALECT,
        "title": TITLE,
        "description": "A process of the signoff language, or the scenarios of one.",
        "if": {"required": ["scenarios_of"]},
        "then": SCENARIO_FILE.schema(),
        "else": PROCESS_FILE.schema(),
        "$defs": {name: value.schema() for name, value in SHAPES.items()},
    }
