"""Files of rows, whole and damaged."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest

from adapters.sources import Access, JsonlConfig, Skip
from adapters.sources.jsonl import Jsonl
from adapters.sources.lines import read_lines
from domain.errors import ConfigError
from domain.window import Window
from tests.adapters.sources.recorded import rows, scores

DAY = Window(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
GOOD = {"id": "o-1", "traceId": "t-1", "startTime": "2026-11-22T10:00:00.000Z", "input": "Hello?", "output": "Hello!"}


@pytest.fixture(params=["traces.jsonl", "traces.jsonl.gz"])
def write(request, tmp_path):
    """Write lines, plain and compressed."""

    def write_lines(*texts, name=request.param):
        path = tmp_path / name
        raw = b"".join(text if isinstance(text, bytes) else text.encode() for text in texts)
        path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
        return path

    return write_lines


def line(**fields):
    return json.dumps(GOOD | fields) + "\n"


async def read(*paths, window=DAY, **options):
    pages = [page async for page in Jsonl(paths, **options).observations(window)]
    return [row.id for page in pages for row in page.observations], [skip for page in pages for skip in page.skips]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("{oops\n", "not JSON", id="broken"),
        pytest.param("[1, 2]\n", "not an object", id="a list"),
        pytest.param('"text"\n', "not an object", id="a text"),
        pytest.param("{}\n", "id is missing", id="an empty object"),
        pytest.param(b'{"id": "\xff"}\n', "not UTF-8", id="another encoding"),
        pytest.param("[" * 100_000 + "\n", "nested too deep", id="nested without end"),
        pytest.param('{"id": ' + "9" * 5000 + "}\n", "has a number that is too long", id="a long number"),
        pytest.param(line(totalCost="priceless"), "totalCost is not an amount", id="no cost"),
        pytest.param(line(startTime="2026-11-22T10:00:00"), "startTime has no zone", id="a naive time"),
        pytest.param("\x00\x00\n", "not JSON", id="zeros, as a crash leaves them"),
    ],
)
async def test_a_bad_line_is_skipped_by_name(write, text, reason):
    path = write(line(), text, line(id="o-2"))

    ids, skips = await read(path)

    assert ["o-1", "o-2"] == ids
    assert [f"{path.name}:2"] == [skip.where for skip in skips]
    assert skips[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("end", "ids", "where"),
    [
        pytest.param(line(id="o-2")[:-1], ["o-1", "o-2"], [], id="without the last newline"),
        pytest.param(line(id="o-2")[:-9], ["o-1"], [2], id="half-written"),
        pytest.param("\n\n  \n", ["o-1"], [], id="blank lines"),
        pytest.param("", ["o-1"], [], id="nothing more"),
    ],
)
async def test_a_file_may_end_anywhere(write, end, ids, where):
    path = write(line(), end)

    assert (ids, [f"{path.name}:{number}" for number in where]) == names(await read(path))


async def test_an_empty_file_has_no_rows(write):
    assert ([], []) == await read(write())


async def test_a_cut_archive_gives_what_was_readable(tmp_path):
    path = tmp_path / "cut.jsonl.gz"
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows()).encode())
    path.write_bytes(whole[: len(whole) // 2])

    ids, skips = await read(path)

    assert ids
    assert [row["id"] for row in rows()][: len(ids)] == ids
    assert ["cut.jsonl.gz"] == [skip.where for skip in skips]


@pytest.mark.parametrize("damage", [b"not a gzip file", b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x00" + b"x" * 40])
async def test_a_damaged_archive_is_one_skip(tmp_path, damage):
    path = tmp_path / "damaged.jsonl.gz"
    path.write_bytes(damage)

    ids, skips = await read(path)

    assert ([], ["damaged.jsonl.gz"]) == (ids, [skip.where for skip in skips])


@pytest.mark.parametrize("missing", ["no-such-file.jsonl", "no-such-file.jsonl.gz", "no/such/folder"])
@pytest.mark.parametrize("method", ["check", "observations"])
async def test_a_missing_file_is_named(tmp_path, missing, method):
    path = tmp_path / missing
    source = Jsonl((path,))

    with pytest.raises(ConfigError, match=f"cannot read .*{missing}: No such file"):
        await (source.check() if method == "check" else read(path))


async def test_a_missing_file_of_scores_is_named(write, tmp_path):
    source = Jsonl((write(line()),), scores=tmp_path / "no-scores.jsonl")

    with pytest.raises(ConfigError, match=r"no-scores\.jsonl"):
        await source.check()


async def test_a_folder_without_rows_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("not rows")

    with pytest.raises(ConfigError, match=r"no \*\.jsonl"):
        await read(tmp_path)


async def test_a_folder_is_read_by_name_and_without_its_scores(write, tmp_path):
    write(line(id="b"), name="2.jsonl.gz")
    write(line(id="a"), name="1.jsonl")
    thumbs = write(json.dumps(scores()[0]) + "\n", name="0.scores.jsonl")

    assert (["a", "b"], []) == await read(tmp_path, scores=thumbs)


async def test_several_files_are_read_in_turn(write):
    one, two = write(line(id="a"), name="1.jsonl"), write(line(id="b"), name="2.jsonl.gz")

    assert (["b", "a"], []) == await read(two, one)


@pytest.mark.parametrize("end", ["\n", "", "x" * 5000 + "\n", "x" * 5000])
def test_a_line_without_end_does_not_fill_the_memory(write, end):
    path = write(line(id="o-1"), line(id="o-2"), "x" * 5000, end)

    *short, long = read_lines(path, longest=1000)

    assert [line(id="o-1").encode(), line(id="o-2").encode()] == [found.text for found in short]
    assert Skip(f"{path.name}:3", "the line is too long to be a row") == long


async def test_texts_are_not_kept_while_reading(tmp_path):
    path = tmp_path / "large.jsonl"
    with path.open("w") as file:
        file.writelines(line(id=f"o-{number}", input="x" * 20_000) for number in range(2000))

    tracemalloc.start()
    ids, _ = await read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [f"o-{number}" for number in range(2000)] == ids
    assert peak < path.stat().st_size / 4


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(line(), id="as Langfuse orders them"),
        pytest.param(json.dumps(GOOD | {"metadata": {"startTime": "x"}}, sort_keys=True) + "\n", id="sorted"),
        pytest.param(
            '{"metadata": {"startTime": "1999-01-01T00:00:00Z"}, ' + line()[1:], id="the name within metadata"
        ),
        pytest.param(line(input='"startTime": "1999-01-01T00:00:00Z"')[:-1] + "\n", id="the name within a text"),
        pytest.param(" " + json.dumps(GOOD, indent=None, separators=(",", ":")) + "\n", id="without spaces"),
        pytest.param(line().replace("startTime", "start\\u0054ime"), id="the name in escapes"),
        pytest.param(line(startTime="2026-11-22T11:00:00+01:00"), id="another zone"),
    ],
)
async def test_a_row_is_found_however_it_is_written(write, text):
    path = write(text)
    source = Jsonl((path,))
    late = Window(DAY.start + timedelta(days=1), DAY.end + timedelta(days=1))

    assert ["o-1"] == (await read(path))[0]
    assert ["Hello!"] == [row.output for row in await source.with_texts(["t-1"], DAY)][:1]
    assert ([], []) == await read(path, window=late)


@pytest.mark.parametrize("text", ["{oops\n", '{"name": "user-feedback"}\n', "[]\n"])
async def test_a_bad_score_is_logged_and_the_others_count(write, caplog, text):
    thumb = next(row for row in scores() if row["name"] == "user-feedback")
    bad = text.replace("}", ', "dataType": "BOOLEAN", "subject": {"kind": "trace", "id": "t"}}')
    path = write(json.dumps(thumb) + "\n", bad, name="scores.jsonl")
    source = Jsonl((write(line()),), scores=path)

    thumbs = await source.feedback(DAY)

    assert [thumb["id"]] == [found.id for found in thumbs]
    assert ["Skipped scores.jsonl:2"] == [message.split(": ")[0] for message in caplog.messages]


async def test_without_a_file_of_scores_there_are_no_thumbs(write):
    assert [] == await Jsonl((write(line()),)).feedback(DAY)


async def test_scores_are_not_kept(write):
    async with JsonlConfig(path=write(line())).open(Access()) as source:
        check = await source.check()

        assert not check.accepts_scores
        assert () == await source.publish([])


async def test_halves_of_characters_do_not_reach_the_database(write):
    path = write(line(name="cut \ud83d and \x00 zero", metadata={"a": ["\ud83d", {"\x00": "\x00"}]}))
    rows_read = [row async for page in Jsonl((path,)).observations(DAY) for row in page.observations]

    assert [("cut � and  zero", {"a": ["�", {"": ""}]})] == [(row.name, row.metadata) for row in rows_read]


def names(read_rows):
    ids, skips = read_rows
    return ids, [skip.where for skip in skips if isinstance(skip, Skip)]
