"""What we ask Langfuse for, and what we make of its answers."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.sources import Access, FeedbackConfig, Skip
from adapters.sources.langfuse import open_langfuse
from adapters.sources.rows import read_row
from domain.errors import ConfigError, PermanentError
from domain.reconciliation import Totals, totals_of
from domain.window import Window
from tests.adapters.sources.recorded import ALL_48_HOURS, recorded_rows, recording, rows, scores
from tests.stand_ins.langfuse import langfuse
from tests.stand_ins.server import Answer, stand_in

RECORDED_NANO_USD = 518_604_060
"""What the recorded server gave as the cost of the 48 hours."""

LAST_HOUR = Window.ending(ALL_48_HOURS.end, timedelta(hours=1))


@pytest.mark.parametrize("version", ["4.0.0", "4.16.0", "4.59.0", "5.1.0", "4.60.0-rc.1"])
async def test_a_check_tells_version_and_where_traces_have_their_page(opened, version):
    with langfuse((), version=version) as server:
        check = await (await opened(server)).check()

    host = server.url.removeprefix("http://")
    assert f"Langfuse {version} at {host}" == check.name
    assert f"{server.url}/project/local-project/traces/{{trace_id}}" == check.trace_url
    assert check.accepts_scores


@pytest.mark.parametrize("version", ["3.179.1", "2.95.0"])
async def test_an_old_langfuse_is_named_as_too_old(opened, version):
    with langfuse((), version=version) as server:
        source = await opened(server)

        with pytest.raises(ConfigError, match=f"Langfuse {version} is too old; Goodput needs 4.0 or newer"):
            await source.check()


async def test_a_path_before_the_api_is_kept(opened):
    with langfuse(()) as server:
        access = Access(base_url=f"{server.url}/behind/a/proxy/")
        async with open_langfuse(access, timeout_s=5) as source:
            with pytest.raises(ConfigError):
                await source.check()

    assert ["/behind/a/proxy/api/public/health"] == [request.path for request in server.received]


@pytest.mark.parametrize(
    "base_url",
    ["", "localhost:3000", "ftp://traces.example", "https://", "http://[::1", "http://me:secret@traces.example"],
)
async def test_an_address_that_is_none_is_refused_at_once(base_url):
    with pytest.raises(ConfigError, match="GOODPUT_LANGFUSE_URL") as caught:
        async with open_langfuse(Access(base_url=base_url)):
            pass

    assert "secret" not in str(caught.value)


async def test_the_cheap_pass_asks_for_everything_but_texts(opened):
    with langfuse(rows()) as server:
        source = await opened(server, "shop-prod", "default")
        await drain(source, LAST_HOUR)

    request = server.received[0]
    assert ["shop-prod", "default"] == request.queries["environment"]
    assert ("2026-11-22T19:00:00.000Z", "2026-11-22T20:00:00.000Z", "1000") == tuple(
        request.query[name] for name in ("fromStartTime", "toStartTime", "limit")
    )
    assert {"metadata"} == set(request.query["fields"].split(",")) - set(cheap_recording()["fields"].split(","))


async def test_no_environment_means_all(opened):
    with langfuse(rows()) as server:
        source = await opened(server)
        await drain(source, LAST_HOUR)
        await source.feedback(LAST_HOUR)
        await source.totals(LAST_HOUR)

    assert not any("environment" in request.query for request in server.received)
    assert [] == json.loads(server.received[-1].query["query"])["filters"]


@pytest.mark.parametrize(
    ("environments", "found"),
    [
        pytest.param(("shop-prod",), 5, id="this one"),
        pytest.param(("shop-prod", "other"), 8, id="both"),
        pytest.param(("other",), 3, id="the other one"),
        pytest.param(("nowhere",), 0, id="neither"),
    ],
)
async def test_only_the_chosen_environments_are_seen(opened, environments, found):
    split = [row | {"environment": "shop-prod" if i < 5 else "other"} for i, row in enumerate(rows()[:8])]
    thumbs = [score for score in scores() if score["name"] == "user-feedback"][:8]
    thumbs = [row | {"environment": "shop-prod" if i < 5 else "other"} for i, row in enumerate(thumbs)]
    with langfuse(split, thumbs) as server:
        source = await opened(server, *environments)

        assert found == len(await drain(source, ALL_48_HOURS))
        assert found == len(await source.with_texts({row["traceId"] for row in split}, ALL_48_HOURS))
        assert found == len(await source.feedback(ALL_48_HOURS))
        assert found == (await source.totals(ALL_48_HOURS)).rows


async def test_texts_are_asked_for_50_traces_at_a_time(opened):
    chosen = sorted({row["traceId"] for row in rows()})[:120]
    with langfuse(rows()) as server:
        source = await opened(server)
        await source.with_texts(chosen, ALL_48_HOURS)

    filters = [json.loads(request.query["filter"])[0] for request in server.received]
    form = json.loads(recording("observations/rich-by-trace-ids")["request"]["query"]["filter"])[0]
    assert [{**form, "value": chosen[start : start + 50]} for start in (0, 50, 100)] == unique(filters)


@pytest.mark.parametrize(
    ("broken", "skip"),
    [
        pytest.param({"startTime": "2026-11-22T19:30:00"}, "startTime has no zone", id="a time without zone"),
        pytest.param({"usageDetails": {"input": -3}}, "usageDetails has a value that is negative", id="usage"),
        pytest.param({"totalCost": "priceless"}, "totalCost is not an amount", id="cost"),
    ],
)
async def test_one_bad_row_costs_one_row(opened, broken, skip):
    bad = rows()[0] | broken
    with stand_in(lambda _: answer_with([bad, *rows()[1:50]])) as server:
        source = await opened(server)
        pages = [page async for page in source.observations(ALL_48_HOURS)]

    assert [f"{bad['traceId']}/{bad['id']}"] == [found.where for page in pages for found in page.skips]
    assert pages[0].skips[0].reason.startswith(skip)
    assert {row["id"] for row in rows()[1:50]} == {row.id for page in pages for row in page.observations}


@pytest.mark.parametrize("row", [None, 7, "row", []])
async def test_a_row_that_is_no_row_is_skipped(opened, row):
    with stand_in(lambda _: answer_with([row])) as server:
        source = await opened(server)
        pages = [page async for page in source.observations(ALL_48_HOURS)]

    assert [Skip("a row without ids", "not an object")] == [skip for page in pages for skip in page.skips]


@pytest.mark.parametrize(
    ("rule", "thumbs"),
    [
        pytest.param(FeedbackConfig(), (75, 22), id="yes or no"),
        pytest.param(FeedbackConfig(score="helpfulness"), (45, 3), id="from half on"),
        pytest.param(FeedbackConfig(score="helpfulness", positive_from=0), (48, 0), id="from zero on"),
        pytest.param(FeedbackConfig(score="no-such-score"), (0, 0), id="another name"),
    ],
)
async def test_the_rule_says_what_a_thumb_is(opened, rule, thumbs):
    with langfuse((), scores()) as server:
        source = await opened(server, "shop-prod", feedback=rule)
        found = await source.feedback(Window(ALL_48_HOURS.start, ALL_48_HOURS.end + timedelta(hours=4)))

    assert thumbs == (sum(thumb.positive for thumb in found), sum(not thumb.positive for thumb in found))


@pytest.mark.parametrize(
    ("answer", "totals"),
    [
        pytest.param([{"count_count": 12, "sum_totalCost": 0.42}], Totals(12, 420_000_000), id="numbers"),
        pytest.param([{"count_count": "12", "sum_totalCost": "0.42"}], Totals(12, 420_000_000), id="text"),
        pytest.param([{"count_count": 12.0, "sum_totalCost": "2e-8"}], Totals(12, 20), id="a fraction, an exponent"),
        pytest.param([{"count_count": 12, "sum_totalCost": 0}], Totals(12, 0), id="rows without a price"),
        pytest.param([{"count_count": 1, "sum_totalCost": -0.5}], Totals(1, -500_000_000), id="a credit"),
        pytest.param([{"count_count": 0, "sum_totalCost": None}], Totals(0, 0), id="the sum of nothing"),
        pytest.param([{"count_count": 12, "sum_totalCost": None}], Totals(12, None), id="a cost that is not said"),
        pytest.param([], Totals(0, 0), id="no group"),
    ],
)
async def test_totals_come_as_numbers_or_as_text(opened, answer, totals):
    with stand_in(lambda _: answer_with(answer)) as server:
        source = await opened(server)

        assert totals == await source.totals(LAST_HOUR)


@pytest.mark.parametrize(
    "broken",
    [
        *({"count_count": count} for count in ("many", "inf", "nan", None, [1], True, -1, 1e300)),
        *({"sum_totalCost": cost} for cost in ("much", "inf", "nan", [1], True, 1e300, "1e999", {})),
    ],
    ids=str,
)
async def test_totals_that_are_none_are_refused(opened, broken):
    with stand_in(lambda _: answer_with([{"count_count": 12, "sum_totalCost": 0.42} | broken])) as server:
        source = await opened(server)

        with pytest.raises(PermanentError, match="does not know"):
            await source.totals(LAST_HOUR)


@pytest.mark.parametrize("missing", ["count_count", "sum_totalCost"])
async def test_totals_of_which_one_is_missing_are_refused(opened, missing):
    whole = {"count_count": 12, "sum_totalCost": 0.42}
    del whole[missing]
    with stand_in(lambda _: answer_with([whole])) as server:
        source = await opened(server)

        with pytest.raises(PermanentError, match="does not know"):
            await source.totals(LAST_HOUR)


async def test_both_totals_are_asked_for_in_full_and_at_once(opened):
    with langfuse(rows()) as server:
        source = await opened(server, "shop-prod")

        assert Totals(len(rows()), RECORDED_NANO_USD) == await source.totals(ALL_48_HOURS)

    (request,) = server.received
    query = json.loads(request.query["query"])
    assert ([{"field": "count_count", "direction": "desc"}], {"row_limit": 1}) == (query["orderBy"], query["config"])


async def test_what_the_server_summed_is_what_its_rows_say_failed_calls_included():
    read = totals_of(read_row(row) for row in rows())

    assert (3994, RECORDED_NANO_USD) == (read.rows, pytest.approx(read.cost_nano_usd, abs=len(rows())))


async def test_a_row_that_cannot_be_read_says_when_it_began_if_it_can(opened):
    broken = [rows()[0] | {"totalCost": "priceless"}, rows()[1] | {"startTime": "soon"}]
    with stand_in(lambda _: answer_with(broken)) as server:
        source = await opened(server)
        pages = [page async for page in source.observations(ALL_48_HOURS)]

    began = datetime.fromisoformat(rows()[0]["startTime"])
    assert [began, None] == [skip.started_at for page in pages for skip in page.skips]


async def test_a_bound_within_a_millisecond_lets_no_earlier_row_in(opened):
    row = recorded_rows("observations/cheap")[0]
    started = datetime.fromisoformat(row["startTime"]).astimezone(UTC)
    with langfuse(rows()) as server:
        source = await opened(server)
        found = await drain(source, Window(started + timedelta(microseconds=1), ALL_48_HOURS.end))

    assert row["id"] not in {row.id for row in found}


def cheap_recording():
    return recording("observations/cheap")["request"]["query"]


def answer_with(page):
    return Answer({"data": page, "meta": {}})


def unique(items):
    return [item for i, item in enumerate(items) if item not in items[:i]]


async def drain(source, window):
    return [row async for page in source.observations(window) for row in page.observations]
