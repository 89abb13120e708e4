"""`goodput signals`: any window, any label, for people and for programs."""

import json

import pytest

from adapters.store import Store
from domain.hops import Step
from domain.request import Outcome
from tests.adapters.store.examples import SHOP, request, score, thumb, transcript, window
from tests.deployments.test_command_line import goodput, home


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Thirty hours of a shop: every fifth request failed, half of them were about returns, ten were judged."""
    tmp_path = tmp_path_factory.mktemp("signals")
    folder = tmp_path / "deployments" / SHOP
    folder.mkdir(parents=True)
    folder.joinpath("app.yaml").write_text("source: {kind: jsonl, path: rows}\n")
    environment = home(tmp_path)
    store = Store.open(environment["GOODPUT_DATABASE_URL"])
    step = Step(name="plan", type="AGENT", seconds=1.5, cost_nano_usd=10**6, failed=False)
    requests = [
        request(
            f"t{n}",
            -n * 9 - 1,
            feature="returns" if n % 2 else "search",
            outcome=Outcome.TIMEOUT if n % 5 == 0 else Outcome.OK,
            steps=(step,) if n % 10 == 0 else (),
            is_chain=n % 10 == 0,
        )
        for n in range(200)
    ]
    store.requests.save(SHOP, window(-1800, 0), requests, [thumb("t1", -5, positive=True)])
    judged = [(transcript(f"t{n}", -n * 9 - 1), score(f"t{n}", 0.5 if n < 3 else 1.0)) for n in range(10)]
    store.judgements.save(SHOP, judged, keep_reasons=False)
    store.close()
    return environment


def answers(watched, *arguments):
    done = goodput("signals", "--json", *arguments, **watched)
    assert 0 == done.returncode, done.stderr
    (one,) = json.loads(done.stdout)
    return one


def line(group, signal, statistic, **limit):
    (found,) = [
        one
        for one in group["signals"]
        if (one["signal"], one["statistic"]) == (signal, statistic)
        and {name: one[name] for name in ("above", "below") if name in one} == limit
    ]
    return found


def test_the_last_day_is_counted(watched):
    one = answers(watched)
    (group,) = one["groups"]

    assert (SHOP, 160, {}) == (one["application"], group["requests"], group["labels"])
    assert "2026-11-02T12:00:00+00:00" == one["window"]["end"]
    assert (32, 160) == (line(group, "failed", "share")["k"], line(group, "failed", "share")["n"])
    assert (3, 10) == tuple(line(group, "hallucination_risk", "share", above=0.15)[name] for name in ("k", "n"))
    assert (1, 1) == (line(group, "thumb_up", "share")["k"], line(group, "thumb_up", "share")["n"])
    assert 2.0 == pytest.approx(line(group, "latency_s", "p95")["value"], rel=0.01)
    assert 160 * 1_234_567 / 1e9 == pytest.approx(line(group, "spend_usd", "total")["value"])
    assert [("plan", "AGENT", 16, 0)] == [
        (hop["name"], hop["type"], hop["calls"], hop["failed"]) for hop in one["hops"]
    ]


@pytest.mark.parametrize(("over", "requests"), [("1h", 7), ("2h", 14), ("30h", 200), ("7d", 200), ("30s", 0)])
def test_any_window_can_be_asked_for(watched, over, requests):
    assert requests == answers(watched, "--over", over)["groups"][0]["requests"]


def test_a_window_can_end_in_the_past(watched):
    group = answers(watched, "--at", "2026-11-02T00:00:00Z", "--over", "3h")["groups"][0]

    assert 20 == group["requests"]


def test_by_a_label_every_name_has_its_own(watched):
    groups = answers(watched, "--by", "feature")["groups"]

    assert {"returns": 80, "search": 80} == {group["labels"]["feature"]: group["requests"] for group in groups}
    assert [16, 16] == [line(group, "failed", "share")["k"] for group in groups]


def test_only_those_with_a_label(watched):
    (group,) = answers(watched, "--where", "query_class=agent chain")["groups"]

    assert (16, {"query_class": "agent chain"}) == (group["requests"], group["labels"])


def test_people_read_a_table(watched):
    whole = goodput("signals", **watched).stdout
    parts = goodput("signals", "--by", "feature", **watched).stdout

    assert "shop: 160 requests in 24 h before 2026-11-02 12:00 UTC, 0.111 a minute" in whole
    assert "hallucination risk above" in whole
    assert "agent plan" in whole
    assert "returns" in parts


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--over", "soon"], "--over soon: a duration is a whole number"),
        (["--over", "0s"], "--over 0s: from 1s to 366d"),
        (["--by", "colour"], "--by colour: there is no such label; there are feature, user_tier, "),
        (["--where", "colour=red"], "--where colour: say label=name; the labels are feature, "),
        (["--where", "feature"], "--where feature: say label=name"),
        (["--by", "feature", "--where", "feature=returns"], "give one of the two"),
    ],
)
def test_what_cannot_be_asked_is_said(watched, arguments, words):
    done = goodput("signals", *arguments, **watched)

    assert 2 == done.returncode
    assert words in done.stderr


def test_an_application_that_was_never_read_has_no_signals(tmp_path):
    folder = tmp_path / "deployments" / SHOP
    folder.mkdir(parents=True)
    folder.joinpath("app.yaml").write_text("source: {kind: jsonl, path: rows}\n")

    assert "shop: nothing is read yet" in goodput("signals", **home(tmp_path)).stdout
