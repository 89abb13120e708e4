"""Every test of the store runs on SQLite and on Postgres, each on a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.store import Store

ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres")))


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database is."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'goodput.db'}"
    return request.getfixturevalue("postgres").empty_database()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database with tables and nothing in them is."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres").migrated_database()
    (tmp_path / "goodput.db").write_bytes(request.getfixturevalue("migrated_file"))
    return f"sqlite:///{tmp_path / 'goodput.db'}"


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[[], Store]]:
    """Open the same database as often as wanted, as several workers would."""
    opened: list[Store] = []

    def open_one() -> Store:
        opened.append(Store.open(url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
