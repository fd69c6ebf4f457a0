"""A BPMN file of ten thousand elements: read, judged, and written, in less than two seconds and 300 MB."""

import resource
import time

import pytest

from signoff.notation.bpmn_reader import Verdict, survey
from signoff.notation.bpmn_writer import write
from tests.bpmn.large import large

pytestmark = pytest.mark.bench
SECONDS, MEGABYTES = 2.0, 300


def test_ten_thousand_elements_are_read_judged_and_written():
    text = large()
    began = time.process_time()
    found = survey(text)
    read = time.process_time() - began
    written = write(*found.definitions)
    spent = time.process_time() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (definition,) = found.definitions
    print(f"\n{len(definition.nodes) + len(definition.flows)} elements, {len(text) / 1e6:.1f} MB: ", end="")
    print(f"read {read:.2f} s, read and written {spent:.2f} s, {most:.0f} MB")
    assert len(definition.nodes) + len(definition.flows) >= 10_000 - 25
    assert found.verdict is Verdict.RUNS
    assert spent < SECONDS
    assert most < MEGABYTES
    assert survey(written).definitions == found.definitions
