"""The month-end forecast against naive ones and AutoETS: how far off, how sure, how long.

    .venv-bench-forecast/bin/python -m benchmarks.forecasting

Months of made-up and of published series are forecast at the end of days 5, 10, 15 and 20 from nothing but the days
before. The seeds from 0 on were used for nothing else. Without statsforecast and the published series (see
`benchmarks/forecasting.in`) it says so and goes on.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasting_methods import METHODS, PEERS, Question, forecast, questions, run_rate
from benchmarks.forecasting_tickets import tell_tickets
from benchmarks.series import spending
from benchmarks.series_public import KINDS
from benchmarks.series_published import published

DAYS = (5, 10, 15, 20)


@dataclass(frozen=True)
class Family:
    """Series of one origin, and what is asked about them, months in the order of the series."""

    name: str
    questions: list[Question]

    @property
    def months(self) -> int:
        return len(self.questions) // len(DAYS)

    def on(self, day: int) -> list[Question]:
        return [asked for asked in self.questions if asked.gone == day]

    def thinned(self, every: int) -> "Family":
        """Return every so manieth month."""
        kept = [asked for n, asked in enumerate(self.questions) if n // len(DAYS) % every == 0]
        return Family(self.name, kept)


def families(seeds: int) -> list[Family]:
    """Return the made-up series of so many *seeds*, five times as many of spend, and the published ones."""
    made = {
        "made-up spend": [spending(seed) for seed in range(5 * seeds)],
        "made-up public series": [kind(seed) for kind in KINDS for seed in range(seeds)],
        "published series": list(published()),
    }
    return [
        Family(name, [q for one in series for q in questions(one, DAYS)]) for name, series in made.items() if series
    ]


def mape(method: Callable[[Question], float], asked: Sequence[Question]) -> float:
    """Mean absolute error, in percent of what the months came to."""
    return 100 * float(np.mean([abs(method(one) / one.truth - 1) for one in asked]))


def tell_errors(family: Family, methods: Mapping[str, Callable[[Question], float]]) -> None:
    """Print how far off each method is."""
    print(f"\n{family.name}, {family.months:,} months: mean error of the month's total, %\n")
    print("| by | " + " | ".join(f"day {day}" for day in DAYS) + " | day 10 against the run-rate | CPU ms |")
    print("| --- |" + " ---: |" * (len(DAYS) + 2))
    naive = mape(run_rate, family.on(10))
    for name, method in methods.items():
        try:
            method(family.questions[0])
        except ImportError:
            print(f"| {name} | not installed |" + " |" * (len(DAYS) + 1))
            continue
        began = time.process_time()
        errors = {day: mape(method, family.on(day)) for day in DAYS}
        ms = 1000 * (time.process_time() - began) / len(family.questions)
        figures = " | ".join(f"{error:.2f}" for error in errors.values())
        print(f"| {name} | {figures} | {errors[10] / naive:.3f} | {ms:.2f} |", flush=True)


def tell_intervals(family: Family) -> None:
    """Print how often the intervals hold the truth, how wide they are, and what the probabilities are worth."""
    for day in DAYS:
        asked = family.on(day)
        made = [forecast(one) for one in asked]
        figures = []
        for confidence in (0.80, 0.95):
            bounds = [one.interval(confidence) for one in made]
            known = [(b, one.truth) for b, one in zip(bounds, asked, strict=True) if b is not None]
            inside = np.mean([bound.low <= truth <= bound.high for bound, truth in known])
            width = np.median([(bound.high - bound.low) / truth for bound, truth in known])
            figures += [f"{inside:.3f}", f"{100 * width:.0f} %"]
        chances, over = _over_budget(asked)
        brier, base = np.mean((chances - over) ** 2), np.mean((over.mean() - over) ** 2)
        print(f"| {family.name} | {day} | " + " | ".join(figures) + f" | {brier:.3f} | {base:.3f} |", flush=True)


def _over_budget(asked: Sequence[Question]) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances of ending above budgets around what the month before came to, and what happened."""
    rng = np.random.default_rng(99)
    budgets = [one.before * rng.uniform(0.85, 1.3) for one in asked]
    chances = [forecast(one).chance_over(budget) for one, budget in zip(asked, budgets, strict=True)]
    return np.array(chances, dtype=float), np.array([o.truth > b for o, b in zip(asked, budgets, strict=True)])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", type=int, default=40, help="series of each public kind; five times as much spend")
    options.add_argument("--every", type=int, default=8, help="AutoETS is asked about every so manieth month")
    options.add_argument("--months", type=int, default=900, help="months that are watched hour by hour")
    options.add_argument("--only", choices=("errors", "peers", "intervals", "tickets"))
    chosen = options.parse_args()
    found = families(chosen.seeds)
    if len(found) < 3:
        print("The published series are not installed: see benchmarks/forecasting.in.")
    if chosen.only in (None, "errors"):
        for family in found:
            tell_errors(family, METHODS)
    if chosen.only in (None, "peers"):
        for family in found:
            every = 2 if family.name == "published series" else chosen.every
            tell_errors(family.thinned(every), {**METHODS, **PEERS})
    if chosen.only in (None, "intervals"):
        print("\n| months | day | within 80 % | width | within 95 % | width | Brier | always the base rate |")
        print("| --- | ---: |" + " ---: |" * 6)
        for family in found:
            tell_intervals(family)
    if chosen.only in (None, "tickets"):
        tell_tickets(chosen.months)


if __name__ == "__main__":
    main()
