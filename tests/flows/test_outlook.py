"""What a slot may know: nothing that was found out later."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.store import Store
from alerts.engine import Rulebook
from domain.reconciliation import Counted
from flows.configuration import read_application
from flows.outlook import StoredOutlook
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, MINUTE
from tests.domain.test_reconciliation import MIDNIGHT, hour
from tests.flows.test_configuration import APP, SLOS


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield opened
    opened.close()


def reconciled(store, folder, slot):
    (folder / "bot").mkdir()
    (folder / "bot" / "app.yaml").write_text(APP)
    (folder / "bot" / "slos.yaml").write_text(SLOS)
    book = Rulebook(rules=[RULES["M1"]], routes={})
    outlook = StoredOutlook(store, read_application(folder, "bot"), book, slot, slot, MINUTE)
    return outlook.view(slot).reconciled


def test_hours_compared_later_are_hidden_from_an_earlier_slot(store, tmp_path):
    store.reconciliations.save("bot", [hour(0), hour(1), hour(2)])

    assert [(2, Counted(20, 20))] == [(day.hours, day.rows) for day in reconciled(store, tmp_path, MIDNIGHT + 3 * HOUR)]


def test_yesterday_is_seen_from_its_first_hour_on(store, tmp_path):
    store.reconciliations.save("bot", [hour(-24), hour(-1), hour(0)])
    slot = datetime(2026, 11, 22, 23, tzinfo=UTC)

    assert [(MIDNIGHT - DAY).date(), MIDNIGHT.date()] == [day.day for day in reconciled(store, tmp_path, slot)]
    assert timedelta(days=2) == RULES["M1"].when.looks_back
