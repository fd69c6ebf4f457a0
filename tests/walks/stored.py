"""The engine's side of a walk: a SQLite file, closed and opened again after every command."""

from datetime import timedelta
from typing import Any

from signoff.kernel import commands as c
from signoff.kernel.world import World
from signoff.read import instance
from signoff.runtime.clock import VirtualClock
from signoff.runtime.engine import Engine
from signoff.store import migrations
from signoff.testing.drawn import PROCESS
from tests.walks.mirror import START, Mirror, world_of


class Stored(Mirror):
    """One instance in a database."""

    def __init__(self, text: str, url: str) -> None:
        super().__init__(world_of(text), PROCESS)
        self.url = url
        engine = self._engine()
        migrations.create(engine.core.database)
        engine.deploy(text)
        engine.dispose()

    def _engine(self) -> Engine:
        return Engine(self.url, clock=VirtualClock(START + timedelta(hours=self.now)))

    def start(self, data: dict[str, Any], event: str) -> None:
        del event  # which message it is begun by says whoever sends it: not here
        engine = self._engine()
        self.instance = engine.start(PROCESS, data, by=self._said()["by"]).instance
        self._load(engine)

    def _do(self, command: c.Command) -> None:
        engine = self._engine()
        engine.execute(command)
        self._load(engine)

    def _load(self, engine: Engine) -> None:
        """As it stands in the file."""
        with engine.core.database.read() as handle:
            self.state = instance.show(handle.connection, self.instance).state
            versions = {scope.version for scope in self.state.scopes.values()} | {self.state.version}
            known = {version: engine.core.library.load(handle.connection, version) for version in versions}
        engine.dispose()
        assert not self.state.incidents, self.state.incidents
        self.world = World(known, {})
