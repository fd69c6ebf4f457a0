"""A whole file: the process, the processes that it calls, and what it declares. Must import nothing of signoff but what stands beside it."""

from random import Random

from signoff.testing.drawn.activity import Activities
from signoff.testing.drawn.around import ERRORS, RANKS, Around, Pencil
from signoff.testing.drawn.sheet import Sheet, whole

#: The id of the process that a random file is about; others in it are called by it.
PROCESS = "drawn"


def random_process(seed: int, *, size: int = 8) -> str:
    """A random BPMN process that can always be brought to its end, as the text of a file; the same for the same seed.

    `size`: about how many blocks it is made of. It is called `drawn` and reads the whole numbers `a`, `b`, `c` and `z`
    (to start with, 0) and the list `items`, which are given at the start; catch events wait for `z > 0`, loops end once
    `a`, `b` and `c` are 0. Messages are `m…`, each with one taker; signals `s1` to `s3`, errors `E1` to `E3` and
    escalations `C1` to `C3`.
    """
    pencil = Pencil(Random(seed), size)  # noqa: S311 - drawings are no secrets
    text, _ = Drawing(pencil).inside(Around(), Around(), (), whole=True)
    numbers = range(1, RANKS + 1)
    names = {
        "message": tuple(pencil.messages),
        "signal": tuple(f"s{n}" for n in numbers),
        "error": ERRORS,
        "escalation": tuple(f"C{n}" for n in numbers),
    }
    return whole({PROCESS: text, **pencil.processes}, names)


class Drawing(Activities):
    """Draws block after block until the pencil is used up."""

    def __init__(self, pencil: Pencil) -> None:
        self.pencil = pencil

    def block(self, sheet: Sheet, at: str, around: Around) -> str:
        """One block of any kind; a task when nothing is left."""
        self.pencil.left -= 1
        if self.pencil.left < 0:
            return self.task(sheet, at, around)
        flat = [self.task, self.task, self.catch, self.throw, self.throw]
        flat += [self.choice, self.parallel, self.inclusive, self.loop, self.first_event, self.link, self.net]
        deep = [self.sub_process] * 6 + [self.transaction] * 3 + [self.call] * 2 + [self.ad_hoc]
        return self.pencil.random.choice(flat + deep * bool(around.depth))(sheet, at, around)
