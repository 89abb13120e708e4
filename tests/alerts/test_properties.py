"""P10, P13, P14, P17: what must hold whatever is found."""

import json
from dataclasses import fields, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.pagerduty_event import event
from alerts.channels.slack_blocks import blocks
from alerts.conditions import ShareAbove
from alerts.desk import AlertDesk
from alerts.engine import Rulebook
from alerts.policy import Policy, Telling
from alerts.routing import Routing
from alerts.situation import group_of
from domain.alerting import Truth
from domain.facts import LABELS
from domain.measurement import labels
from domain.message import MessageKind, Severity
from tests.alerts.in_memory import Always, Notebook, told
from tests.builders import CLEAR, MINUTE, NOON, TRUE, bad_of, facts, instance, rule, view

NAMES = st.dictionaries(st.sampled_from(LABELS), st.text(max_size=8), max_size=4)


@given(n=st.integers(1, 200), k=st.integers(0, 200), more=st.integers(0, 200), alpha=st.floats(1e-6, 0.1))
def test_more_bad_ones_never_make_it_quiet(n, k, more, alpha):
    """P13: of the same number of requests."""
    k, more = min(k, n), min(k + more, n)
    asked = ShareAbove.model_validate(
        {"kind": "share", "signal": "failed", "share_above": 0.05, "over": "5m", "alpha": alpha, "at_least_bad": 3}
    )
    few, many = (asked.find(view(facts(failed=bad_of(bad, n))))[0] for bad in (k, max(k, more)))

    assert (few.truth, many.truth) != (Truth.TRUE, Truth.FALSE)
    assert (few.clear, many.clear) != (False, True)


@given(NAMES, st.lists(st.sampled_from(["rule", *LABELS]), unique=True, max_size=4))
def test_alerts_are_one_incident_exactly_if_they_agree_in_what_is_grouped_by(names, by):
    """P14: whatever the names are, and in whatever order they come."""
    policy = Policy(ticket=Telling(group_by=tuple(by)))
    mine, mixed = instance(labels=labels(names)), instance(labels=tuple(reversed(labels(names))))
    others = instance(labels=labels({name: f"{value}'" for name, value in names.items()}))

    assert group_of(rule(), mine, policy) == group_of(rule(), mixed, policy)
    assert (group_of(rule(), mine, policy) == group_of(rule(), others, policy)) == (not set(by) & set(names))


@given(hold=st.integers(0, 5), before=st.integers(0, 5))
def test_a_page_is_told_at_the_slot_at_which_it_has_held_long_enough(hold, before):
    """P10: never later than `for` and two slots."""
    slots = [NOON + position * MINUTE for position in range(before + hold + 3)]
    findings = {slot: [CLEAR if position < before else TRUE] for position, slot in enumerate(slots)}
    one = told(findings, **{"for": f"{hold}m"}).model_copy(update={"severity": Severity.PAGE})
    notebook = Notebook()
    AlertDesk("shop", Rulebook(rules=[one], routes=Routing({Severity.PAGE: ["pager"]})), notebook).decide(
        slots, Always()
    )

    assert [slots[before] + hold * MINUTE] == [notice.message.at for notice in notebook.notices]


def test_conditions_see_no_text_of_a_request():
    """P17: what could be said of one is its trace's id and the names of its labels; prompts and answers are not there."""
    of = facts(failed=[1.0], labels={"feature": ["f"]})
    texts = {
        field.name
        for field in fields(of)
        if isinstance(column := getattr(of, field.name), np.ndarray) and column.dtype.kind in "OSU"
    }

    assert {"trace_ids"} == texts
    assert all(column.dtype.kind in "ifb" for held in (of.scores, of.asked, of.labels) for column in held.values())


@given(
    kind=st.sampled_from([kind for kind in MessageKind if kind is not MessageKind.DIGEST]), long=st.integers(0, 5000)
)
def test_a_message_fits_whatever_it_says(kind, long):
    """P17: 512 KB and 1,024 characters at PagerDuty, 13,200 characters at Slack."""
    notebook = Notebook()
    one = told({NOON: [replace(TRUE, because="\U0001f600" * long, facts=(("x" * long, "y" * long),) * 30)]})
    AlertDesk("shop", Rulebook(rules=[one], routes=Routing({Severity.TICKET: ["slack"]})), notebook).decide(
        [NOON], Always()
    )
    message = replace(notebook.notices[0].message, kind=kind)
    sent = event(message)

    assert len(json.dumps(sent)) <= 512_000
    assert not sent or len(sent["payload"]["summary"]) <= 1024
    assert len(json.dumps(blocks(message), ensure_ascii=False)) <= 13_200
