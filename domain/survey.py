"""Every signal of some requests at once: what an operator looks at when nobody has said yet what to promise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from domain import measure
from domain.bad import Bad
from domain.distribution import Values
from domain.history import Sample
from domain.intervals import share_interval
from domain.measurement import Labels, Measurement
from domain.planning import SPREADS, USUAL, USUAL_MINUTES
from domain.probe import Probe
from domain.signals import SIGNALS
from domain.window import Window

_BY_SIGNAL = {"spend_usd": ("total",), "judge_usd": ("mean", "total")}
_BY_UNIT = {"s": ("p50", "p95", "p99"), "score": ("p10", "p50", "mean"), "tokens": ("p50", "p95", "mean", "total")}
_AMOUNTS = ("p50", "p95", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number of a survey.

    Attributes:
        words: What is measured, as a person says it.
        unit: As in `domain.signals`; a share's is `share`.
        limit: What makes a request a bad one, where a share is of a number.
    """

    words: str
    unit: str
    measurement: Measurement
    limit: Bad | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All signals of the requests of a window that carry some labels.

    Attributes:
        requests: The traffic.
        per_minute: The same by the window's length.
    """

    window: Window
    labels: Labels
    requests: int
    per_minute: float
    lines: tuple[Line, ...]


def survey(sample: Sample, window: Window, labels: Labels = (), spreads: Sequence[str] = SPREADS) -> Survey:
    """Measure every signal of *sample*, which was asked for with *spreads* and is that of *window* and *labels*."""
    minutes = window.length.total_seconds() / 60
    shares, minutes_up = _shares(sample, window, labels), _minutes(sample, window, labels)
    lines = (*shares, *minutes_up, *_numbers(sample, window, labels, spreads))
    return Survey(
        window=window, labels=labels, requests=len(sample), per_minute=len(sample) / minutes, lines=tuple(lines)
    )


def probed(probes: Sequence[Probe], window: Window) -> tuple[Line, ...]:
    """Measure the probes made in *window*: how many got no answer, and how fast the others came and began."""
    if not probes:
        return ()
    n, k = len(probes), sum(not probe.ok for probe in probes)
    unanswered = Measurement(
        signal="probe_failed", statistic="share", window=window, n=n, k=k, value=k / n, interval=share_interval(k, n)
    )
    lines = [Line(words="probes got no answer", unit="share", measurement=unanswered)]
    for signal, words, found in (
        ("probe_latency_s", "latency of a probe", [probe.latency_s for probe in probes]),
        ("probe_first_byte_s", "first token of a probe", [probe.first_byte_s for probe in probes]),
    ):
        values = Values(np.array([one for one in found if one is not None], dtype=float))
        if values.n:
            p95 = measure.shown_statistic(values, signal, "p95", window)
            lines.append(Line(words=words, unit="s", measurement=p95))
    return tuple(lines)


def _shares(sample: Sample, window: Window, labels: Labels) -> Iterator[Line]:
    for limit in USUAL:
        about = SIGNALS[limit.signal]
        found = measure.shown_share(measure.tally(sample, limit), limit.signal, window, labels=labels)
        bad = None if about.unit == "share" else limit.bad
        yield Line(words=about.words, unit="share", measurement=found, limit=bad)


def _minutes(sample: Sample, window: Window, labels: Labels) -> Iterator[Line]:
    """Yield how many minutes were up; minutes are counted of all requests, so not for labels."""
    for limit in USUAL_MINUTES if not labels else ():
        found = measure.slices(sample, limit, window)
        yield Line(words=f"minutes had more than {limit.above:.0%} failures", unit="share", measurement=found)


def _numbers(sample: Sample, window: Window, labels: Labels, spreads: Sequence[str]) -> Iterator[Line]:
    for name in spreads:
        about = SIGNALS[name]
        for which in _BY_SIGNAL.get(name) or _BY_UNIT.get(about.unit, _AMOUNTS):
            found = measure.statistic(sample, name, which, window, labels=labels)
            yield Line(words=about.words, unit=about.unit, measurement=found)
