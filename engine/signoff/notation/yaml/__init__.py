"""The YAML notation: processes and scenarios as people write them (reference: language).

Text in, a definition of the model out, or all problems at once. May import model, time, errors and sentences;
never a sibling notation.
"""

from signoff.notation.yaml.process import Read, read, read_scenarios, sketch
from signoff.notation.yaml.scenario import Action, Scenario
from signoff.notation.yaml.schema import json_schema

__all__ = ["Action", "Read", "Scenario", "json_schema", "read", "read_scenarios"]
