"""Taking a people file into the built-in directory, trying that out, and listing who is in it.

Must not import `engine`.
"""

from pathlib import Path

from signoff.errors import Invalid, NotFound
from signoff.notation.table.encoding import decoded
from signoff.runtime.core import Core
from signoff.runtime.people import PeopleFile, read_all
from signoff.store import people
from signoff.store.database import Handle
from signoff.store.people import Import, Imported, People


class _Enough(Exception):
    """Ends the transaction of a trial without keeping it."""


def people_file(*paths: Path | str) -> PeopleFile:
    """The people of one file or of several together; raises NotFound, Invalid, and InvalidDefinition with all problems.

    A file is YAML, or separated values by its name (.csv, .tsv).
    """
    return read_all([(text_of(Path(path)), str(path)) for path in paths])


def text_of(path: Path) -> str:
    """The text of a file: of separated values in whichever encoding it is. Raises NotFound and Invalid."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(path)) from None
    if path.suffix.lower() in (".csv", ".tsv"):
        return decoded(data, path.name, encoding=None, sensible=bool)[0]
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file_not_utf8", file=str(path), offset=error.start) from None


def import_people(core: Core, found: PeopleFile, *, by: str, mode: Import = Import.REPLACE) -> Imported:
    """Make the directory say what the file says; who is not named is removed, or stays with `mode` MERGE."""

    def own() -> Imported:
        with core.database.write() as handle:
            return _taken_in(core, handle, found, by, mode)

    return core.database.attempt(own)


def preview_people(core: Core, found: PeopleFile, *, by: str, mode: Import = Import.REPLACE) -> Imported:
    """What `import_people` would add, change and remove; nothing is kept."""

    def own() -> Imported:
        done: list[Imported] = []
        try:
            with core.database.write() as handle:
                done.append(_taken_in(core, handle, found, by, mode))
                raise _Enough  # noqa: TRY301 - how a transaction is rolled back
        except _Enough:
            return done[0]

    return core.database.attempt(own)


def enrolled(core: Core) -> People:
    """Everybody in the built-in directory, those who left too, and the names of the groups."""
    with core.database.read() as handle:
        return people.everybody(handle.connection)


def _taken_in(core: Core, handle: Handle, found: PeopleFile, by: str, mode: Import) -> Imported:
    at = core.now(handle)
    return people.take_in(handle.connection, found.content(), mode=mode, by=by, at=at)
