"""What is deployed, as it can be asked of an engine: definitions, decisions and their texts. Reads only."""

from typing import TYPE_CHECKING

from signoff.model import argument
from signoff.model.definition import Definition
from signoff.read import instance
from signoff.runtime.proof import Proofs
from signoff.runtime.release import not_in_force
from signoff.store import decisions, definitions
from signoff.store.definitions import Listed

if TYPE_CHECKING:
    from transitions.extensions import HierarchicalMachine


class Shelf(Proofs):
    """The part of `Engine` that knows what can be started."""

    def definitions(self) -> list[Listed]:
        """Every deployed version."""
        with self.core.database.read() as handle:
            return definitions.listed(handle.connection)

    def decisions(self) -> list[decisions.Listed]:
        """Every version of every decision that was deployed by itself."""
        with self.core.database.read() as handle:
            return decisions.listed(handle.connection)

    def definition(self, process: str) -> Definition:
        """The current definition of a process; raises NotFound."""
        with self.core.database.read() as handle:
            version = definitions.current(handle.connection, argument.text(process, "process"))
            if version is None:
                raise not_in_force(handle.connection, process)
            return self.core.library.load(handle.connection, version)

    def source(self, version: str) -> str:
        """The text of a deployed version, in force or waiting to be; raises NotFound."""
        with self.core.database.read() as handle:
            return definitions.source(handle.connection, version)

    def definition_of(self, id: str) -> Definition:
        """The definition that an instance runs on."""
        with self.core.database.read() as handle:
            return self.core.library.load(handle.connection, instance.row_of(handle.connection, id).version)

    def source_of(self, id: str) -> str:
        """The text that was deployed, of a process by its key or of what an instance runs on; raises NotFound."""
        with self.core.database.read() as handle:
            version = definitions.current(handle.connection, id)
            version = version or instance.row_of(handle.connection, id).version
            return definitions.source(handle.connection, version)

    def machine(self, process: str, lang: str = "zh") -> "HierarchicalMachine":
        """A definition as a state machine of the `transitions` package."""
        from signoff.notation.machine import machine  # noqa: PLC0415 - costs an import that few need

        return machine(self.definition(process), lang)
