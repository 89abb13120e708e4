"""What every source keeps: the same rows behind each give the same observations, thumbs and bounds."""

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from adapters.sources import SOURCES, Access, SourceConfig
from adapters.sources.rows import read_row
from domain.reconciliation import Totals, agree_exactly, totals_of
from domain.window import Window
from tests.adapters.sources.recorded import ALL_48_HOURS, OBSERVATIONS_FILE, SCORES_FILE, rows, scores
from tests.stand_ins.langfuse import access_to, langfuse

LAST_HOURS = Window.ending(ALL_48_HOURS.end, timedelta(hours=6))
WITH_LATE_THUMBS = Window(ALL_48_HOURS.start, ALL_48_HOURS.end + timedelta(hours=4))
CONFIG = TypeAdapter(SourceConfig)


@asynccontextmanager
async def source_of(kind):
    """Open a source of each kind on the 48 hours."""
    if kind == "jsonl":
        config = CONFIG.validate_python({"kind": kind, "path": OBSERVATIONS_FILE, "scores": SCORES_FILE})
        async with config.open(Access()) as source:
            yield source
    else:
        with langfuse(rows(), scores()) as server:
            async with CONFIG.validate_python({"kind": kind}).open(access_to(server.url, "shop-prod")) as source:
                yield source


@pytest.fixture(params=sorted(SOURCES))
async def source(request):
    async with source_of(request.param) as opened:
        yield opened


async def test_every_row_of_the_window_is_read_once(source):
    inside = [read_row(row) for row in rows() if datetime.fromisoformat(row["startTime"]) in LAST_HOURS]

    assert by_id(without_texts(inside)) == by_id(await read(source, LAST_HOURS))


async def test_all_48_hours_are_read_in_several_pages(source):
    pages = [page async for page in source.observations(ALL_48_HOURS)]

    assert {row["id"] for row in rows()} == {row.id for page in pages for row in page.observations}
    assert max(len(page.observations) for page in pages) <= 1000
    assert not [skip for page in pages for skip in page.skips]


async def test_reading_again_gives_the_same(source):
    first = await read(source, LAST_HOURS)

    assert first == await read(source, LAST_HOURS)


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        pytest.param(0, 1, True, id="from its start on"),
        pytest.param(-1, 1, True, id="around its start"),
        pytest.param(-1, 0, False, id="up to its start"),
        pytest.param(1, 2, False, id="after its start"),
        pytest.param(0.5, 2, False, id="half a millisecond late"),
        pytest.param(-0.5, 0.5, True, id="half a millisecond around"),
    ],
)
async def test_a_window_is_half_open(source, start, end, found):
    row = rows()[17]
    moment = datetime.fromisoformat(row["startTime"])
    window = Window(moment + timedelta(milliseconds=start), moment + timedelta(milliseconds=end))

    assert found == (row["id"] in {row.id for row in await read(source, window)})


async def test_an_empty_window_has_no_rows_and_no_thumbs(source):
    before = Window.ending(ALL_48_HOURS.start, timedelta(hours=1))

    assert not await read(source, before)
    assert not await source.feedback(before)
    assert await source.totals(before) in {Totals(0, 0), None}


async def test_texts_come_with_the_second_pass_only(source):
    chosen = sorted({row["traceId"] for row in rows()})[:120]
    written = [read_row(row) for row in rows() if row["traceId"] in chosen]

    assert by_id(written) == by_id(await source.with_texts(chosen, ALL_48_HOURS))
    assert not any(row.input or row.output for row in await read(source, LAST_HOURS))


async def test_the_second_pass_keeps_to_traces_and_window(source):
    chosen = sorted({row["traceId"] for row in rows()})[:40]

    assert not await source.with_texts([], ALL_48_HOURS)
    assert not await source.with_texts(["no-such-trace"], ALL_48_HOURS)
    assert not await source.with_texts(chosen, Window.ending(ALL_48_HOURS.start, timedelta(hours=1)))


async def test_thumbs_are_those_that_users_gave(source):
    given = {row["subject"]["id"]: row["value"] for row in scores() if row["name"] == "user-feedback"}

    assert given == {thumb.trace_id: thumb.positive for thumb in await source.feedback(WITH_LATE_THUMBS)}


@pytest.mark.parametrize("window", [LAST_HOURS, ALL_48_HOURS], ids=["6 h", "48 h"])
async def test_totals_agree_with_the_rows_or_are_unknown(source, window):
    totals = await source.totals(window)

    assert totals is None or agree_exactly(totals_of(await read(source, window)), totals)


async def test_a_check_says_what_the_source_is(source):
    check = await source.check()

    assert check.name
    assert check.trace_url is None or "{trace_id}" in check.trace_url


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_a_configuration_knows_its_kind(kind):
    fields = {"path": "traces.jsonl"} if kind == "jsonl" else {}

    assert SOURCES[kind] is type(CONFIG.validate_python({"kind": kind, **fields}))


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"kind": "carrier-pigeon"}, id="unknown kind"),
        pytest.param({"kind": "jsonl"}, id="no path"),
        pytest.param({"kind": "jsonl", "path": "a", "scroes": "b"}, id="misspelt"),
        pytest.param({"kind": "langfuse", "secret_key": "sk"}, id="secrets do not belong into files"),
        pytest.param({"kind": "langfuse", "feedback": {"positive_from": "nan"}}, id="not a number"),
        pytest.param({"kind": "langfuse", "feedback": {"score": ""}}, id="a score without a name"),
    ],
)
def test_a_wrong_configuration_is_refused(config):
    with pytest.raises(ValidationError):
        CONFIG.validate_python(config)


async def read(source, window):
    return [row async for page in source.observations(window) for row in page.observations]


def by_id(observations):
    return sorted(observations, key=lambda row: (row.trace_id, row.id))


def without_texts(observations):
    return [replace(row, input=None, output=None) for row in observations]
