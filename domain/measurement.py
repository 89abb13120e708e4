"""What we observed: one number over one window, with the counts that say how far to trust it."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.intervals import Interval
from domain.window import Window

Labels = tuple[tuple[str, str], ...]
"""What a measurement is about, such as (("feature", "returns"),); sorted, so that equal labels are equal values."""


def labels(pairs: Mapping[str, str]) -> Labels:
    """Return *pairs* in their one order.

    >>> labels({"model": "m", "feature": "f"})
    (('feature', 'f'), ('model', 'm'))
    """
    return tuple(sorted(pairs.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One signal over one window.

    Attributes:
        signal: Which signal, with its unit in the name (`ttft_s`, `cost_usd`); see `domain.signals`.
        statistic: `share`, `p95`, `mean`, `total`, ...: what *value* is of the signal.
        n: How many requests, scores or voters the number rests on.
        k: How many of the n broke the promise; None where there is no such thing (a total).
        value: None when n is 0.
        interval: 95 % interval of *value*; None when the sample is too small to have one, or for a total.
    """

    signal: str
    statistic: str
    window: Window
    labels: Labels = ()
    n: int
    k: int | None = None
    value: float | None = None
    interval: Interval | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.n == 0):
            raise ValueError(f"{self.signal}: a value needs a sample and a sample gives a value (n={self.n})")
        if self.k is not None and not 0 <= self.k <= self.n:
            raise ValueError(f"{self.signal}: {self.k} bad of {self.n}")
