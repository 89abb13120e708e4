"""The log-histogram against Apache DataSketches' KLL: how fast it counts, and how far its quantiles are off.

    python -m benchmarks.histogram

Latencies with a heavy tail (lognormal, 1 % ten times as long), a million and ten million of them, CPU time of one
thread; and 1,440 parts of a day, merged.
"""

import time
from collections.abc import Callable

import numpy as np

from domain.histogram import Histogram

QUANTILES = (0.5, 0.95, 0.99, 0.999)


def sample(n: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    values = rng.lognormal(-1, 0.8, n)
    values[::100] *= 10
    return values


def cpu_s(work: Callable[[], object]) -> tuple[float, object]:
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def ours(parts: list[np.ndarray]) -> Callable[[float], float]:
    total = Histogram.empty()
    for part in parts:
        total += Histogram.of(part)
    return lambda q: total.quantile(q) or 0.0


def kll(parts: list[np.ndarray]) -> Callable[[float], float]:
    from datasketches import kll_doubles_sketch

    total = kll_doubles_sketch(200)
    for part in parts:
        one = kll_doubles_sketch(200)
        one.update(part)
        total.merge(one)
    return lambda q: float(total.get_quantile(q))


def main() -> None:
    print("| values | parts | by | M values/s | " + " | ".join(f"error at p{100 * q:g}" for q in QUANTILES) + " |")
    print("| ---: | ---: | --- | ---: |" + " ---: |" * len(QUANTILES))
    for n, pieces in ((1_000_000, 1), (10_000_000, 1), (10_000_000, 1440)):
        values = sample(n)
        parts = np.array_split(values, pieces)
        exact = np.sort(values)
        truth = [exact[int(np.ceil(q * n)) - 1] for q in QUANTILES]
        for name, sketch in (("log-histogram", ours), ("KLL k=200", kll)):
            try:
                seconds, quantile = cpu_s(lambda sketch=sketch, parts=parts: sketch(parts))
            except ImportError:
                print(f"| {n:,} | {pieces} | {name} | not installed: make bench |" + " |" * len(QUANTILES))
                continue
            errors = " | ".join(f"{100 * (quantile(q) / t - 1):+.2f} %" for q, t in zip(QUANTILES, truth, strict=True))
            print(f"| {n:,} | {pieces:,} | {name} | {n / seconds / 1e6:.0f} | {errors} |")


if __name__ == "__main__":
    main()
