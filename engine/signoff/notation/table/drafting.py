"""A process put together from the rows of a table, with what was made of every cell.

Owns the order of understanding: names of steps and owners first, then deadlines, documents and remarks, which may
speak of them. The result is written by `tree`. Must not write YAML.
"""

import re
from collections.abc import Iterable

from signoff.notation.table import order, remark
from signoff.notation.table.deadline import Deadline, is_date, lengths, offset, understand
from signoff.notation.table.demand import Kind
from signoff.notation.table.draft import Draft, Step
from signoff.notation.table.event import Events
from signoff.notation.table.finding import Finding, note, understood, unreadable
from signoff.notation.table.heading import Column
from signoff.notation.table.name import bracketed, identifier, nothing, people, unique, unnumbered
from signoff.notation.table.owner import Roles
from signoff.notation.table.record import Record, Records
from signoff.notation.table.sheet import Cell, plain
from signoff.time.relative import parse_when
from signoff.time.words import RESERVED, Words


def drafted(records: Records, *, process: str, lang: str) -> Draft:
    """The process that the rows describe."""
    draft = Draft(process, records.title, lang, Roles(lang), Events(lang), notes=list(records.notes))
    draft.findings.extend(records.findings)
    _Drafting(draft, records.rows).run()
    draft.findings.sort(key=lambda finding: finding.cell.key)
    return draft


def _not_due(step: Step, cell: Cell, words: Words) -> Finding:
    """What to write instead, where it can be seen what was meant."""
    said = {"text": cell.text, "step": step.id}
    if is_date(cell.text):
        return unreadable(cell, "table_due_is_date", **said)
    if found := lengths(cell.text, words):
        return unreadable(cell, "table_due_is_length", within=found[0], before=found[1], **said)
    return unreadable(cell, "table_not_due", **said)


class _Drafting:
    def __init__(self, draft: Draft, rows: list[Record]) -> None:
        self.draft = draft
        self.rows = rows
        self.of: list[tuple[Record, Step]] = []
        self.words = Words()
        self._stages: dict[str, str] = {}

    def run(self) -> None:
        self._find_events()
        self._name_steps()
        for each in (self._owner, self._documents, self._deadline):
            for record, step in self.of:
                each(record, step)
        for record, step in self.of:
            self._people(record, step)
            self._remarks(record, step)
            self._others(record, step)
        for record, step in self.of:
            if not record.continues and not step.owners:
                step.owners = [self.draft.roles.starter()]
        self._arrange()

    def _arrange(self) -> None:
        arranged = order.runs(self.draft.steps)
        for step in order.apart(arranged):
            if step.cell:
                step.keep(
                    f"与第{step.beside}行并行"
                    if self.draft.lang == "zh"
                    else f"in parallel with row {step.beside}"
                )
                self._say(note(step.cell, "table_not_beside", row=step.beside))
        for before, step in order.pairs(arranged):
            one, two = offset(before.due, self.words), offset(step.due, self.words)
            if step.cell and one and two and one[0] == two[0] and two[1] < one[1]:
                step.backwards = True
                self._say(unreadable(step.cell, "table_due_backwards", step=before.id))
        for step in order.hostless(arranged):
            if step.cell:
                self._say(note(step.cell, "table_without_host", step=step.id))

    def _say(self, finding: Finding) -> None:
        self.draft.findings.append(finding)

    # Names

    def _find_events(self) -> None:
        texts = [
            c.text for r in self.rows for k in (Column.DUE, Column.OPENS, Column.REMARK) for _, c in r.all(k)
        ]
        names = [cell.text for row in self.rows if (cell := row.cell(Column.STEP))]
        self.draft.events.scan(texts)
        dates = _spoken(self.draft.events)
        self.words = self._words(
            {identifier(name): (name,) for name in names if identifier(name) and name not in dates}
        )
        if ahead := _ahead(self.rows, self.words, names):
            for name in ahead:
                self.draft.events.name(name, identifier(name))
            dates |= _spoken(self.draft.events)
            kept = {id_: of for id_, of in self.words.steps.items() if not {id_, *of} & dates}
            self.words = self._words(kept)
        self.draft.events.keep(
            _used(texts, self.words), early=any(remark.EARLY.search(text) for text in texts)
        )

    def _words(self, steps: dict[str, tuple[str, ...]]) -> Words:
        return Words(self.draft.events.words(), steps)

    def _name_steps(self) -> None:
        dates = _spoken(self.draft.events)
        taken = {*RESERVED, *dates}
        for record in self.rows:
            cell = record.cell(Column.STEP)
            assert cell is not None, "a record has a step"
            if record.continues:
                self.of.append((record, self.draft.steps[-1]))
                continue
            text = " ".join(unnumbered(cell.text).split())
            step = Step(unique(identifier(text) or "step", taken), text, _number(record), "", cell=cell)
            step.stage = self._stage(record, taken)
            self.draft.steps.append(step)
            self.of.append((record, step))
            self._say(understood(cell, "table_is_step", id=step.id, row=step.number))
        self.words = self._words(
            {step.id: () if step.text in dates else (step.text,) for step in self.draft.steps}
        )

    def _stage(self, record: Record, taken: set[str]) -> str:
        name = " ".join(record.stage.split())
        if not name or record.stage_cell is None or not identifier(name):
            return ""
        last = self.draft.steps[-1].stage if self.draft.steps else ""
        if self._stages.get(last) == name:
            return last
        id_ = unique(identifier(name), taken)
        self._stages[id_] = self.draft.stages[id_] = name
        self._say(understood(record.stage_cell, "table_is_stage", id=id_))
        return id_

    # Cells

    def _owner(self, record: Record, step: Step) -> None:
        cell = record.cell(Column.OWNER)
        if cell is None or nothing(cell.text):
            if not record.continues and not record.all(Column.OWNER) and step.cell:
                self._say(note(step.cell, "table_no_owner", role=self.draft.roles.starter()))
            return
        if record.continues and cell.filled:
            return
        found = self.draft.roles.read(cell.text)
        step.owners += [role for role in found if role not in step.owners]
        for text in bracketed(cell.text):
            step.keep(text)
            self._say(note(cell, text=text))
        self._say(
            understood(cell, "table_is_owner", roles=found) if found else unreadable(cell, "table_not_owner")
        )

    def _documents(self, record: Record, step: Step) -> None:
        for _, cell in record.all(Column.DOCUMENT):
            if record.continues and cell.filled:
                continue
            found, rest = self.draft.documents.read(cell.text)
            step.delivers += [id_ for id_ in found if id_ not in step.delivers]
            for text in rest:
                step.keep(text)
                self._say(note(cell, text=text))
            if found:
                self._say(understood(cell, "table_is_document", documents=found))
            elif not rest:
                self._say(understood(cell, "table_is_nothing"))

    def _deadline(self, record: Record, step: Step) -> None:
        cell, start = record.cell(Column.DUE), record.cell(Column.OPENS)
        for one in (cell, start):
            if one is not None and nothing(one.text) and plain(one.text).lower() not in ("tbd", "待定"):
                self._say(understood(one, "table_is_nothing"))
            elif one is not None and not (record.continues and one.filled):
                self._when(step, one, opens=one is start)

    def _when(self, step: Step, cell: Cell, *, opens: bool) -> None:
        found = understand(cell.text, self.words)
        if found is None or (opens and not found.due) or (not opens and _other(step, found)):
            step.unread = "; ".join(filter(None, (step.unread, " ".join(cell.text.split()))))
            self._say(_not_due(step, cell, self.words))
        elif opens:
            step.opens = found.due
            self._say(understood(cell, "table_is_opens", phrase=found.due))
        else:
            step.due, step.every, step.opens = found.due, found.every, found.opens or step.opens
            self._say(_when_said(cell, found))

    def _people(self, record: Record, step: Step) -> None:
        """Columns that name who approves, reviews or is told."""
        for kind, heading, cell in record.cells:
            if kind not in (Column.APPROVER, Column.REVIEWER, Column.COPY) or (
                record.continues and cell.filled
            ):
                continue
            names = people(cell.text)
            if not names:
                self._say(understood(cell, "table_is_nothing"))
            elif kind is Column.COPY:
                step.cc += [role for role in self.draft.roles.read(cell.text) if role not in step.cc]
                self._say(understood(cell, "table_is_copy", roles=step.cc))
            else:
                meaning = "review" if kind is Column.REVIEWER else "approve"
                need = "any" if re.search(r"或|\bor\b", cell.text) else "each" if len(names) > 1 else "any"
                entries = remark.entries(
                    self.draft.roles, names, need, meaning, sign="sign" in heading.lower() or "签" in heading
                )
                step.approve += entries
                self._say(understood(cell, "table_is_approval", entry=remark.spoken(entries)))

    def _remarks(self, record: Record, step: Step) -> None:
        for _, cell in record.all(Column.REMARK):
            if record.continues and cell.filled:
                continue
            if nothing(cell.text):
                self._say(understood(cell, "table_is_nothing"))
                continue
            for demand in remark.demands(cell.text, self.draft.roles, self.words):
                if demand.kind is Kind.MODES:
                    self.draft.modes = True
                for finding in remark.apply(demand, step, cell, self.draft, self.words):
                    self._say(finding)

    def _others(self, record: Record, step: Step) -> None:
        for kind, heading, cell in record.cells:
            if kind is Column.OTHER and not nothing(cell.text):
                step.keep(" ".join(cell.text.split()), " ".join(heading.split()))
                self._say(note(cell, text=cell.text))
            elif kind is Column.NUMBER:
                self._say(understood(cell, "table_is_number", row=step.number))


def _ahead(given: list[Record], words: Words, names: list[str]) -> list[str]:
    """Rows that an earlier row, or the row itself, counts from: 开班前60天 hangs on the date of 开班, not on its end."""
    ids = [identifier(name) for name in names]
    rows = [row for row in given if row.cell(Column.STEP)]
    found: list[str] = []
    for at, row in enumerate(rows):
        for text in (cell.text for kind in (Column.DUE, Column.OPENS) for _, cell in row.all(kind)):
            read = understand(text, words)
            phrases = filter(None, (read.due, read.opens)) if read else ()
            counted = {id_ for phrase in phrases for id_ in parse_when(phrase, words).steps}
            found += [names[ids.index(id_)] for id_ in counted & set(ids) if ids.index(id_) >= at]
    return list(dict.fromkeys(found))


def _other(step: Step, found: Deadline) -> bool:
    """Whether the row above of the same step said something else."""
    return bool(step.due or step.every) and (step.due, step.every) != (found.due, found.every)


def _spoken(events: Events) -> set[str]:
    """The words that mean a date; a step of the same words is called otherwise."""
    return {word for id_, date in events.words().items() for word in (id_, *date.names)}


def _used(texts: Iterable[str], words: Words) -> set[str]:
    """The dates that some deadline really hangs on."""
    used: set[str] = set()
    for text in texts:
        found = understand(text, words) if text else None
        for phrase in filter(None, (found.due, found.opens) if found else ()):
            used.update(parse_when(phrase, words).dates)
        used.update(
            id_
            for id_, word in words.dates.items()
            if found and found.every and any(n in found.every for n in (id_, *word.names))
        )
    return used


def _when_said(cell: Cell, found: Deadline) -> Finding:
    if found.every:
        return understood(cell, "table_is_every", phrase=found.every)
    if found.opens:
        return understood(cell, "table_is_range", opens=found.opens, due=found.due)
    return understood(cell, "table_is_due", phrase=found.due)


def _number(record: Record) -> str:
    cell = record.cell(Column.NUMBER)
    text = plain(cell.text) if cell else ""
    return text if re.fullmatch(r"\d{1,4}[a-z]?", text) else str(record.number)
