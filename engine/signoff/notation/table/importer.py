"""The way in: a file with a process table becomes a definition in YAML, a people file and a report.

Owns nothing but the order of the parts. Must not print or write files.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from signoff.notation.table import emit, people
from signoff.notation.table.draft import Draft
from signoff.notation.table.drafting import drafted
from signoff.notation.table.finding import Finding
from signoff.notation.table.name import identifier
from signoff.notation.table.reader import read
from signoff.notation.table.record import Records, records
from signoff.notation.table.tree import definition

SCHEMA = "# yaml-language-server: $schema=./signoff.schema.json\n"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table became. `unreadable`: deadlines that `check` will refuse; `encoding`: of a text file, else ""."""

    yaml: str
    people: str
    findings: tuple[Finding, ...]
    unreadable: int
    encoding: str
    tree: dict[str, object]


def import_table(
    path: Path | str,
    *,
    encoding: str | None = None,
    process: str | None = None,
    lang: str | None = None,
    login: str = "",
) -> Imported:
    """The process table of a file as a definition. Raises UnreadableTable, never for a single cell.

    `process` is the id instead of the file's name; `lang` (zh or en) instead of the language of the headings.
    `login`: the reader's own on this machine, given in the people file to whoever has to sign.
    """
    path = Path(path)
    grids, found = read(path, encoding=encoding)
    rows = records(grids, path.name)
    rows.title = rows.title or path.stem
    draft = drafted(rows, process=identifier(process or path.stem) or "process", lang=lang or _language(rows))
    return imported(draft, encoding=found, login=login)


def imported(draft: Draft, *, encoding: str = "", login: str = "") -> Imported:
    """The files of a draft."""
    tree = definition(draft)
    text = SCHEMA + emit.document(tree) + emit.trailer(tree)
    return Imported(
        text, people.skeleton(draft, login), tuple(draft.findings), draft.unreadable, encoding, tree
    )


def _language(rows: Records) -> str:
    text = "".join(rows.headings) + "".join(cell.text for row in rows.rows for _, _, cell in row.cells)
    chinese = len(re.findall("[\u4e00-\u9fff]", text))
    return "zh" if chinese * 4 >= len(text) else "en"
