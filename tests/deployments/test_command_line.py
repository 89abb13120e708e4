"""The goodput command as a person uses it: a process with arguments, an exit status and words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
GOODPUT = str(Path(sys.executable).parent / "goodput")


def goodput(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GOODPUT, *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "120", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The whole demo, once, as `make demo` runs it."""
    home = tmp_path_factory.mktemp("prefect")
    environment = {"PREFECT_HOME": str(home), "GOODPUT_DATA_FOLDER": str(tmp_path_factory.mktemp("data"))}
    done = goodput("demo", **environment)
    assert 0 == done.returncode, done.stderr[-3000:]
    return done.stdout, environment


def after(demo):
    """The environment that the demo tells its reader to set."""
    stdout, environment = demo
    line = next(line for line in stdout.splitlines() if line.strip().startswith("export "))
    return {**environment, **dict(pair.split("=", 1) for pair in line.split()[1:])}


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize(
    "words",
    [
        pytest.param("🔴 PAGE 2026-11-04 14:0", id="the outage pages"),
        pytest.param("✅ RESOLVED 2026-11-04 14:4", id="and resolves"),
        pytest.param("🔴 PAGE 2026-11-05 09:", id="the inventing release pages"),
        pytest.param("🟠 TICKET 2026-11-05 18:", id="slow first tokens are a ticket"),
        pytest.param("🟠 TICKET 2026-11-06 12:", id="the new topic is a ticket"),
        pytest.param("🟠 TICKET 2026-11-07 0", id="the spend is a ticket"),
        pytest.param("DIGEST 2026-11-08", id="the week has a digest"),
        pytest.param("Tue 03 Nov 03:15: 2 of 2 requests were not answered", id="the blip is quiet, with its reason"),
        pytest.param("$42.07 spent since 1 November", id="spend so far"),
        pytest.param("expected by month end", id="spend projected"),
        pytest.param("Goodput: 95.5 %", id="goodput"),
        pytest.param("What each promise costs", id="what each promise costs"),
        pytest.param("Error budgets", id="error budgets"),
        pytest.param("What to do next", id="what next"),
    ],
)
def test_the_demo_shows(demo, words):
    assert words in demo[0]


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize("tier", ["1 infrastructure", "2 llm", "3 quality", "4 cost"])
def test_the_demo_ends_with_all_four_tiers(demo, tier):
    assert tier in demo[0].split("support-bot")[-1] or tier in demo[0]


@pytest.mark.xdist_group("demo")
def test_status_says_the_same_again_and_finds_something(demo):
    done = goodput("status", "--app", "support-bot", **after(demo))

    assert 1 == done.returncode
    assert "first token within 500 ms" in done.stdout


@pytest.mark.xdist_group("demo")
def test_status_speaks_json(demo):
    (answer,) = json.loads(goodput("status", "--app", "support-bot", "--json", **after(demo)).stdout)

    assert "support-bot" == answer["application"]
    assert 42.07 == pytest.approx(answer["spend"]["spent_usd"], abs=0.01)
    assert {"topic-shift", "budget-projection"} <= {one["rule"] for one in answer["firing"]}
    assert (2103, 2147) == (answer["goodput"]["kept"], answer["goodput"]["n"])
    assert {"availability", "first-token"} <= {one["objective"] for one in answer["budgets"]}


@pytest.mark.xdist_group("demo")
def test_alerts_list_tells_what_fires(demo):
    done = goodput("alerts", "list", "--app", "support-bot", **after(demo))

    assert 1 == done.returncode
    assert "still firing" in done.stdout


def test_validate_finds_the_shipped_files_fine():
    done = goodput("validate")

    assert (0, "") == (done.returncode, done.stderr)
    assert "4 applications are fine" in done.stdout


def test_validate_names_every_mistake_with_its_place(tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text("source: {kind: langfuse}\ncolour: red\n")
    (tmp_path / "bot" / "slos.yaml").write_text("objectives: []\n")

    done = goodput("validate", str(tmp_path))

    assert 1 == done.returncode
    assert [
        f"{tmp_path}/bot/app.yaml:2:1: colour: there is no such field",
        f"{tmp_path}/bot/slos.yaml:1:1: objectives: there are none",
    ] == (done.stderr.splitlines())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("status",), "no application is watched yet", id="nothing to watch"),
        pytest.param(("status", "--app", "nope"), "there is no application 'nope'", id="an unknown name"),
        pytest.param(("serve",), "no application is watched yet", id="nothing to serve"),
        pytest.param(("run", "watch-requests", "--at", "2026-11-01T12:00:00"), "a time needs a zone", id="naive time"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tmp_path, arguments, words):
    database = f"sqlite:///{tmp_path}/goodput.db"
    done = goodput(*arguments, GOODPUT_DEPLOYMENTS_FOLDER=str(tmp_path), GOODPUT_DATABASE_URL=database)

    assert 2 == done.returncode
    assert words in done.stderr
    assert 1 == len(done.stderr.strip().splitlines())


def test_an_unknown_database_is_said_without_its_password(tmp_path):
    done = goodput(
        "status",
        GOODPUT_DEPLOYMENTS_FOLDER=str(ROOT / "deployments" / "demo"),
        GOODPUT_DATABASE_URL="postgresql://goodput:very-secret@127.0.0.1:1/nope",
    )

    assert 2 == done.returncode
    assert "GOODPUT_DATABASE_URL" in done.stderr
    assert "very-secret" not in done.stderr + done.stdout
