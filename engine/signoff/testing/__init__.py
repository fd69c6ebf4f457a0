"""The test kit: processes under test, with the real engine, a virtual clock and nothing faked. Needs no pytest.

`Sandbox` holds several definitions and instances, `Case` is the usual one of each; `run` and `run_all` play the
scenarios of a file; `random_process` draws processes to try things on. May import everything of signoff but the command line and the pages.
"""

from signoff.testing.case import Case
from signoff.testing.drawn import random_process
from signoff.testing.result import Result
from signoff.testing.sandbox import Sandbox
from signoff.testing.scenario import run
from signoff.testing.suite import Suite, run_all

__all__ = ["Case", "Result", "Sandbox", "Suite", "random_process", "run", "run_all"]
