"""A daemon in a process of its own, on a machine whose clock is wrong: `python -m tests.runtime.soldier URL SECONDS`."""

import sys
from datetime import datetime, timedelta, tzinfo

import apscheduler.schedulers.base
from sqlalchemy import make_url

from signoff import Engine
from signoff.runtime.daemon import Daemon
from signoff.runtime.directory import StaticDirectory
from signoff.runtime.pool import Pool
from tests.runtime.fleet import PEOPLE, Skewed

POLL = timedelta(seconds=1)


def main(url: str, seconds: float) -> None:
    skew = timedelta(seconds=seconds)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wrong":
            return super().now(tz) + skew

    apscheduler.schedulers.base.datetime = Wrong
    # SQLite has no clock but the machine's, and all its daemons are on one machine.
    engine = Engine(make_url(url), directory=StaticDirectory(PEOPLE))
    daemon = Daemon(engine.worker(pool=Pool(2)), poll=POLL, clock=Skewed(skew))
    with daemon.signals():
        daemon.run()
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
