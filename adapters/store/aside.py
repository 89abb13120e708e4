"""A plan that is only tried: the hours it needs are counted beside the store, where no live run counts by another."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from adapters.store import Store
from adapters.store.counted_hours import replace_hours
from adapters.store.database import Database
from adapters.store.history import StoredHistory
from adapters.store.reading import read_facts
from adapters.store.rollups import Rollups, missing_hours
from domain.plan import Plan
from domain.rollup import hours
from domain.window import Window


@contextmanager
def counting_aside(store: Store) -> Iterator[Store]:
    """Return *store*, but with histories that keep what they count in a file that is gone when the block is left.

    An hour is kept by one plan at a time: one that is only tried would throw away what the next live run needs.
    """
    with TemporaryDirectory(prefix="goodput-") as folder, closing(Database(f"sqlite:///{folder}/hours.db")) as aside:
        yield _StoreAside(store.database, aside)


@dataclass(frozen=True, slots=True)
class _StoreAside(Store):
    """A store that is only read."""

    aside: Database

    def history(self, application: str, plan: Plan) -> StoredHistory:
        """Return the past of *application*, its hours counted aside."""
        return _HistoryAside(self.database, self.aside, application, plan)


class _HistoryAside(StoredHistory):
    def __init__(self, database: Database, aside: Database, application: str, plan: Plan) -> None:
        super().__init__(database, application, plan)
        self._rollups = _RollupsAside(database, aside)


@dataclass(frozen=True, slots=True)
class _RollupsAside(Rollups):
    """Rows from the one database, hours in the other."""

    aside: Database

    @contextmanager
    def _counted(self, application: str, whole: Window, plan: Plan) -> Iterator[Connection]:
        with self.aside.reading() as connection:
            missing = missing_hours(connection, application, whole, plan)
        for part in missing:
            self._make(application, part, plan)
        with self.aside.reading() as connection:
            yield connection

    def _make(self, application: str, missing: Window, plan: Plan) -> None:
        with self.database.reading() as connection:
            made = hours(read_facts(connection, application, missing, named=plan.named), plan)
        with self.aside.writing() as connection:
            replace_hours(connection, application, missing, plan, made)
