"""The engine, its store and its dispatcher against a hostile world, on SQLite and on Postgres.

`python -m tests.alerts.mutants` shows that this test notices when the engine is wrong.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from adapters.store import Store
from tests.alerts.life import LifeOfAlerts

SLOW = {"deadline": None, "suppress_health_check": list(HealthCheck)}
EXAMPLES = 30
if "GOODPUT_QUICK_TO_FAIL" in os.environ:  # to see that something is wrong is enough: not which shortest life shows it
    EXAMPLES, SLOW = 300, {**SLOW, "phases": [Phase.generate], "database": None, "report_multiple_bugs": False}


def test_people_believe_what_is_so_on_sqlite(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    life = type("OnSQLite", (LifeOfAlerts,), {"open_store": staticmethod(lambda: store)})

    run_state_machine_as_test(life, settings=settings(max_examples=EXAMPLES, stateful_step_count=30, **SLOW))

    store.close()


@pytest.mark.xdist_group("postgres")
def test_people_believe_what_is_so_on_postgres(postgres):
    store = Store.open(postgres.migrated_database())
    life = type("OnPostgres", (LifeOfAlerts,), {"open_store": staticmethod(lambda: store)})

    run_state_machine_as_test(life, settings=settings(max_examples=6, stateful_step_count=20, **SLOW))

    store.close()
