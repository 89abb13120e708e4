"""Drawing what a rule measures: its own window at a score of moments; the last point is what the message says."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.figures import window_words
from alerts.view import View
from domain.gauge import Gauge, Reading, reading_of, tally_in
from domain.history import LONG
from domain.message import Chart
from domain.plan import Limit
from domain.window import Window, floor_to

_POINTS = 24
_WINDOWS = 12
_BEFORE = timedelta(hours=1)
_LONGEST = timedelta(hours=48)
_HOUR = timedelta(hours=1)
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
_STEPS = tuple(timedelta(minutes=minutes) for minutes in _MINUTES)

Points = Sequence[tuple[datetime, Reading]]


def chart_of(gauge: Gauge, view: View, since: datetime) -> Chart | None:
    """Return how *gauge* went: twelve of its windows, or from an hour before *since*; at most two days, or two windows.

    None where it was measured less than twice.
    """
    return charted(gauge, readings(gauge, view, since))


def charted(gauge: Gauge, points: Points) -> Chart | None:
    """Return *points* as a chart; None of fewer than two values."""
    values = tuple((end, one.value) for end, one in points)
    if sum(value is not None for _, value in values) < 2:  # noqa: PLR2004 - one point is no line
        return None
    return Chart(
        f"{gauge.name[:1].upper()}{gauge.name[1:]}, {window_words(gauge.over)}", gauge.unit, values, gauge.limit
    )


def readings(gauge: Gauge, view: View, since: datetime) -> Points:
    """Return what *gauge* showed at even steps, oldest first, the last of them now; nothing before the first trace.

    Long windows end with hours, but for the last one, because hours are counted; where their parts add up, each part is
    asked about once, and where they do not, there are half as many points.
    """
    until = view.window(gauge.over, judged=gauge.sampled).end
    asked = max(_WINDOWS * gauge.over, until - since + _BEFORE)
    span = min(asked, max(_LONGEST, 2 * gauge.over))
    step = next((one for one in _STEPS if one * _POINTS >= span), span / _POINTS)
    is_long = gauge.over >= LONG
    step = 2 * step if is_long and gauge.allowed is None else step
    last = floor_to(until, _HOUR) if is_long and step % _HOUR == timedelta() else until
    places = range(int(span / step) if is_long else _POINTS)
    ends = [end for place in reversed(places) if (end := last - place * step) > view.known_from]
    if is_long and gauge.counted is not None and gauge.allowed is not None and gauge.over % step == timedelta():
        found = _added_up(gauge, gauge.counted, view, ends, step)
    else:
        found = [(end, gauge.at(view.history, Window.ending(end, gauge.over))) for end in ends]
    return found if last == until else [*found, (until, gauge.at(view.history, Window.ending(until, gauge.over)))]


def _added_up(gauge: Gauge, limit: Limit, view: View, ends: Sequence[datetime], step: timedelta) -> Points:
    """Return the readings of windows that are made of parts as long as *step*."""
    size = gauge.over // step
    starts = [ends[0] - place * step for place in range(size - 1, 0, -1)] if ends else []
    parts = [tally_in(view.history, Window.ending(end, step), limit, gauge.where) for end in [*starts, *ends]]
    sums = (sum(parts[place + 1 : place + size], parts[place]) for place in range(len(ends)))
    return [(end, reading_of(one, gauge.allowed or 1.0)) for end, one in zip(ends, sums, strict=True)]
