"""The process that is played where the reader names no table: the shipped marketing campaign.

Must not ask the engine.
"""

from pathlib import Path

import signoff_workflows
from signoff import Definition, read_definition
from signoff_cli.demo.script import Script, scripted
from signoff_cli.source import text_of

NAME = "marketing_campaign"


def flagship() -> tuple[Path, Definition, Script]:
    """Its file, its definition, and its script."""
    source, lines = signoff_workflows.path(NAME), signoff_workflows.demo(NAME)
    assert lines is not None, "the script is shipped with the process"
    return source, read_definition(text_of(source), file=source.name).definition, scripted(lines)
