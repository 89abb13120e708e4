"""Drawing a signal against its limit as Slack's own chart.

https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block: at most 20 points a series, and each series
has one for every category. So a time at which nothing was measured cannot stay empty: it is left out, and the chart
says how many were. Nothing is drawn as 0, and nothing in between is made up.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite

from alerts.channels.clean import clipped, one_line
from domain.message import Chart

CHART = "data_visualization"

MOST_POINTS = 20
"""Slack's limit; of more points those are shown that make the shape of the line."""

_LONGEST_TITLE, _LONGEST_AXIS = 50, 50
_FEWEST_POINTS = 2
_SHARE, _PERCENT = "share", 100
_DAY = timedelta(days=1)
_LABELS = ("%-d %b %H:%M", "%-d %b %H:%M:%S", "%Y-%m-%d %H:%M:%S")  # at most 20 characters, shortest first
_NO_MARKUP = str.maketrans("<>", "\u2039\u203a")  # nobody says whether Slack reads markup in a chart

Point = tuple[datetime, float]


def chart_block(chart: Chart) -> dict[str, object] | None:
    """Return *chart* as a block, or None where fewer than two points are known: one is no line."""
    scale = _PERCENT if chart.unit == _SHARE else 1
    known = [(at, value * scale) for at, value in chart.points if value is not None and isfinite(value * scale)]
    shown = _labelled(thinned(known, MOST_POINTS))
    if len(shown) < _FEWEST_POINTS:
        return None
    lines = [("Measured", shown)]
    if chart.limit is not None and isfinite(chart.limit * scale):
        lines.append(("Limit", [(label, chart.limit * scale) for label, _ in shown]))
    return {
        "type": CHART,
        "title": _plain(chart.title, _LONGEST_TITLE),
        "chart": {
            "type": "line",
            "series": [
                {"name": name, "data": [{"label": label, "value": _rounded(value)} for label, value in points]}
                for name, points in lines
            ],
            "axis_config": {
                "categories": [label for label, _ in shown],
                "x_label": _when(len(shown), len(known), len(chart.points)),
                "y_label": "%" if chart.unit == _SHARE else _plain(chart.unit, _LONGEST_AXIS),
            },
        },
    }


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """Return at most *most* of *points* that keep the shape of the line: the first, the last, and what stands out.

    Largest triangle, three buckets (S. Steinarsson, Downsampling Time Series for Visual Representation, 2013): of each
    stretch the point that makes the largest triangle with the last one kept and the middle of the next stretch. A peak
    stays; every other point would lose it.

    >>> from datetime import timedelta
    >>> start = datetime(2026, 11, 23, tzinfo=UTC)
    >>> points = [(start + timedelta(minutes=n), 9.0 if n == 37 else 1.0) for n in range(100)]
    >>> kept = thinned(points, 5)
    >>> len(kept), kept[0] == points[0], kept[-1] == points[-1], points[37] in kept
    (5, True, True, True)
    """
    if len(points) <= most:
        return list(points)
    ends = [1 + (len(points) - 2) * number // (most - 2) for number in range(most - 1)]
    stretches = [points[start:end] for start, end in pairwise(ends)]
    kept = [points[0]]
    for stretch, following in zip(stretches, [*stretches[1:], points[-1:]], strict=True):
        ahead = _middle(following)
        kept.append(max(stretch, key=lambda point: _triangle(kept[-1], point, ahead)))
    return [*kept, points[-1]]


def _middle(points: Sequence[Point]) -> tuple[float, float]:
    return sum(at.timestamp() for at, _ in points) / len(points), sum(value for _, value in points) / len(points)


def _triangle(before: Point, point: Point, ahead: tuple[float, float]) -> float:
    """Return twice the area between three points, in seconds times the unit."""
    start_s, ahead_s = before[0].timestamp(), ahead[0]
    across, up = (ahead_s - start_s) * (point[1] - before[1]), (point[0].timestamp() - start_s) * (ahead[1] - before[1])
    return abs(across - up)


def _labelled(points: Sequence[Point]) -> list[tuple[str, float]]:
    """Put a label of its own on every point, in UTC; where even seconds agree the last one counts."""
    if not points:
        return []
    times = [at.astimezone(UTC) for at, _ in points]
    forms = ("%H:%M", *_LABELS) if abs(times[-1] - times[0]) < _DAY else _LABELS
    for form in forms:
        labels = [f"{at:{form}}" for at in times]
        if len(set(labels)) == len(labels):
            break
    return list(dict(zip(labels, (value for _, value in points), strict=True)).items())


def _when(shown: int, known: int, asked: int) -> str:
    parts = ["UTC"]
    if shown < known:
        parts.append(f"{shown} of {known} points")
    if known < asked:
        parts.append(f"nothing measured at {asked - known}")
    return clipped("; ".join(parts), _LONGEST_AXIS)


def _rounded(value: float) -> float:
    """Keep four digits that count: 99.95 % must not become 100 %."""
    rounded = float(f"{value:.4g}")
    return rounded if isfinite(rounded) else value


def _plain(words: str, limit: int) -> str:
    return clipped(one_line(words).translate(_NO_MARKUP), limit) or "-"
