"""One database URL: a SQLite file or a Postgres server, opened, migrated, and ready for transactions."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from domain.errors import ConfigError

SCHEMA = "0001"
"""The newest migration; when a database says so too, nothing needs to be migrated."""

_BUSY_MS = 10_000


class Database:
    """A migrated database."""

    def __init__(self, url: str) -> None:
        """Open the database at *url* and bring its tables up to date.

        Raises:
            ConfigError: The URL makes no sense, or nothing answers there.
        """
        self._engine = _engine(url)
        try:
            _migrate(self._engine)
        except OperationalError as error:
            where = self._engine.url.render_as_string(hide_password=True)
            reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
            raise ConfigError(f"cannot open the database {where}: {reason}; set GOODPUT_DATABASE_URL") from error

    @property
    def where(self) -> str:
        """Where the data is, as it may be shown: the file, or the URL without its password."""
        url = self._engine.url
        return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction: all of it or nothing. On SQLite one writer at a time, from the first statement."""
        with self._engine.execution_options(immediate=True).begin() as connection:
            yield connection

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


def add_new(connection: Connection, table: Table, row: Mapping[str, object], *, key: str | None = None) -> bool:
    """Insert *row* unless its *key* (by default its primary key) is there already; return whether it was new."""
    columns = [key] if key else [column.name for column in table.primary_key]
    statement = _dialect(connection).insert(table).on_conflict_do_nothing(index_elements=columns)
    return bool(connection.execute(statement, row).rowcount)


def _dialect(connection: Connection) -> Any:
    return postgresql if connection.dialect.name == "postgresql" else sqlite


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError("GOODPUT_DATABASE_URL is not a database URL, such as sqlite:////data/goodput.db") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if backend != "sqlite":
        raise ConfigError(f"GOODPUT_DATABASE_URL names {backend}; Goodput keeps its data in sqlite or postgresql")
    if not parsed.database:
        raise ConfigError("GOODPUT_DATABASE_URL needs a file: sqlite:////data/goodput.db")
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that writers queue instead of failing half-way
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={_BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


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

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(immediate=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(6006001)"))  # one migration at a time
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
