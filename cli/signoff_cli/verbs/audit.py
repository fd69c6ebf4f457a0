"""audit: who decided what over all instances, written row by row, so that a large database needs no large memory."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

import click

from signoff import AuditRow
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.words import t

COLUMNS = (
    "at", "instance", "key", "title", "process", "version", "node", "gate", "what", "decision", "meaning", "amount",
    "currency", "person", "name", "role", "on_behalf", "grant", "authority", "strength", "signing_key", "via",
    "note", "subject", "n", "hash",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute
Rows = Iterable[AuditRow]


@verb(
    "audit",
    details="One row for each vote, return, waiver and verdict of a rule, each vote taken back, override and move: when, on "
    "what, how much, by whom, in which role, on whose behalf, under which authority, and which record proves it. The amount "
    "is the largest that was decided on.",
)
@option("--from", "since", metavar="WHEN", default="", help="From this date or instant on.")
@option("--to", "until", metavar="WHEN", default="", help="Before this date or instant.")
@option("--by", "by", metavar="PERSON", default="", help="Only what this person decided.")
@option("--over", "over", metavar="AMOUNT", default="", help="Only what was decided on more than this.")
@option("--definition", "process", metavar="KEY", default="", help="Only instances of this process.")
@option(
    "--format",
    "form",
    type=click.Choice(("csv", "xlsx", "json")),
    default="csv",
    help="What it is written as; csv.",
)
@option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write it; without it it is printed.",
)
def audit(
    session: Session,
    since: str,
    until: str,
    by: str,
    over: str,
    process: str,
    form: str,
    output: Path | None,
) -> Answer:
    rows = session.engine.audit(
        since=_when("--from", since),
        until=_when("--to", until),
        by=by or None,
        process=process or None,
        over=_amount(over),
    )
    if output is None:
        if form == "xlsx":
            raise Misuse(t("Say where to write it: -o FILE."))
        if session.json:
            return Answer([_plain(row) for row in rows], lambda _: None)
        return Answer(None, lambda _: (_csv if form == "csv" else _json)(sys.stdout, rows))
    count = _written(rows, form, output)
    document = {"file": output, "rows": count}
    return Answer(document, lambda screen: screen.line(t("Written: {file}", file=output), "good"))


def _written(rows: Rows, form: str, output: Path) -> int:
    counted = _Counted(rows)
    try:
        if form == "xlsx":
            _xlsx(output, counted)
        else:
            with output.open("w", encoding="utf-8-sig" if form == "csv" else "utf-8", newline="") as file:
                (_csv if form == "csv" else _json)(file, counted)
    except OSError as error:
        raise Misuse(t("{file} cannot be written: {why}", file=output, why=error)) from None
    return counted.n


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Rows) -> None:
        self._rows, self.n = rows, 0

    def __iter__(self) -> Iterator[AuditRow]:
        for row in self._rows:
            self.n += 1
            yield row


def _csv(file: TextIO, rows: Rows) -> None:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_harmless(_text(row, name)) for name in COLUMNS])


def _json(file: TextIO, rows: Rows) -> None:
    file.write("[")
    file.writelines(
        (",\n" if number else "\n") + json.dumps(_plain(row), ensure_ascii=False)
        for number, row in enumerate(rows)
    )
    file.write("\n]\n")


def _xlsx(file: Path, rows: Rows) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - a slow import that few need

    book = Workbook(write_only=True)  # row by row, nothing kept
    sheet = book.create_sheet("audit")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([_harmless(_text(row, name)) for name in COLUMNS])
    book.save(file)


def _plain(row: AuditRow) -> dict[str, Any]:
    return {name: row.n if name == "n" else _text(row, name) for name in COLUMNS}


def _text(row: AuditRow, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _when(name: str, text: str) -> datetime | None:
    """A date or an instant; without an offset in the zone of this machine."""
    try:
        return datetime.fromisoformat(text).astimezone() if text else None
    except ValueError:
        raise Misuse(
            t("{name} {text} is no date; write 2027-01-31 or 2027-01-31T18:00+08:00.", name=name, text=text)
        ) from None


def _amount(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", "")) if text else None
    except InvalidOperation:
        found = Decimal("NaN")
    if found is not None and not found.is_finite():
        raise Misuse(t("--over {text} is no amount; write 50000 or 50,000.00.", text=text))
    return found
