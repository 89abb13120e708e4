"""What a slot may know: nothing that was found out later."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.store import Store
from alerts.engine import Rulebook
from alerts.routing import Routing
from domain.probe import Probe
from domain.reconciliation import Counted
from domain.window import Window
from flows.configuration import read_application
from flows.outlook import StoredOutlook, stretch_of
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
    book = Rulebook(rules=[RULES["M6"]], routes=Routing({}))
    outlook = StoredOutlook(store, read_application(folder, "bot"), book, slot, slot, MINUTE)
    return outlook.view(slot).reconciled


def test_hours_compared_later_are_hidden_from_an_earlier_slot(store, tmp_path):
    store.reconciliations.save("bot", [hour(0), hour(1), hour(2)])

    assert [(2, Counted(20, 20))] == [(day.hours, day.rows) for day in reconciled(store, tmp_path, MIDNIGHT + 3 * HOUR)]


def test_yesterday_is_seen_from_its_first_hour_on(store, tmp_path):
    store.reconciliations.save("bot", [hour(-24), hour(-1), hour(0)])
    slot = datetime(2026, 11, 22, 23, tzinfo=UTC)

    assert [(MIDNIGHT - DAY).date(), MIDNIGHT.date()] == [day.day for day in reconciled(store, tmp_path, slot)]
    assert timedelta(days=2) == RULES["M6"].when.looks_back


@pytest.mark.parametrize(
    ("requests", "days"),
    [
        pytest.param(0, 15, id="nothing happened"),
        pytest.param(20, 15, id="few rows"),
        pytest.param(60_000 * 20, 3, id="many"),
        pytest.param(10_000_000, 1, id="more than a day should hold"),
    ],
)
def test_slots_share_an_outlook_for_as_long_as_its_rows_are_few(requests, days):
    class Past(list):
        def over(self, window):
            return range(requests)

    assert days * DAY == stretch_of(Past(), Window(MIDNIGHT - 20 * DAY, MIDNIGHT))


def test_probes_and_anchors_of_later_are_hidden_from_an_earlier_slot(store, tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP)
    (tmp_path / "bot" / "slos.yaml").write_text(SLOS)
    store.probes.save([probe(MIDNIGHT + minute * MINUTE) for minute in range(-30, 31)])
    book = Rulebook(rules=[RULES["A1p"]], routes=Routing({}))
    outlook = StoredOutlook(
        store, read_application(tmp_path, "bot"), book, MIDNIGHT - 5 * MINUTE, MIDNIGHT + 30 * MINUTE, MINUTE
    )
    over = RULES["A1p"].when.over

    for minute in (-5, 0, 30):
        slot = MIDNIGHT + minute * MINUTE
        seen = [one.at for one in outlook.view(slot).probes]
        assert (slot - over, slot, over / MINUTE + 1) == (seen[0], seen[-1], len(seen))


def probe(at):
    return Probe(application="bot", at=at, ok=True, status=200, latency_s=0.1, first_byte_s=0.1, because="")
