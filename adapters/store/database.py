"""One database URL: a SQLite file or a Postgres server, opened, migrated, and ready for transactions."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from domain.errors import ConfigError, TransientError

SCHEMA = "0008"
"""The newest migration; when a database says so too, nothing needs to be migrated."""

_BUSY_MS = 10_000
_TRIES = 20
_OURS = 6006  # the first half of our advisory locks, so that nobody else's are met
_SET = "set GOODPUT_DATABASE_URL"
_EXAMPLE = "sqlite:////data/goodput.db"


class Database:
    """A migrated database."""

    def __init__(self, url: str) -> None:
        """Open the database at *url* and bring its tables up to date.

        Raises:
            ConfigError: The URL makes no sense, nothing answers there, or what answers is no database of ours.
        """
        self._engine = _engine(url)
        is_postgres = self._engine.dialect.name == "postgresql"
        self._snapshot = {"isolation_level": "REPEATABLE READ"} if is_postgres else {}
        try:
            _migrate(self._engine)
        except DBAPIError as error:
            self.close()
            raise ConfigError(f"cannot open the database {self.where}: {_reason(error)}; {_SET}") from None
        except ConfigError:
            self.close()
            raise

    @property
    def where(self) -> str:
        """Where the data is, as it may be shown: the file, or the URL without its password."""
        return _shown(self._engine.url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction, all of whose statements see the same state.

        Raises:
            TransientError: The database does not answer, or is busy.
        """
        with self._answering(), self._engine.execution_options(**self._snapshot).connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction: all of it or nothing. On SQLite one writer at a time, from the first statement.

        Raises:
            TransientError: The database does not answer, or is busy.
        """
        with self._answering(), self._engine.execution_options(immediate=True).begin() as connection:
            yield connection

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise TransientError(f"the database {self.where} does not answer: {_reason(error)}") from error

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()


def upsert(connection: Connection, table: Table, rows: Iterable[Mapping[str, object]]) -> None:
    """Insert *rows*, replacing those with the same primary key."""
    values = list(rows)
    if not values:
        return
    keys = [column.name for column in table.primary_key]
    statement = _dialect(connection).insert(table)
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), values)


def add_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, object]], *, key: str | None = None
) -> int:
    """Insert those of *rows* whose *key* (by default the primary key) is not there yet; return how many were new."""
    if not rows:
        return 0
    columns = [key] if key else [column.name for column in table.primary_key]
    statement = _dialect(connection).insert(table).on_conflict_do_nothing(index_elements=columns)
    return connection.execute(statement, rows).rowcount


def take_turns(connection: Connection, what: str) -> None:
    """Wait until no other transaction is at *what*, and keep others waiting until this one ends.

    For decisions that rest on rows which are not there yet, so that none can be locked. SQLite's writers queue anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_OURS, func.hashtext(what))))


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # their words may quote the URL, and with it the password
        raise ConfigError(f"GOODPUT_DATABASE_URL is not a database URL, such as {_EXAMPLE}") from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if backend != "sqlite":
        raise ConfigError(f"GOODPUT_DATABASE_URL names {backend}; Goodput keeps its data in sqlite or postgresql")
    if parsed.database in {None, "", ":memory:"}:
        raise ConfigError(f"GOODPUT_DATABASE_URL needs a file: {_EXAMPLE}")
    folder = Path(str(parsed.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {error.strerror}; {_SET}") from error
    engine = create_engine(parsed.set(drivername="sqlite"))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that writers queue instead of failing half-way
    for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    for _ in range(_TRIES):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:  # this one does not wait for others that open a new file; a writer does
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return


def _shown(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.set(query={}).render_as_string(hide_password=True)  # a password may stand in the query, too


def _reason(error: DBAPIError) -> str:
    """Return the driver's own words, which name no statement and no values."""
    return next(iter(str(error.orig).strip().splitlines()), "no answer")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        known = inspect(connection).has_table("alembic_version")
        if known and connection.scalar(text("SELECT version_num FROM alembic_version")) == SCHEMA:
            return
    from alembic import command  # noqa: PLC0415 - most runs have nothing to migrate
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.execution_options(immediate=True).begin() as connection:
        take_turns(connection, "migration")
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise ConfigError(f"the database {_shown(engine.url)} is of another Goodput: {error}; {_SET}") from error
