"""What a behaviour is made of, and the parts that many elements share by doing nothing.

Must import kernel.run only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signoff.kernel.run import Run
from signoff.kernel.state import Activity


def no_resume(_run: Run, activity: Activity, _inner: str) -> None:
    raise AssertionError(f"{activity.node} has no inside")


def no_stop(_run: Run, _activity: Activity) -> None:
    """Nothing lies inside."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A behaviour of plain functions."""

    enter: Callable[[Run, str, Any, str], str]
    resume: Callable[[Run, Activity, str], None] = no_resume
    stop: Callable[[Run, Activity], None] = no_stop
