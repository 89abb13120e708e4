import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, inspect, select, text
from sqlmodel import SQLModel

import adapters.store
from adapters.store import Store
from adapters.store.alert_tables import SLOT
from adapters.store.database import SCHEMA, take_turns
from domain.errors import ConfigError, TransientError
from tests.adapters.store.examples import decision, dump

_OPEN = "import sys; from adapters.store import Store; Store.open(sys.argv[1]).close()"


def test_the_newest_migration_is_the_one_that_the_store_asks_for():
    config = Config()
    config.set_main_option("script_location", str(Path(adapters.store.__file__).parent / "migrations"))

    assert [SCHEMA] == ScriptDirectory.from_config(config).get_heads()


def test_an_empty_database_is_brought_to_the_newest_schema(empty_url):
    store = Store.open(empty_url)
    with store.database.reading() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    store.close()

    assert SCHEMA == version


def test_the_migrated_tables_are_those_that_the_code_speaks_of(empty_url):
    store = Store.open(empty_url)
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        difference = compare_metadata(context, SQLModel.metadata)
        there = inspect(connection)
        keys = [there.get_pk_constraint(table.name)["constrained_columns"] for table in SQLModel.metadata.sorted_tables]
    store.close()

    assert [] == difference
    assert [[column.name for column in table.primary_key] for table in SQLModel.metadata.sorted_tables] == keys


def test_opening_again_changes_nothing(open_store):
    first = open_store()
    first.alerts.keep(decision())
    before = dump(first)

    assert before == dump(open_store())


def test_processes_that_open_an_empty_database_at_once_all_succeed(empty_url):
    command = [sys.executable, "-W", "error", "-c", _OPEN, empty_url]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, cwd=Path.cwd()) for _ in range(3)]

    assert [b""] * 3 == [process.communicate(timeout=60)[1] for process in running]
    assert [0] * 3 == [process.returncode for process in running]


def test_threads_that_open_an_empty_database_at_once_all_succeed(empty_url):
    failures: list[Exception] = []
    together = threading.Barrier(6)

    def open_it():
        together.wait()
        try:
            Store.open(empty_url).close()
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failures


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("", "is not a database URL", id="empty"),
        pytest.param("goodput.db", "is not a database URL", id="a bare path"),
        pytest.param("postgresql://u:very-secret@host:no-port/db", "is not a database URL", id="a port of letters"),
        pytest.param("mysql://u:very-secret@host/db", "names mysql", id="a database that is not ours"),
        pytest.param("sqlite://", "needs a file", id="SQLite in memory"),
        pytest.param("sqlite:///:memory:", "needs a file", id="SQLite in memory by name"),
        pytest.param("postgresql://u:very-secret@127.0.0.1:1/db", "cannot open", id="nobody listens"),
        pytest.param(
            "postgresql://127.0.0.1:1/db?user=u&password=very-secret", "cannot open", id="secret in the query"
        ),
        pytest.param("postgresql://u:very-secret@127.0.0.1:1/db?nonsense=1", "cannot open", id="unknown option"),
        pytest.param("postgresql://u:very-secret@127.0.0.1:1/db?sslmode=maybe", "cannot open", id="bad option"),
        pytest.param("sqlite:///{folder}/file/goodput.db", "cannot make the folder", id="a folder that is a file"),
        pytest.param("sqlite:///{folder}", "cannot open", id="a database that is a folder"),
        pytest.param("sqlite:///{folder}/file", "cannot open", id="a file that is no database"),
        pytest.param("sqlite:////proc/goodput/goodput.db", "cannot make the folder", id="nobody may write there"),
    ],
)
def test_a_database_that_cannot_be_opened_says_what_to_set_and_no_secret(url, says, tmp_path):
    (tmp_path / "file").write_text("this is no database, but it is long enough to look like one" * 20)

    with pytest.raises(ConfigError, match=says) as caught:
        Store.open(url.format(folder=tmp_path))

    assert "GOODPUT_DATABASE_URL" in str(caught.value)
    assert "very-secret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_database_of_a_newer_version_is_left_alone(empty_url):
    store = Store.open(empty_url)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(ConfigError, match=r"of another Goodput.*9999.*GOODPUT_DATABASE_URL"):
        Store.open(empty_url)


@pytest.mark.xdist_group("postgres")
def test_where_the_data_is_shows_no_password(postgres):
    store = Store.open(postgres.migrated_database() + "&password=very-secret")
    store.close()

    assert re.fullmatch(r"postgresql\+psycopg://postgres:\*+@/test_\d+", store.database.where)


def test_a_folder_that_is_missing_is_made_for_its_owner_only(tmp_path):
    Store.open(f"sqlite:///{tmp_path / 'new' / 'goodput.db'}").close()

    assert 0o700 == (tmp_path / "new").stat().st_mode & 0o777


def test_a_path_with_percent_signs_and_spaces_is_a_path(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / '50% of it.db'}")
    store.close()

    assert str(tmp_path / "50% of it.db") == store.database.where


def test_an_error_in_a_transaction_undoes_all_of_it(store):
    def write_and_fail():
        with store.database.writing() as connection:
            connection.execute(SLOT.insert(), {"application": "a", "job": "j", "slot_us": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert [] == dump(store)["slot"]


@pytest.mark.xdist_group("postgres")
def test_a_server_that_goes_away_is_a_transient_error_and_the_next_try_works(postgres):
    store = Store.open(postgres.migrated_database())

    with pytest.raises(TransientError, match="does not answer"), store.database.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert store.alerts.keep(decision())
    store.close()


def test_two_transactions_take_turns(open_store):
    one, other = open_store(), open_store()
    order: list[str] = []
    begun = threading.Event()

    def second():
        begun.wait()
        with other.database.writing() as connection:
            take_turns(connection, "counting")
            order.append(f"second sees {connection.scalar(select(func.count()).select_from(SLOT))}")

    thread = threading.Thread(target=second)
    thread.start()
    with one.database.writing() as connection:
        take_turns(connection, "counting")
        begun.set()
        thread.join(0.2)
        connection.execute(SLOT.insert(), {"application": "a", "job": "j", "slot_us": 1})
        order.append("first is done")
    thread.join()

    assert ["first is done", "second sees 1"] == order


def test_a_locked_file_is_a_transient_error(tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.store.database._BUSY_MS", 50)
    store = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    other = sqlite3.connect(tmp_path / "goodput.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TransientError, match="locked"):
        store.alerts.keep(decision())
    other.close()

    assert store.alerts.keep(decision())
    store.close()
