"""Random BPMN processes that are sound by construction: whatever happens in them, they can be brought to their end.

`random_process` gives the text of a file. `sheet` writes elements, `flow` draws what tokens do, `activity` what takes
time, `handler` what happens beside it. Must import nothing of signoff.
"""

from signoff.testing.drawn.process import PROCESS, random_process

__all__ = ["PROCESS", "random_process"]
