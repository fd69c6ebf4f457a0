"""Folds of what people do beside work and votes."""

from datetime import datetime

from signoff.kernel.events import aside as e
from signoff.kernel.fold.table import Folds
from signoff.kernel.state import Inquiry, State


def urged(state: State, event: e.Urged, at: datetime) -> None:
    for key in [key for key, when in state.urged.items() if when <= event.forget]:
        del state.urged[key]
    for person in event.people:
        state.urged[f"{event.target}|{person}"] = at


def copy_read(state: State, event: e.CopyRead, _at: datetime) -> None:
    state.copies[event.person].read = True


def commented(_state: State, _event: e.Commented, _at: datetime) -> None:
    """For the record: no decision asks for it."""


def information_asked(state: State, event: e.InformationAsked, at: datetime) -> None:
    state.inquiries[event.id] = Inquiry(
        event.id, event.target, event.node, event.by, event.person, event.text, at
    )


def information_given(state: State, event: e.InformationGiven, _at: datetime) -> None:
    del state.inquiries[event.question]


def information_dropped(state: State, event: e.InformationDropped, _at: datetime) -> None:
    del state.inquiries[event.question]


def overridden(_state: State, _event: e.Overridden | e.Moved, _at: datetime) -> None:
    """For the record; what follows from it are events of their own."""


def personal_erased(_state: State, _event: e.PersonalErased, _at: datetime) -> None:
    """For the record: the values are gone from the events before, so what is folded from them has none."""


FOLDS: Folds = {
    e.Urged: urged,
    e.CopyRead: copy_read,
    e.Commented: commented,
    e.InformationAsked: information_asked,
    e.InformationGiven: information_given,
    e.InformationDropped: information_dropped,
    e.Overridden: overridden,
    e.PersonalErased: personal_erased,
    e.Moved: overridden,
}
