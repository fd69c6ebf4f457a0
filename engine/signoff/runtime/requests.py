"""The verbs of `Engine` for what people ask for: request, withdraw a request, reschedule; and what dates would come to.

Each builds its command and calls `execute`, like those of `verbs`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from signoff.errors import Invalid, NotFound
from signoff.kernel import asides as a
from signoff.kernel.commands import SYSTEM
from signoff.kernel.critical import Room
from signoff.kernel.foresight import Foresight, Shift, foresee
from signoff.kernel.missing import Missing
from signoff.kernel.request import Offer, offers
from signoff.kernel.run import Run
from signoff.model.nodes import RequestEvent
from signoff.read import instance as instances
from signoff.read.timeline import TimelineRow
from signoff.runtime import reference
from signoff.runtime.execution import Receipt
from signoff.runtime.prospect import read_dates
from signoff.runtime.verbs import By, said
from signoff.runtime.versions import Versions


class Requests(Versions):
    """What takes effect only once it is approved."""

    def request(
        self,
        instance: str,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: By,
        reason: str = "",
        position: int = 0,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Ask for something that the definition offers by this name; all goes on until it is approved.

        `position`: in which occurrence of an `each`, where there are several.
        """
        command = a.Request(instance=instance, request=name, data=data or {}, reason=reason, position=position,
                            **said(self._actor(by, connection), request_id))  # fmt: skip
        return self.execute(command, connection=connection)

    def withdraw_request(
        self,
        instance: str,
        name: str,
        *,
        by: By,
        reason: str = "",
        position: int = 0,
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Who asked asks no more, as long as it has not taken effect; everything is as if nobody had asked."""
        command = a.WithdrawRequest(instance=instance, request=name, reason=reason, position=position,
                                    **said(self._actor(by, connection), request_id))  # fmt: skip
        return self.execute(command, connection=connection)

    def reschedule(
        self,
        instance: str,
        dates: Mapping[str, Any] | date | str,
        *,
        by: By,
        data: Mapping[str, Any] | None = None,
        reason: str = "",
        request_id: str = "",
        connection: Connection | None = None,
    ) -> Receipt:
        """Ask for other dates by the request `reschedule` of the process: all or nothing, once it is approved.

        A single date is that of the only one that the request moves; `data` is the rest of its form.
        """
        moved = self._dates(instance, dates)
        given = {**(data or {}), **moved}
        return self.request(
            instance, "reschedule", given, by=by, reason=reason, request_id=request_id, connection=connection
        )

    def offers(self, instance: str) -> list[Offer]:
        """What may be asked for there now, by whom, and what has been asked and is not decided."""
        from signoff.kernel.elements.register import BEHAVIOURS  # noqa: PLC0415 - few ask

        with self.core.database.read() as handle:
            state = instances.show(handle.connection, instance).state
            if state.ended_at is not None:
                return []
            world, now = reference.world(self.core, handle.connection), self.core.now(handle)
            return list(offers(Run(world, state, BEHAVIOURS, actor=SYSTEM, at=now)))

    def foresee(self, instance: str, dates: Mapping[str, Any] | date | str) -> Foresight:
        """What other dates would come to: every deadline before and after, conflicts, what would be stale.

        Nothing is changed. Raises Invalid for what is no date that deadlines hang on.
        """
        moved = self._dates(instance, dates)
        with self.core.database.read() as handle:
            state = instances.show(handle.connection, instance).state
            world = reference.world(self.core, handle.connection)
            now = self.core.now(handle)
            return foresee(world, state, read_dates(world.definition(state.version), moved), now)

    def crowded(self, id: str) -> list[Missing]:
        """Days on which deadlines come together only because the days that they name are not worked."""
        with self.core.database.read() as handle:
            state = instances.show(handle.connection, id).state
            world = reference.world(self.core, handle.connection)
            return list(reference.crowded(world, state, self.core.now(handle)))

    def timeline_if(self, instance: str, dates: Mapping[str, Any] | date | str) -> list[TimelineRow]:
        """The timeline as it would be with other dates; nothing is changed."""
        found = self.foresee(instance, dates)
        shifts = {shift.step: shift for shift in found.shifts if shift.standing != "done"}
        rows = self.timeline(instance)
        return [
            replace(
                _shifted(row, shifts.get(row.step), found.rooms.get(row.step)),
                provisional=row.done_at is None and row.step in found.provisional,
            )
            for row in rows
        ]

    def gantt(self, *instances: str, dates: Mapping[str, Any] | None = None, lang: str = "zh") -> str:
        """A Gantt chart as SVG: of one instance, or of several in one chart (all that run, where none is named).

        `dates`: of one instance, as it would be with these.
        """
        from signoff.notation.picture import gantt as picture  # noqa: PLC0415 - costs an import that few need
        from signoff.runtime import gantt  # noqa: PLC0415 - so does this

        running = [row.id for row in self.instances(status="running", limit=100)]
        ids = instances or tuple(reversed(running))
        brief, plans, calendar, today = len(ids) > 1 or not instances, [], None, self.now().date()
        for id in ids:
            shown, definition = self.show(id), self.definition_of(id)
            row = shown.row
            rows = self.timeline_if(id, dates) if dates else self.timeline(id)
            with self.core.database.read() as handle:
                world = reference.world(self.core, handle.connection)
                calendar = world.calendar(row.version, shown.state.calendars)
                today = calendar.day_of(self.core.now(handle))
            title = row.title if row.title == row.key or not row.key else f"{row.key}  {row.title}"
            plans.append(gantt.plan(title, definition, rows, calendar, today=today, lang=lang, brief=brief))
        head = plans[0].title if len(plans) == 1 else _OVERVIEW["zh" if lang == "zh" else "en"]
        free = gantt.days_off(calendar, plans, today) if calendar is not None else frozenset()
        return picture.chart(head, plans, today=today, lang=lang, free=free)

    def _dates(self, instance: str, dates: Mapping[str, Any] | date | str) -> Mapping[str, Any]:
        if isinstance(dates, Mapping):
            return dates
        definition = self.definition_of(instance)
        handler = definition.requests.get("reschedule")
        event = handler.event if handler is not None else None
        moves = event.moves if isinstance(event, RequestEvent) else ()
        if not moves:
            known = sorted(definition.requests)
            raise NotFound("no_such_request", request="reschedule", known=known)
        if len(moves) > 1:
            raise Invalid("which_date", names=list(moves))
        return {moves[0]: dates}


_OVERVIEW = {"zh": "全部进行中的事项", "en": "Everything under way"}


def _shifted(row: TimelineRow, shift: Shift | None, room: Room | None) -> TimelineRow:
    if shift is None or row.done_at is not None:
        return row
    late = shift.late or (row.late and shift.after == row.due)
    moved = replace(row, due=shift.after, late=late)
    if room is None:
        return moved
    return replace(moved, slack=room.slack, critical=room.critical, earliest=room.earliest)
