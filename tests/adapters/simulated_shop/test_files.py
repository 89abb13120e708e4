import gzip
import json
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from adapters.simulated_shop import SEED, WEEK, simulate_day, write_week
from adapters.simulated_shop.files import VERSION, pack

pytestmark = pytest.mark.xdist_group("simulated shop")

SUNDAY = next(WEEK.parts(WEEK.length / 7))
ROWS_OF_SUNDAY = {2: "72463c8e277775b5"}


def test_the_same_seed_gives_the_same_bytes(week):
    again = simulate_day(SEED, SUNDAY)

    assert week.days[0] == again
    assert pack(week.days[0].observations) == pack(again.observations)


def test_another_seed_gives_another_day(week):
    other = simulate_day(SEED + 1, SUNDAY)

    assert {request.trace_id for request in week.days[0].requests}.isdisjoint(
        request.trace_id for request in other.requests
    )


def test_a_version_of_the_generator_gives_the_same_rows_on_every_platform(week):
    rows = gzip.decompress(pack((*week.days[0].observations, *week.days[0].scores)))

    assert ROWS_OF_SUNDAY[VERSION] == sha256(rows).hexdigest()[:16], "raise VERSION and write down its digest"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return write_week(tmp_path_factory.mktemp("week"), window=SUNDAY)


def read(path):
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_files_hold_the_rows_by_day_and_all_scores_in_the_order_of_time(files, week):
    times = [row["timestamp"] for row in read(files.scores)]

    assert list(week.days[0].observations) == read(files.observations[0])
    assert sorted(row["id"] for row in week.days[0].scores) == sorted(row["id"] for row in read(files.scores))
    assert sorted(times) == times
    assert {"manifest.json", "observations-2026-11-01.jsonl.gz", "scores.jsonl.gz"} == {
        path.name for path in files.scores.parent.iterdir()
    }


def test_a_complete_week_is_not_written_again(files):
    def never(*step):
        pytest.fail(f"written again: {step}")

    assert files == write_week(files.scores.parent, window=SUNDAY, progress=never)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda files: files.scores.write_bytes(b""), id="a file was cut"),
        pytest.param(lambda files: files.observations[0].unlink(), id="a file is missing"),
        pytest.param(lambda files: files.scores.with_name("manifest.json").unlink(), id="it was interrupted"),
    ],
)
def test_a_damaged_week_is_written_again(files, harm):
    before = files.observations[0].read_bytes(), files.scores.read_bytes()
    told = []
    harm(files)
    write_week(files.scores.parent, window=SUNDAY, progress=lambda *step: told.append(step))

    assert before == (files.observations[0].read_bytes(), files.scores.read_bytes())
    assert told == [("2026-11-01", 1, 1)]


def test_another_seed_replaces_the_week(files, tmp_path):
    copy = Path(copytree(files.scores.parent, tmp_path / "copy"))

    assert files.scores.read_bytes() != write_week(copy, seed=SEED + 1, window=SUNDAY).scores.read_bytes()
