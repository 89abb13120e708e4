"""The main story once more, with Postgres by URL instead of a file."""

from datetime import timedelta

import pytest

from flows.watch_requests import watch_requests
from tests.acceptance.traffic import NOON, steady

MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def database(postgres):
    return postgres.migrated_database()


async def test_an_outage_wakes_somebody_once_with_postgres_too(world):
    here = world(
        [*steady(NOON - 10 * MINUTE, 10), *steady(NOON, 6, first=1000, failed="Error code: 503 - upstream is down")]
    )

    for minute in (1, 2, 3, 3):
        await watch_requests(slot=NOON + minute * MINUTE)

    assert {"open"} == {state for _, state in here.incidents()}
    assert len(here.incidents()) == len(here.said()) == len(set(here.said()))
