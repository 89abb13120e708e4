"""Rollups on both engines: they say what the requests say, by hour, by label, and under changed limits."""

from datetime import timedelta

import pytest

from adapters.store.rollups import Rollups, replace_hours
from domain import measure
from domain.facts import to_us
from domain.measure import Bad
from domain.rollup import HOUR_US, Plan, Probe, hours
from domain.window import Window
from tests.builders import DAY, HOUR, NOON, facts

FAILED = Probe("failed", Bad())
SLOW = Probe("ttft_s", Bad(above=0.5))
PLAN = Plan(probes=(FAILED, SLOW), spread=("ttft_s", "spend_usd"))
TODAY = Window.ending(NOON, DAY)


def sample(n=200):
    return facts(
        ended=[NOON - timedelta(minutes=7 * (number % 200) + 1) for number in range(n)],
        failed=[float(number % 9 == 0) for number in range(n)],
        ttft_s=[0.1 + number % 13 / 10 for number in range(n)],
        spend_usd=[0.001 * number for number in range(n)],
        labels={"feature": ["a", "b", None, "\u00fc"] * (n // 4)},
    )


def keep(store, of, plan=PLAN):
    made = hours(of, plan)
    numbers = {to_us(TODAY.start) + number * HOUR_US for number in range(-24, 24)} | {hour.hour_us for hour in made}
    with store.database.writing() as connection:
        replace_hours(connection, "shop", numbers, plan, made)


@pytest.fixture
def rollups(store):
    keep(store, sample())
    return Rollups(store.database)


def test_the_whole_equals_the_requests(rollups):
    found = rollups.read("shop", TODAY, PLAN)[None]
    inside = sample().within(TODAY)

    for probe in PLAN.probes:
        counted = measure.share(inside, probe.signal, TODAY, bad=probe.bad)
        assert (counted.n, counted.k) == found.known_and_bad(probe)
    assert float(inside.spend_nano_usd.sum()) / 1e9 == pytest.approx(found.total("spend_usd")[1], abs=1e-12)
    assert len(inside) == found.histogram("ttft_s").n


@pytest.mark.parametrize("spreads", [True, False], ids=["with distributions", "counts only"])
def test_each_name_of_a_label_equals_its_requests(rollups, spreads):
    found = rollups.read("shop", TODAY, PLAN, split_by="feature", spreads=spreads)
    inside = sample().within(TODAY)

    assert {"a", "b", "\u00fc", None} == set(found)
    for name in ("a", "b", "\u00fc"):
        counted = measure.share(inside.labelled("feature", name), "failed", TODAY, bad=Bad())
        assert (counted.n, counted.k) == found[name].known_and_bad(FAILED)


def test_making_an_hour_again_replaces_it(store, rollups):
    keep(store, sample())

    assert len(sample().within(TODAY)) == rollups.read("shop", TODAY, PLAN)[None].requests


def test_parts_of_a_window_add_up(rollups):
    whole = rollups.read("shop", TODAY, PLAN)[None]
    parts = [rollups.read("shop", part, PLAN).get(None) for part in TODAY.parts(5 * HOUR)]

    assert whole.requests == sum(part.requests for part in parts if part)


def test_only_whole_hours_are_read(rollups):
    window = Window(TODAY.start + timedelta(minutes=10), TODAY.end - timedelta(minutes=10))

    assert Window(TODAY.start + HOUR, TODAY.end - HOUR) == rollups.whole_hours("shop", window, PLAN)
    assert rollups.whole_hours("shop", Window(NOON + timedelta(minutes=5), NOON + HOUR), PLAN) is None


def test_cells_of_other_limits_are_not_used(rollups):
    other = Plan(probes=(FAILED, Probe("ttft_s", Bad(above=0.6))), spread=PLAN.spread)

    assert rollups.whole_hours("shop", TODAY, other) is None


def test_another_application_has_cells_of_its_own(rollups):
    assert {} == rollups.read("elsewhere", TODAY, PLAN)
