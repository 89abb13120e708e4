"""The hops of agent chains: which step is slow, which fails, which is expensive."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from domain.intervals import mean_interval, quantile_interval, share_interval
from domain.measurement import Labels, Measurement, labels
from domain.money import NANO_PER_USD
from domain.window import Window

HOP_TYPES = ("AGENT", "TOOL", "GENERATION")
"""The types of observation that are hops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of an agent, a tool or a model on the way to an answer.

    Attributes:
        seconds: Wall time, the steps inside it included; None when the clocks contradict each other.
        cost_nano_usd: Its own cost, without the steps inside it; None where it has none, or no price.
    """

    name: str
    type: str
    seconds: float | None
    cost_nano_usd: int | None
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """All calls of one step over one window.

    Attributes:
        failed: The share of the calls that failed; its n is the number of calls.
        busy_s: Sum of the wall time of the calls: where the time goes. Steps inside a step count for both.
        cost_usd: The mean of the calls that have a cost.
        spend_usd: Their total.
    """

    name: str
    type: str
    failed: Measurement
    latency_p50: Measurement
    latency_p95: Measurement
    busy_s: float
    cost_usd: Measurement
    spend_usd: Measurement


def hops(steps: Iterable[Step], window: Window) -> list[Hop]:
    """Return what the *steps* of *window* come to, by type and name; the hops that took most time are first."""
    calls: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in steps:
        calls[step.type, step.name].append(step)
    found = [_hop(name, kind, of, window) for (kind, name), of in calls.items()]
    return sorted(found, key=lambda hop: (-hop.busy_s, hop.type, hop.name))


def _hop(name: str, kind: str, calls: list[Step], window: Window) -> Hop:
    about = labels({"hop": name, "type": kind})
    took = np.array([call.seconds for call in calls if call.seconds is not None])
    nano = [call.cost_nano_usd for call in calls if call.cost_nano_usd is not None]
    failed = sum(call.failed for call in calls)
    return Hop(
        name=name,
        type=kind,
        failed=Measurement(
            signal="failed",
            statistic="share",
            window=window,
            labels=about,
            n=len(calls),
            k=failed,
            value=failed / len(calls),
            interval=share_interval(failed, len(calls)),
        ),
        latency_p50=_quantile(took, "p50", 0.50, window, about),
        latency_p95=_quantile(took, "p95", 0.95, window, about),
        busy_s=float(took.sum()),
        cost_usd=Measurement(
            signal="cost_usd",
            statistic="mean",
            window=window,
            labels=about,
            n=len(nano),
            value=sum(nano) / len(nano) / NANO_PER_USD if nano else None,
            interval=mean_interval(np.array(nano) / NANO_PER_USD),
        ),
        spend_usd=Measurement(
            signal="spend_usd",
            statistic="total",
            window=window,
            labels=about,
            n=len(nano),
            value=sum(nano) / NANO_PER_USD if nano else None,
        ),
    )


def _quantile(took: np.ndarray, name: str, q: float, window: Window, about: Labels) -> Measurement:
    return Measurement(
        signal="latency_s",
        statistic=name,
        window=window,
        labels=about,
        n=len(took),
        value=float(np.quantile(took, q)) if len(took) else None,
        interval=quantile_interval(took, q) if len(took) else None,
    )
