"""The goodput command as a person uses it: a process with arguments, an exit status and words."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.simulated_shop import simulate
from adapters.store import Store
from deployments.command_line.run import SaidAtTheEnd
from domain.alerting import Decision, Instance, State
from domain.assessment import assess
from domain.errors import ConfigError, TransientError
from domain.reconciliation import ReconciledHour, Totals
from domain.window import Window
from flows.configuration import read_application
from tests.builders import facts

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
        pytest.param("corrected from 3.9 % flagged of", id="the judge's errors are corrected"),
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
def test_the_share_of_invented_answers_is_corrected_to_where_it_truly_is(demo):
    """The judge alone is sure of a wrong number; its errors on labelled answers of another week put that right."""
    (answer,) = json.loads(goodput("status", "--app", "support-bot", "--json", **after(demo)).stdout)
    (judged,) = [one for one in answer["judged"] if one["criterion"] == "faithfulness"]
    known = [one.hallucinated for day in simulate() for one in day.requests if one.hallucinated is not None]
    truth = sum(known) / len(known)

    assert judged["flagged"]["interval"][1] < truth
    assert judged["corrected"]["interval"][0] < truth < judged["corrected"]["interval"][1]
    assert (100, 200) == (judged["corrected"]["m_bad"], judged["corrected"]["m_good"])


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
    assert ", 4 applications" in done.stdout


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


JUDGING = """\
judging:
  anchors: a.jsonl
  catalogue: c.yaml
  judge:
    kind: openai
    model: m
    daily_cap_usd: 5
    price: {input_usd_per_million: 1, output_usd_per_million: 2}
    fallback:
      kind: openai
      model: n
"""


def test_validate_reads_what_only_a_run_would_read(tmp_path):
    own = application(tmp_path, "bot", extra=JUDGING)
    own.joinpath("a.jsonl").write_text("{}\n")

    done = goodput("validate", str(tmp_path))

    no_price = "nobody knows what the judge n costs, and daily_cap_usd asks to keep to a budget: set price in app.yaml"
    assert (1, "3 mistakes\n") == (done.returncode, done.stdout)
    assert f"{own}/c.yaml" in done.stderr
    assert f"{own}/a.jsonl:1:1: id: Field required" in done.stderr
    assert f"{own}/app.yaml:12:7: judging.judge.fallback: {no_price}" in done.stderr


def test_validate_says_what_was_hardly_meant_and_finds_it_fine(tmp_path):
    short = "{name: end-to-end, tier: infrastructure, promise: p, signal: latency_s, statistic: p95, at_most: 0.5}"
    own = application(tmp_path, "bot")
    own.joinpath("slos.yaml").write_text(f"profile: chat\nobjectives:\n  - {short}\n")

    done = goodput("validate", str(tmp_path))

    assert 0 == done.returncode
    assert done.stderr.startswith(f"{own}/slos.yaml:3:5: warning: 'end-to-end' within 0.5 s leaves a streamed answer 1")
    assert "1 application; 1 warning" in done.stdout


def application(folder: Path, name: str, *, extra: str = "") -> Path:
    """A folder that watches nothing yet; with *extra* it is wrong."""
    own = folder / name
    own.mkdir(parents=True)
    own.joinpath("app.yaml").write_text(f"source: {{kind: jsonl, path: rows}}\n{extra}")
    own.joinpath("slos.yaml").write_text((ROOT / "deployments/demo/support-bot/slos.yaml").read_text())
    return own


def home(tmp_path: Path, **more: str) -> dict[str, str]:
    """The environment of a process that touches nothing outside *tmp_path*."""
    return {
        "GOODPUT_DEPLOYMENTS_FOLDER": str(tmp_path / "deployments"),
        "GOODPUT_DATA_FOLDER": str(tmp_path / "data"),
        "GOODPUT_DATABASE_URL": f"sqlite:///{tmp_path}/goodput.db",
        "PREFECT_HOME": str(tmp_path / "prefect"),
        **more,
    }


@pytest.mark.parametrize("what", ["nonexistent", "empty", "a file"])
def test_validate_refuses_a_path_without_applications(tmp_path, what):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file").write_text("source: {kind: langfuse}\n")

    done = goodput("validate", str(tmp_path / what))

    assert (2, "", f"no app.yaml under {tmp_path / what}\n") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("path", ["good", "good/", "."])
def test_validate_checks_just_the_application_whose_folder_it_is_given(tmp_path, path):
    good = application(tmp_path, "good")
    application(tmp_path, "wrong", extra="colour: red\n")

    done = goodput("validate", path, cwd=good if path == "." else tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert ", 1 application" in done.stdout


def test_validate_finds_the_mistakes_of_one_applications_own_folder(tmp_path):
    wrong = application(tmp_path, "wrong", extra="colour: red\n")

    done = goodput("validate", str(wrong))

    assert (1, f"{wrong}/app.yaml:2:1: colour: there is no such field\n") == (done.returncode, done.stderr)


@pytest.mark.parametrize("command", [("status",), ("alerts", "list")])
def test_one_wrong_file_does_not_hide_the_other_applications(tmp_path, command):
    application(tmp_path / "deployments", "good")
    wrong = application(tmp_path / "deployments", "a-wrong-one", extra="colour: red\n")

    done = goodput(*command, **home(tmp_path))

    assert "good: no" in done.stdout
    assert (2, f"{wrong}/app.yaml:2:1: colour: there is no such field\n") == (done.returncode, done.stderr)


def compared(tmp_path: Path, theirs: Totals | None) -> dict[str, str]:
    """An application with one verdict, and one hour held against what the source counts."""
    application(tmp_path / "deployments", "good")
    at = datetime(2026, 11, 4, 12, tzinfo=UTC)
    hour = ReconciledHour(
        start=at - timedelta(hours=2),
        ours=Totals(1_000, 500_000_000),
        theirs=theirs,
        requests=300,
        spend_nano_usd=400_000_000,
        checked_at=at,
    )
    (found,) = [
        one for one in read_application(tmp_path / "deployments", "good").objectives if one.name == "availability"
    ]
    with closing(Store.open(f"sqlite:///{tmp_path}/goodput.db")) as store:
        store.assessments.save("good", at, [assess(found, facts([]), Window.ending(at, timedelta(hours=1)))])
        store.reconciliations.save("good", [hour])
    return home(tmp_path)


@pytest.mark.parametrize(
    ("theirs", "line", "values"),
    [
        pytest.param(
            Totals(1_000, 500_000_000),
            "Books: Wed 4 Nov agrees with Langfuse: 1,000 rows read, the same at Langfuse",
            [(True, {"ours": 1_000, "theirs": 1_000, "difference": 0.0}, 0.5)],
            id="agreement",
        ),
        pytest.param(
            Totals(2_000, 1_000_000_000),
            "Books: Wed 4 Nov differs from Langfuse: 1,000 rows read, 2,000 rows at Langfuse (50.0 % fewer)",
            [(False, {"ours": 1_000, "theirs": 2_000, "difference": 0.5}, 1.0)],
            id="a difference",
        ),
        pytest.param(None, None, [], id="a source that does not count"),
    ],
)
def test_status_says_whether_the_books_agree(tmp_path, theirs, line, values):
    environment = compared(tmp_path, theirs)
    shown = goodput("status", "--app", "good", **environment)
    (answer,) = json.loads(goodput("status", "--app", "good", "--json", **environment).stdout)

    assert (line or "") in " ".join(shown.stdout.split())
    assert (line is not None) == ("Books" in shown.stdout)
    assert values == [(day["agrees"], day["rows"], day["cost_usd"]["theirs"]) for day in answer["reconciled"]]


def recovering(tmp_path: Path) -> None:
    """An alert that fired and is not over yet."""
    application(tmp_path / "deployments", "good")
    at = datetime(2026, 11, 4, 12, tzinfo=UTC)
    instance = Instance(application="good", rule="errors", state=State.RECOVERING, since=at, episode=1, last_slot=at)
    decision = Decision(application="good", slot=at, instances=(instance,), transitions=(), evaluations=(), notices=())
    with closing(Store.open(f"sqlite:///{tmp_path}/goodput.db")) as store:
        assert store.alerts.keep(decision)


def test_an_alert_that_recovers_is_still_open(tmp_path):
    recovering(tmp_path)

    assert 1 == goodput("alerts", "list", **home(tmp_path)).returncode


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_reader_that_has_read_enough_is_left_quietly(tmp_path, more):
    recovering(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [GOODPUT, "alerts", "list", *more],
            env={**os.environ, **home(tmp_path)},
            stdout=pipe,
            stderr=subprocess.PIPE,
            timeout=60,
        )

    assert (128 + signal.SIGPIPE, b"") == (done.returncode, done.stderr)


def test_a_flow_that_fails_says_why_once_and_without_a_traceback(tmp_path):
    wrong = application(tmp_path / "deployments", "wrong", extra="colour: red\n")

    done = goodput("run", "watch-requests", **home(tmp_path))

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr
    assert 1 == done.stderr.count("there is no such field")
    assert f"\nwrong: {wrong}/app.yaml:2:1: colour: there is no such field\n" in done.stderr
    assert "Beginning flow run" in done.stderr


def record(name: str, level: int, words: str, *arguments: object, raised: Exception | None = None) -> logging.LogRecord:
    why = (type(raised), raised, None) if raised else None
    return logging.LogRecord(name, level, __file__, 1, words, arguments, why)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        pytest.param(True, record("prefect.flow_runs", logging.INFO, "Finished in state Completed()"), id="story"),
        pytest.param(False, record("prefect.flow_runs", logging.ERROR, "Finished in state Failed()"), id="state"),
        pytest.param(
            False, record("prefect.flow_runs", logging.ERROR, "Encountered", raised=ConfigError("x")), id="traceback"
        ),
        pytest.param(
            True, record("prefect.flow_runs", logging.ERROR, "Encountered", raised=KeyError("x")), id="a defect"
        ),
        pytest.param(False, record("flows.each", logging.ERROR, "%s: %s", "bot", ConfigError("x")), id="said again"),
        pytest.param(
            True,
            record("alerts.dispatcher", logging.ERROR, "%s will never take it: %s", "pager", TransientError("x")),
            id="what the run survives",
        ),
        pytest.param(
            True, record("prefect.task_runs", logging.INFO, "%r - Retry 1/3", TransientError("x")), id="another try"
        ),
    ],
)
def test_the_console_shows_all_but_what_the_command_ends_with(shown, said):
    assert shown is SaidAtTheEnd().filter(said)


def test_serve_refuses_a_port_that_somebody_answers(tmp_path):
    application(tmp_path / "deployments", "good")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = goodput("serve", **home(tmp_path, PREFECT_SERVER_API_PORT=port, PREFECT_API_URL=""))

    assert 2 == done.returncode
    assert [f"port {port} is taken"] == [line.split(":")[0] for line in done.stderr.splitlines()]
    assert "PREFECT_SERVER_API_PORT" in done.stderr
    assert "PREFECT_API_URL" in done.stderr


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return [int(one) for one in found.split()]


def eventually(what, *, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while not (value := what()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return value


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_serve_that_is_ended_while_it_starts_takes_its_server_with_it(tmp_path):
    application(tmp_path / "deployments", "good")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    serving = subprocess.Popen(
        [GOODPUT, "serve"],
        env={**os.environ, **home(tmp_path, PREFECT_SERVER_API_PORT=port, PREFECT_API_URL="")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        (server,) = eventually(lambda: children_of(serving.pid))
        time.sleep(0.5)
        serving.terminate()

        assert 128 + signal.SIGTERM == serving.wait(timeout=30)
        assert eventually(lambda: is_gone(server))
    finally:
        serving.kill()
        serving.wait()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("status",), "no application is watched yet", id="nothing to watch"),
        pytest.param(("status", "--app", "nope"), "there is no application 'nope'", id="an unknown name"),
        pytest.param(("serve",), "no application is watched yet", id="nothing to serve"),
        pytest.param(("run", "watch-requests", "--at", "2026-11-01T12:00:00"), "a time needs a zone", id="naive time"),
        pytest.param(("alerts", "list", "--days", "-3"), "--days -3: give a number of days", id="days before now"),
        pytest.param(("alerts", "list", "--days", "0"), "--days 0: give a number of days", id="no days"),
        pytest.param(
            ("alerts", "list", "--days", "9999999999"), "give a number of days", id="days before the calendar"
        ),
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
