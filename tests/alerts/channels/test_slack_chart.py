"""A signal against its limit, as Slack's own chart."""

from dataclasses import replace
from datetime import timedelta
from math import inf, nan

import pytest
from hypothesis import given, settings

from alerts.channels.slack_chart import MOST_POINTS, chart_block, thinned
from domain.message import Chart
from tests.alerts.channels.messages import FIRING, NOON, delivery, hostile_charts
from tests.stand_ins.slack_limits import block_errors, chart_texts


def every(minutes: float, values, title: str = "Failures", unit: str = "share", limit: float | None = 0.01) -> Chart:
    points = tuple((NOON + timedelta(minutes=minutes * n), value) for n, value in enumerate(values))
    return Chart(title, unit, points, limit)


def lines(chart: Chart) -> dict[str, list[float]]:
    return {one["name"]: [point["value"] for point in one["data"]] for one in chart_block(chart)["chart"]["series"]}


def axis(chart: Chart) -> dict[str, object]:
    return chart_block(chart)["chart"]["axis_config"]


def test_a_share_is_drawn_in_percent_with_its_limit_as_a_second_line() -> None:
    chart = every(5, [0.001, 0.025, 0.0333333])

    assert {"Measured": [0.1, 2.5, 3.333], "Limit": [1.0, 1.0, 1.0]} == lines(chart)
    assert {"categories": ["08:00", "08:05", "08:10"], "x_label": "UTC", "y_label": "%"} == axis(chart)
    assert ("Failures", "line") == (chart_block(chart)["title"], chart_block(chart)["chart"]["type"])


def test_other_units_stay_and_without_a_limit_there_is_one_line() -> None:
    chart = every(5, [0.812345, 2.5], unit="s", limit=None)

    assert {"Measured": [0.8123, 2.5]} == lines(chart)
    assert "s" == axis(chart)["y_label"]


def test_rounding_does_not_make_a_broken_promise_kept() -> None:
    assert [99.95, 100.0] == lines(every(5, [0.9995, 1.0]))["Measured"]


def test_a_gap_is_left_out_and_counted_never_drawn() -> None:
    chart = every(5, [0.01, None, nan, inf, 1e308, 0.02])

    assert [1.0, 2.0] == lines(chart)["Measured"]
    assert ["08:00", "08:25"] == axis(chart)["categories"]
    assert "UTC; nothing measured at 4" == axis(chart)["x_label"]


def test_more_points_than_slack_draws_are_thinned_and_a_peak_stays() -> None:
    chart = every(1, [0.5 if n == 123 else 0.001 for n in range(300)])

    assert (MOST_POINTS, 50.0) == (len(lines(chart)["Measured"]), max(lines(chart)["Measured"]))
    assert "UTC; 20 of 300 points" == axis(chart)["x_label"]
    assert ("08:00", "12:59") == (axis(chart)["categories"][0], axis(chart)["categories"][-1])


@pytest.mark.parametrize("values", [[], [0.1], [None, None], [None, 0.1, nan]])
def test_less_than_two_points_are_no_line(values) -> None:
    assert chart_block(every(5, values)) is None


@pytest.mark.parametrize(
    ("minutes", "first"),
    [(5, "08:00"), (60 * 24, "23 Nov 08:00"), (0.5, "23 Nov 08:00:00"), (60 * 24 * 365, "2026-11-23 08:00:00")],
)
def test_no_two_times_have_the_same_label(minutes, first) -> None:
    labels = axis(every(minutes, [0.1, 0.2, 0.3]))["categories"]

    assert (first, 3) == (labels[0], len(set(labels)))


def test_of_points_at_the_same_second_the_last_counts() -> None:
    points = ((NOON, 0.1), (NOON, 0.2), (NOON + timedelta(minutes=1), 0.3))

    assert [20.0, 30.0] == lines(Chart("x", "share", points, None))["Measured"]


@settings(max_examples=100, deadline=None)
@given(chart=hostile_charts)
def test_whatever_is_drawn_slack_finds_no_limit_broken(chart) -> None:
    block = chart_block(chart)
    made = [] if block is None else [block]

    assert [] == block_errors(made)
    assert set() == {character for words in chart_texts(made) for character in words} & set("<>\n\u202e\u200b\x1b")


@settings(max_examples=50, deadline=None)
@given(chart=hostile_charts)
def test_thinning_keeps_the_ends_and_the_order(chart) -> None:
    points = [(at, value) for at, value in chart.points if value is not None]
    kept = thinned(points, 5)

    assert min(len(points), 5) == len(kept)
    assert [points[:1], points[-1:]] == [kept[:1], kept[-1:]]
    assert sorted(kept, key=lambda point: point[0]) == kept


CHARTED = replace(FIRING, chart=every(5, [0.1, 0.2]))


def test_an_old_workspace_gets_the_message_without_its_chart(workspace, slack_receiver, webhook_receiver) -> None:
    workspace.knows_charts = False

    slack_receiver.channel.send(delivery(CHARTED))
    webhook_receiver.channel.send(delivery(CHARTED))

    assert [["header", "section", "section", "section", "section", "context"]] * 2 == [
        message.kinds for message in workspace.messages
    ]
    assert 4 == len(workspace.server.received)


def test_a_layout_that_is_refused_whatever_it_is_costs_three_calls_and_no_message(workspace, slack_receiver) -> None:
    workspace.refuses_blocks = True

    slack_receiver.channel.send(delivery(CHARTED))

    assert [[]] == [message.blocks for message in workspace.messages]
    assert [True, True, False] == ["blocks" in body for body in workspace.calls("chat.postMessage")]
