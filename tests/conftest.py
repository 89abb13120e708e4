"""What many tests need: a quiet Prefect, its server once a session for those that ask, and a log that stays here."""

import logging
import os
from collections.abc import Iterator

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

import pytest
from hypothesis import settings

from adapters.store import Store
from tests.postgres import Postgres, running_postgres

settings.register_profile("patient", deadline=None)  # a busy machine is no defect
settings.load_profile("patient")

ROOMS = ("adapters", "alerts", "flows", "tasks")


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run flows against a temporary Prefect server of this session."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, PREFECT_LOCAL_STORAGE_PATH, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    results = str(tmp_path_factory.mktemp("results"))
    with (
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOCAL_STORAGE_PATH: results}),
    ):
        yield


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a SQLite file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("template") / "goodput.db"
    Store.open(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Run a Postgres of this session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(autouse=True)
def _the_log_stays_here() -> Iterator[None]:
    """Prefect, once a test has started it, takes the log of our rooms to its API; here it stays a log."""
    before = {}
    for room in ROOMS:
        log = logging.getLogger(room)
        before[log] = (log.handlers, log.propagate, log.level)
        log.handlers, log.propagate = [], True
        log.setLevel(logging.NOTSET)
    yield
    for log, (handlers, propagate, level) in before.items():
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)
