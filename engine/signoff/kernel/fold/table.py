"""The type of a register of fold functions: the one erased place, each function takes its own event class."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signoff.kernel.events import Event
from signoff.kernel.state import State

Folds = dict[type[Event], Callable[[State, Any, datetime], None]]
