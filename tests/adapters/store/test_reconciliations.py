"""Compared hours on both engines: kept exactly, replaced when compared again."""

from dataclasses import replace

import pytest

from domain.reconciliation import Totals
from domain.window import Window
from tests.builders import DAY
from tests.domain.test_reconciliation import MIDNIGHT, hour

TODAY = Window(MIDNIGHT, MIDNIGHT + DAY)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(hour(3), id="equal"),
        pytest.param(hour(3, Totals(2**53, 10**18), Totals(0, -5)), id="large, and a credit"),
        pytest.param(hour(3, theirs=None), id="not counted"),
        pytest.param(hour(3, theirs=Totals(10, None)), id="a cost that was not said"),
    ],
)
def test_an_hour_is_kept_as_it_was_found(store, one):
    store.reconciliations.save("shop", [one])

    assert [one] == store.reconciliations.hours("shop", TODAY)


def test_the_same_hour_again_replaces_the_first(store):
    later = replace(hour(3), ours=Totals(11, 110), checked_at=MIDNIGHT + DAY)
    store.reconciliations.save("shop", [hour(3), hour(4)])
    store.reconciliations.save("shop", [later])

    assert [later, hour(4)] == store.reconciliations.hours("shop", TODAY)


def test_hours_are_those_of_one_application_and_window_oldest_first(store):
    store.reconciliations.save("shop", [hour(24), hour(23), hour(0), hour(-1)])
    store.reconciliations.save("elsewhere", [hour(1)])

    assert [hour(0), hour(23)] == store.reconciliations.hours("shop", TODAY)


def test_nothing_to_keep_is_no_error(store):
    store.reconciliations.save("shop", [])

    assert [] == store.reconciliations.hours("shop", TODAY)
