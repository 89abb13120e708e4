"""What the Prefect UI shows of alerts: every rule with its state, its evidence, and why it spoke or kept quiet."""

import json

import pytest
from prefect import flow
from prefect.artifacts import Artifact

from domain.alerting import Health, State, Truth
from domain.incident import Incident, Member
from domain.message import Severity
from domain.silence import Silence
from flows.alert_artifacts import leave_alerts, leave_incidents
from tests.builders import HOUR, NOON, evaluation, rule

pytestmark = pytest.mark.usefixtures("prefect_api")
PAGE = rule(name="errors").model_copy(update={"severity": Severity.PAGE})


@flow(name="leave")
async def leave(leaving: object) -> None:
    await leaving


async def left(key: str) -> tuple[list[dict], str]:
    artifact = await Artifact.get(key)
    return json.loads(artifact.data), artifact.description


async def test_open_alerts_come_first_and_every_rule_says_why_it_spoke_or_not():
    rules = [rule(name="quiet"), PAGE, rule(name="weekly"), rule(name="waiting")]
    said = [
        evaluation(rule="quiet", told="quiet", because="0 of 10"),
        evaluation(rule="waiting", state=State.PENDING, told="not yet: it has held for 1 min of 2 min"),
        evaluation(Truth.TRUE, state=State.FIRING, told="a consequence of provider-outage", because="9 of [10]"),
        evaluation(Truth.UNKNOWN, rule="quiet", labels=(("feature", "x|y"),), health=Health.UNREAD),
        evaluation(rule="removed long ago"),
    ]
    await leave(leave_alerts("artifact-shop", rules, said, NOON))
    rows, description = await left("alerts-artifact-shop")

    assert ["errors", "waiting", "quiet", "quiet", "weekly"] == [row["rule"] for row in rows]
    assert ("page", "firing", "9 of \\[10\\]", "a consequence of provider-outage") == tuple(
        rows[0][name] for name in ("severity", "state", "evidence", "told")
    )
    assert "unread" in {row.get("data") for row in rows}
    assert "it was not due yet" == rows[-1]["evidence"]
    assert "4 evaluated, 1 of them unknown" in description


async def test_a_crowd_of_labels_is_counted_rather_than_shown():
    said = [evaluation(rule="quiet", labels=(("feature", str(n)),)) for n in range(600)]
    await leave(leave_alerts("artifact-crowd", [rule(name="quiet")], said, NOON))
    rows, description = await left("alerts-artifact-crowd")

    assert 500 == len(rows)
    assert "100 quieter ones are left out" in description


async def test_people_see_what_is_open_who_has_taken_it_and_what_is_silent():
    here = Incident(
        application="shop", group="g", severity=Severity.PAGE, members=(Member("errors", (("feature", "f"),), 1),),
        channels=("pager", "slack"), messages=3, opened_at=NOON - HOUR, acknowledged_by="ada",
    )  # fmt: skip
    on = Silence(id="1", application="shop", matchers=(("rule", "slow"),), starts=NOON, ends=NOON + HOUR, by="bob")
    later = Silence(id="2", application="shop", starts=NOON + HOUR, ends=NOON + 2 * HOUR, by="bob")
    await leave(leave_incidents("artifact-shop", [here], [on, later], NOON))
    rows, _ = await left("incidents-artifact-shop")

    assert [
        ("page: errors (f)", "23 Nov 11:00", "ada has taken it", "pager, slack", "3"),
        ("silence: rule slow", "23 Nov 12:00", "bob:", "nobody until 23 Nov 13:00", "\\-"),
    ] == [tuple(value.strip() for value in row.values()) for row in rows]


async def test_when_nothing_is_open_that_is_said():
    await leave(leave_incidents("artifact-calm", [], [], NOON))

    assert "nothing is open, nothing is silenced" == (await left("incidents-artifact-calm"))[0][0]["what"]
