"""Traces that cannot be true: what is shown of each, from the rows of a file to the verdicts and the warning.

Sixty requests are fine and one is odd. What can be known of the odd one is counted; what cannot is counted as unknown,
said in the words of the reading, and never shown as a number.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from adapters.assessor import Assessor
from adapters.intake import Intake, IntakeReport
from adapters.sources.jsonl import Jsonl
from adapters.store import Store
from adapters.store.tables import COMBO, ROLLUP, SPREAD
from domain.application import Application, Labelling
from domain.assembly import Assembly
from domain.assessment import Assessment
from domain.bad import Bad
from domain.measure import distribution, spend_nano_usd, tally
from domain.objective import Verdict
from domain.plan import Limit
from domain.planning import plan_of
from domain.prices import PriceTable
from domain.projection import daily_spend_usd
from domain.window import Window
from tests.acceptance.traffic import NOON, request, wire
from tests.builders import DAY, HOUR, MINUTE, objective

SECOND = timedelta(seconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
BOT = Application(
    name="bot",
    environment="prod",
    trace_names=("bot",),
    labels=Labelling.model_validate({"feature": {"tag": "feature"}}),
)
PROMISED = (
    objective("answered", signal="answered", at_most=None, at_least=0.99),
    objective("end-to-end", signal="latency_s", statistic="p95", at_most=2.0),
    objective("first-token", signal="ttft_s", statistic="p95", at_most=0.5),
    objective("per-token", signal="tpot_s", statistic="p95", at_most=0.1),
    objective("cost", signal="cost_usd", statistic="mean", at_most=0.015),
    objective("length", signal="output_tokens", statistic="mean", at_most=500),
    objective("checkout", where={"feature": "checkout"}),
    objective("goodput", signal="", statistic="goodput", at_most=None, at_least=0.9),
)
PLAN = plan_of(PROMISED)
FAILED = Limit("failed", Bad())
FINE, ODD = 60, 60
ODD_AT = NOON - 90 * MINUTE


@dataclass
class Watched:
    """One application behind a file of rows, with its own store."""

    folder: Path
    store: Store

    async def reads(self, rows: list[dict], window: Window) -> IntakeReport:
        path = self.folder / "traces.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return await Intake(Jsonl((path,)), self.store, Assembly(BOT, PriceTable())).read(window.start, window.end)

    def shown(self, at: datetime) -> dict[str, Assessment]:
        found = Assessor(self.store, BOT, PROMISED, PLAN).assess(at)
        return {one.objective.name: one for one in found}

    def rows_kept(self, table) -> int:
        with self.store.database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(table))


@pytest.fixture
def watched(tmp_path) -> Iterator[Watched]:
    store = Store.open(f"sqlite:///{tmp_path / 'goodput.db'}")
    yield Watched(tmp_path, store)
    store.close()


def fine(n: int = FINE) -> list[dict]:
    """The rows of requests in the hours before noon, one in five minutes."""
    return [row for number in range(n) for row in request(number, NOON - 6 * HOUR + 5 * number * MINUTE)]


def odd(change: Callable[[dict, dict, dict], None]) -> list[dict]:
    """The rows of one more request, after *change* of its root, its retrieval and its model call."""
    root, retrieval, call = request(ODD, ODD_AT)
    change(root, retrieval, call)
    return [root, retrieval, call]


def clocks_differ(_root, retrieval, call):
    retrieval["startTime"] = wire(ODD_AT - 20 * SECOND)
    retrieval["endTime"] = wire(ODD_AT - 19 * SECOND)
    call["startTime"] = wire(ODD_AT - SECOND / 10)


def first_token_after_the_end(_root, _retrieval, call):
    call["completionStartTime"] = wire(ODD_AT + 5 * SECOND)


def first_token_before_the_start(_root, _retrieval, call):
    call["completionStartTime"] = wire(ODD_AT - SECOND)


def end_before_start(root, _retrieval, _call):
    root["endTime"] = wire(ODD_AT - 3 * SECOND)


def no_end(*rows):
    for row in rows:
        row["endTime"] = None


def one_token(_root, _retrieval, call):
    call["usageDetails"] = {"input": 100, "output": 1, "total": 101}


def no_tokens(_root, _retrieval, call):
    call["usageDetails"] = {"input": 0, "output": 0, "total": 0}


def negative_tokens(_root, _retrieval, call):
    call["usageDetails"] = {"input": 100, "output": -20}


def no_root(root, *_rows):
    root["isRootObservation"] = False
    root["parentObservationId"] = "never-came"


@pytest.mark.parametrize(
    ("change", "said", "unknown"),
    [
        pytest.param(
            clocks_differ, None, set(), id="a span that began before its root by another clock changes nothing"
        ),
        pytest.param(
            first_token_after_the_end,
            "1 with first token only at the end",
            {"first-token", "per-token"},
            id="a first token after the end is no first token",
        ),
        pytest.param(
            first_token_before_the_start,
            "1 with first token before the start",
            {"first-token", "per-token"},
            id="a first token before the start is no first token",
        ),
        pytest.param(
            end_before_start,
            "1 with end before start",
            {"end-to-end", "first-token", "per-token"},
            id="a request that ended before it began took no known time, but was answered and paid",
        ),
        pytest.param(
            no_end,
            "1 with no end",
            {"end-to-end", "first-token", "per-token"},
            id="a request without an end took no known time",
        ),
        pytest.param(one_token, None, {"per-token"}, id="one token has a first and none after it"),
        pytest.param(no_tokens, None, {"per-token", "length"}, id="zero tokens are an unknown length, not a short one"),
        pytest.param(
            negative_tokens,
            "1 rows skipped: usageDetails has a value that is negative or too large (first traces.jsonl:183)",
            {"first-token", "per-token", "length"},
            id="a call with negative tokens is skipped by name, and its request is kept",
        ),
        pytest.param(
            no_root, "1 with no root", set(), id="a request whose root never came is that of its longest span"
        ),
    ],
)
async def test_of_an_odd_request_only_what_can_be_true_is_shown(watched, change, said, unknown):
    report = await watched.reads([*fine(), *odd(change)], Window(NOON - 7 * HOUR, NOON))
    shown = watched.shown(NOON)

    asked = {"answered", "end-to-end", "first-token", "per-token", "cost", "length"}
    assert {name: FINE if name in unknown else FINE + 1 for name in asked} == {
        name: shown[name].measurement.n for name in asked
    }
    assert said is None or said in str(report)
    assert said is not None or "with" not in str(report)
    for name in ("end-to-end", "first-token", "per-token"):
        assert 0 < shown[name].measurement.value <= 1.0
        assert Verdict.MET is shown[name].verdict
    assert FINE + 1 == shown["goodput"].goodput.n


async def test_an_odd_request_counts_the_same_by_the_hour_and_row_by_row(watched):
    changes = (first_token_after_the_end, end_before_start, one_token, no_tokens)
    rows = [
        {
            **row,
            "traceId": f"{1000 + n:032x}",
            "id": f"{row['id']}-{n}",
            "parentObservationId": parent and f"{parent}-{n}",
        }
        for n, change in enumerate(changes)
        for row in odd(change)
        for parent in [row["parentObservationId"]]
    ]
    await watched.reads([*fine(), *rows], Window(NOON - 7 * HOUR, NOON))
    window = Window(NOON - 5 * HOUR - 7 * MINUTE, NOON - 11 * MINUTE)

    counted = watched.store.history("bot", PLAN).over(window, spreads=("tpot_s", "cost_usd"))
    exact = watched.store.requests.facts("bot", window)

    assert len(exact) == len(counted)
    assert [limit.count(exact) for limit in PLAN.limits] == [tally(counted, limit) for limit in PLAN.limits]
    assert [distribution(exact, one).n for one in ("tpot_s", "cost_usd")] == [
        distribution(counted, one).n for one in ("tpot_s", "cost_usd")
    ]
    assert spend_nano_usd(exact) == spend_nano_usd(counted)


async def test_a_window_without_requests_shows_no_number_and_no_verdict(watched):
    await watched.reads(fine(), Window(NOON - 7 * HOUR, NOON))
    shown = watched.shown(NOON + 40 * DAY)

    assert {(Verdict.INCONCLUSIVE, 0, None, None)} == {
        (one.verdict, one.measurement.n, one.measurement.value, one.measurement.interval) for one in shown.values()
    }
    assert "nothing was measured" == shown["answered"].because
    assert {None} == {burn.rate for burn in shown["answered"].budget.burns}


async def test_promises_to_nobody_that_came_show_no_number(watched):
    await watched.reads(fine(), Window(NOON - 7 * HOUR, NOON))

    assert (Verdict.INCONCLUSIVE, 0, None) == (
        (one := watched.shown(NOON)["checkout"]).verdict,
        one.measurement.n,
        one.measurement.value,
    )


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 29), 23, id="the day that lacks an hour has 23"),
        pytest.param(date(2026, 10, 25), 25, id="the day with an hour twice has 25, and both are counted"),
        pytest.param(date(2026, 10, 26), 24, id="the day after it has 24"),
    ],
)
async def test_days_on_which_clocks_are_changed_have_the_hours_that_they_have(watched, day, hours):
    """Rows carry local time with its offset; one request each half hour, from the day before to the day after."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    start = (midnight.astimezone(UTC) - DAY).replace(hour=0)
    rows = [row for number in range(4 * 48) for row in local(request(number, start + number * HOUR / 2))]
    await watched.reads(rows, Window(start, start + 4 * DAY))
    tomorrow = day + timedelta(days=1)
    local_day = Window(midnight, datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=BERLIN))
    history = watched.store.history("bot", PLAN)

    found = tally(history.over(local_day), FAILED)

    assert (0, 2 * hours) == (found.k, found.n)
    assert {48} == {tally(history.over(part), FAILED).n for part in Window(start, start + 4 * DAY).parts(DAY)}
    assert {48 * 2 / 1000} == set(daily_spend_usd(history, start + 4 * DAY).values())


def local(rows: list[dict]) -> list[dict]:
    """Return *rows* with their times as a host in Berlin writes them."""
    times = ("startTime", "endTime", "completionStartTime")
    return [
        row | {name: datetime.fromisoformat(row[name]).astimezone(BERLIN).isoformat() for name in times if row[name]}
        for row in rows
    ]


async def test_a_label_with_thousands_of_names_is_counted_exactly_and_stays_small(watched, caplog):
    """A feature that is an id: 2,400 names in one day, of which 200 have a series, and checkout, which is promised."""
    start = NOON - 4 * HOUR
    ids = [
        request(n, start + n * 6 * SECOND, feature=f"id-{n}", failed="503 upstream" if n % 10 == 0 else None)
        for n in range(2400)
    ]
    checkout = [request(5000 + n, NOON - HOUR + n * SECOND, feature="checkout") for n in range(7)]
    await watched.reads([row for rows in (*ids, *checkout) for row in rows], Window(start, NOON))
    shown = watched.shown(NOON)
    history = watched.store.history("bot", PLAN)
    parts = history.by(Window(start, NOON), "feature")

    assert (240, 2407) == (shown["answered"].bad.k, shown["answered"].bad.n)
    assert (240, 2407) == tuple(map(sum, zip(*((one.k, one.n) for one in counts(parts)), strict=True)))
    assert (0, 7) == (shown["checkout"].bad.k, shown["checkout"].bad.n)
    assert "other" in parts
    assert "is it an id?" in caplog.text
    assert 2 * 202 >= watched.rows_kept(COMBO)  # with a provider and without, as where no model answered
    assert 5 >= watched.rows_kept(ROLLUP)
    assert 5 * 20 >= watched.rows_kept(SPREAD)


def counts(parts):
    return [tally(one, FAILED) for one in parts.values()]
