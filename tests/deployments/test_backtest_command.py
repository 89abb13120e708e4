"""`goodput backtest`: what rules would have told whom, for people and for programs."""

import json
import logging
import re
from pathlib import Path

import pytest

from adapters.store import Store
from deployments.command_line.backtest import backtest_rules
from domain.errors import ConfigError
from domain.window import Window
from tests.adapters.store.examples import dump
from tests.builders import DAY, MINUTE
from tests.deployments.test_command_line import goodput, home
from tests.flows.made_up_past import BEGINS, SHOP, live, shop

AN_HOUR = Window(BEGINS, BEGINS + 70 * MINUTE)
TIMES = ("--app", SHOP, "--from", "2026-11-02T11:00:00Z", "--to", "2026-11-02T12:10:00Z")
LESS = """\
rules:
  - name: error-rate
    severity: ticket
    summary: Nearly all requests fail.
    when: {kind: share, signal: failed, share_above: 0.99, over: 2m, alpha: 0.0001}
    for: 1m
    look: The orders service.
without: [provider-outage]
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A shop that had an outage, and other rules beside its own."""
    folder = tmp_path_factory.mktemp("backtest")
    environment = home(folder)
    store = Store.open(environment["GOODPUT_DATABASE_URL"])
    log = logging.getLogger("alerts")
    before, log.handlers = log.handlers, []  # Prefect's, where another test has started it
    live(store, shop(folder / "deployments"), AN_HOUR)
    log.handlers = before
    store.close()
    (folder / "less.yaml").write_text(LESS)
    (folder / "same.yaml").write_text("# nothing of its own\n")
    return environment, folder


def backtest(lived, *arguments):
    environment, _ = lived
    done = goodput("backtest", *arguments, **environment)
    assert done.returncode < 2, done.stderr
    return done


def words_of(done):
    """What it says, with the cells of tables in one piece."""
    return " ".join(done.stdout.replace("│", " ").split())


def test_people_read_what_would_have_fired_and_why_it_was_told_or_not(lived):
    done = backtest(lived, *TIMES)

    assert (0, "") == (done.returncode, done.stderr), "nobody looks, and nobody is told"
    words = words_of(done)
    assert "shop, 2026-11-02 11:00 to 2026-11-02 12:10 UTC (70 min, 70 slots): " in words
    assert "provider-outage (openai-1, openai)" in words
    assert "told at once" in words
    assert "not told: silenced until 2 Nov 11:46 UTC by ada, known" in words
    assert "availability is silent from 2 Nov 11:40 to 2 Nov 11:46 UTC (ada: known): 1 episode unheard" in words
    assert "not told: a consequence of provider-outage (openai-1, openai)" in words
    assert "not told: in the weekly digest" in words
    assert "Over the limit, and quiet" in words
    assert "Left out, for they ask how Goodput itself ran: monitor-blind, " in words
    assert "a live run knew less of late traces" in words


def test_programs_read_everything_and_the_store_stays_as_it_is(lived):
    store = Store.open(lived[0]["GOODPUT_DATABASE_URL"])
    before = dump(store)
    answer = json.loads(backtest(lived, *TIMES, "--json").stdout)

    assert before == dump(store)
    store.close()
    assert (SHOP, 70, {"start": "2026-11-02T11:00:00+00:00", "end": "2026-11-02T12:10:00+00:00"}) == (
        answer["application"],
        answer["slots"],
        answer["window"],
    )
    rules = {one["rule"]: one for one in answer["rules"]}
    assert (70, 1, 0) == tuple(rules["availability"][name] for name in ("slots", "episodes", "told"))
    assert {"median": 180.0, "worst": 180.0, "n": 1} == rules["availability"]["detection_s"]
    assert {"slots": 1, "no data": 1} == rules["availability-days"]["unknown"]
    assert {None} == set(answer["a_week"].values()), "70 minutes say little about a week"
    assert answer["pages"] == sum(one["kind"] == "firing" and one["severity"] == "page" for one in answer["told"]) > 0
    assert {"slow-*", "availability"} == {one["matchers"]["rule"] for one in answer["silences"]}


def test_a_change_is_held_against_the_present_rules(lived):
    done = backtest(lived, *TIMES, "--rules", str(lived[1] / "less.yaml"))
    words = words_of(done)

    assert (1, "") == (done.returncode, done.stderr)
    assert "of provider-outage no longer found: 2 Nov 11:4" in words
    assert "Before: 1 page" in words
    assert "No longer found" in words
    assert "before → after" in words


def test_the_same_rules_differ_in_nothing(lived):
    done = backtest(lived, *TIMES, "--rules", str(lived[1] / "same.yaml"))

    assert 0 == done.returncode
    assert "nothing differs in 70 min" in done.stdout


def test_two_files_are_held_against_each_other(lived):
    less, same = (str(lived[1] / name) for name in ("less.yaml", "same.yaml"))
    forth = json.loads(backtest(lived, *TIMES, "--rules", less, "--against", same, "--json").stdout)
    back = json.loads(backtest(lived, *TIMES, "--rules", same, "--against", less, "--json").stdout)
    only = json.loads(backtest(lived, *TIMES, "--against", less, "--json").stdout)

    assert forth["differs"]
    assert (forth["lost"], forth["new"]) == (back["new"], back["lost"])
    assert back == only, "what is not said are the present rules"
    assert {"provider-outage", "error-rate"} == {one["rule"] for one in forth["lost"]}
    assert forth["verdict"] != back["verdict"]


def test_what_cannot_be_done_is_said_in_one_line(lived):
    done = goodput("backtest", *TIMES[:4], "--to", "2026-11-02T11:00:10Z", **lived[0])

    assert (2, "", "no slot lies in that time: they are 1 min apart\n") == (done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("name", "window", "rules", "words"),
    [
        ("nope", AN_HOUR, None, "there is no application 'nope'"),
        (SHOP, (BEGINS.replace(tzinfo=None), BEGINS), None, "--from 2026-11-02T11:00:00: a time needs a zone"),
        (SHOP, (BEGINS, BEGINS), None, "--to must lie after --from"),
        (
            SHOP,
            (BEGINS - 9 * DAY, BEGINS - 8 * DAY),
            None,
            "shop: nothing is known of that time; its traces are known from 2026-10-31T11:00Z to 2026-11-02T12:10Z",
        ),
        (SHOP, AN_HOUR, Path("/nowhere/rules.yaml"), "/nowhere/rules.yaml"),
    ],
)
def test_what_makes_no_sense_is_refused(lived, monkeypatch, name, window, rules, words):
    for variable, value in lived[0].items():
        monkeypatch.setenv(variable, value)
    start, until = window if isinstance(window, tuple) else (window.start, window.end)

    with pytest.raises(ConfigError, match=re.escape(words)):
        backtest_rules(name, start, until, rules=rules, against=None, as_json=False)
