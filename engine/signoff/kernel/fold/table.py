"""What the families of folds share: the type of their registers, the one erased place, and questions that fall away."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from signoff.kernel.events import Event
from signoff.kernel.state import Question, State

Folds = dict[type[Event], Callable[[State, Any, datetime], None]]


def drop_questions(state: State, falls: Callable[[Question], bool]) -> None:
    """Nobody needs the answer any more."""
    for question in [q for q in state.questions.values() if falls(q)]:
        del state.questions[question.id]
