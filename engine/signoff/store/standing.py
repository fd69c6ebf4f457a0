"""What a start rests on: the version in force of its process, and the heads of the system chains.

SQLite reads it once a process and remembers it; the statement that adds the instance asks whether it still holds, so
that a start costs no question of its own. May import store.handle and store.loading.
"""

from collections.abc import MutableMapping
from typing import Any, TypeAlias

from signoff.store.handle import Handle
from signoff.store.loading import Loading

Standing: TypeAlias = tuple[str, str]  # the version in force (empty: none), the heads as one text


class Ground:
    """Of one transaction on SQLite. `remembered` is shared with all others of this process."""

    def __init__(self, remembered: MutableMapping[str, Standing], handle: Handle, texts: Loading) -> None:
        self._remembered = remembered
        self._handle = handle
        self._texts = texts
        self._assumed: dict[str, Standing] = {}

    def stand(self, process: str) -> tuple[str | None, dict[str, str]]:
        """The version in force and the heads. What a host's transaction shows may never be committed: it is not kept."""
        own = self._handle.own
        known = self._remembered.get(process) if own else None
        if known is not None:
            self._assumed[process] = known
        else:
            known = self._read(process)
            if own and known[0]:
                self._remembered[process] = known
        return known[0] or None, heads_in(known[1])

    def assumed(self, process: str) -> dict[str, Any]:
        """The parameters by which adding an instance asks whether it still holds; null: nothing was assumed."""
        version, heads = self._assumed.get(process, (None, None))
        return {"assumed": version, "heads": heads}

    def is_outdated(self) -> bool:
        """Whether something that was assumed holds no longer; then it is forgotten."""
        changed = {process for process, known in self._assumed.items() if self._read(process) != known}
        for process in changed:
            self._remembered.pop(process, None)
        return bool(changed)

    def _read(self, process: str) -> Standing:
        sql = self._texts.starting if self._handle.own else self._texts.starting_host
        row = self._handle.row(sql, {"process": process})
        return ("", "") if row is None else (row[0] or "", row[1] or "")


def heads_in(text: str | None) -> dict[str, str]:
    """name -> hash, of the text of a statement that read them."""
    return dict(pair.split("=", 1) for pair in (text or "").split(" ") if pair)
