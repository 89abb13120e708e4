"""The operator's hand on alerts: taking incidents, asking for silence, and seeing both."""

import json
from dataclasses import replace

import pytest

from adapters.store import Store
from domain.incident import Incident, Member
from domain.message import MessageKind, Severity
from tests.adapters.store.examples import NOON, SHOP, decision, instance, notice, transition
from tests.deployments.test_command_line import goodput, home

KEY = "goodput:production:shop:page:1"


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """An application with one page that nobody has taken."""
    folder = tmp_path / "deployments" / SHOP
    folder.mkdir(parents=True)
    folder.joinpath("app.yaml").write_text(
        "source: {kind: jsonl, path: rows}\n"
        "maintenance: [{name: 'nightly [x]', cron: '0 13 * * *', lasts: 1h, rules: [slow*]}]\n"
    )
    environment = home(tmp_path)
    store = Store.open(environment["GOODPUT_DATABASE_URL"])
    open_now = Incident(
        application=SHOP, group="g", severity=Severity.PAGE, number=1, key=KEY, members=(Member("errors", (), 1),),
        channels=("slack",), messages=1, opened_at=NOON,
    )  # fmt: skip
    made = decision(notices=[notice(KEY)], instances=(instance(),), transitions=(transition(),))
    store.alerts.keep(replace(made, incidents=(open_now,)))
    store.close()
    return environment


def stored(environment) -> Store:
    return Store.open(environment["GOODPUT_DATABASE_URL"])


def test_an_incident_is_taken_once_and_its_channels_are_told(environment):
    first = goodput(
        "alerts", "ack", "--app", SHOP, "--rule", "errors", "--by", "ada", "--comment", "on it", **environment
    )
    again = goodput("alerts", "ack", "--app", SHOP, "--by", "bob", **environment)

    assert (0, "ada has taken page: errors\n") == (first.returncode, first.stdout)
    assert (1, "page: errors was taken by ada before\n") == (again.returncode, again.stdout)
    store = stored(environment)
    taken = store.alerts.incidents(SHOP)[0]
    assert ("ada", ["firing", "acknowledged"]) == (
        taken.acknowledged_by,
        [str(one.kind) for one in store.outbox.of(SHOP).written()],
    )
    said = store.outbox.of(SHOP).written()[-1]
    assert (KEY, MessageKind.ACKNOWLEDGED, "ada has taken it. On it") == (said.key, said.kind, said.sentence)
    fired = store.outbox.of(SHOP).written()[0]
    assert (fired.rule, fired.title, True) == (said.rule, said.title, said.is_taken), "it still says what is wrong"
    store.close()


def test_what_does_not_fire_cannot_be_taken(environment):
    done = goodput("alerts", "ack", "--app", SHOP, "--rule", "slow", **environment)

    assert (1, "shop: no open incident of slow\n") == (done.returncode, done.stdout)


def test_a_silence_is_asked_for_shown_and_ended(environment):
    at = "2026-11-02T12:00:00Z"
    asked = goodput(
        "alerts", "silence", "--app", SHOP, "--for", "2h", "--rule", "err*", "--where", "feature=ret?rns", "--from", at,
        "--by", "ada", "--comment", "deploying [bold]", **environment,
    )  # fmt: skip
    assert 0 == asked.returncode
    silence_id, words = asked.stdout.strip().split(": ", 1)
    assert (
        "shop: feature ret?rns, rule err* is silent from 2 Nov 12:00 to 2 Nov 14:00 UTC (ada: deploying [bold])"
        == words
    )

    shown = goodput("alerts", "list", **environment).stdout.replace("\n", " ")
    assert f"Silence {silence_id}: shop: feature ret?rns" in shown
    assert "rule slow* is silent from 2 Nov 13:00 to 2 Nov 14:00 UTC (maintenance: nightly [x])" in shown
    assert "Open page: errors, told Mon 02 Nov 12:00: nobody has taken it" in shown

    ended = goodput("alerts", "unsilence", silence_id, **environment)
    assert (0, f"{silence_id} was over already\n") == (ended.returncode, ended.stdout)


def test_a_silence_from_now_on_ends_when_it_is_ended(environment):
    asked = goodput("alerts", "silence", "--app", "*", "--for", "7d", "--comment", "x", **environment)
    silence_id = asked.stdout.split(":")[0]
    ended = goodput("alerts", "unsilence", silence_id, **environment)

    assert "is over now; what still fires is told at the next slot" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["silence", "--app", "nope", "--for", "2h", "--comment", "x"], "there is no application 'nope'"),
        (["silence", "--app", SHOP, "--for", "soon", "--comment", "x"], "--for soon: a duration is a whole number"),
        (["silence", "--app", SHOP, "--for", "0m", "--comment", "x"], "--for 0m: that is no time at all"),
        (
            ["silence", "--app", SHOP, "--for", "1h", "--comment", "x", "--where", "colour=red"],
            "--where colour: say label",
        ),
        (["silence", "--app", SHOP, "--for", "1h", "--comment", "x", "--from", "2026-11-02T12:00"], "say the zone"),
        (["unsilence", "abc"], "there is no silence 'abc'"),
        (["ack", "--app", "nope"], "there is no application 'nope'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(environment, arguments, words):
    done = goodput("alerts", *arguments, **environment)

    assert (2, 1) == (done.returncode, len(done.stderr.strip().splitlines()))
    assert words in done.stderr


def test_programs_still_read_the_transitions(environment):
    (one,) = json.loads(goodput("alerts", "list", "--json", **environment).stdout)

    assert ("errors", "firing") == (one["rule"], one["after"])
