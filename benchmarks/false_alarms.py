"""How often the shipped rules fire at services that are fine, against the guide's rules as they are worded.

    python -m benchmarks.false_alarms

Months of made-up services, seeded, each watched by two: the shipped rule, with its own condition and its own states,
and the literal one, which has nothing but the limit and the time for which it must be passed. An episode that begins
is a page, or a ticket. Then how long both take to notice that a service is no longer fine.
"""

import argparse
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from alerts.conditions import BudgetBurn, ShareAbove
from benchmarks.false_alarms_services import LIVE_MIN, RULES, Service, Watch
from tests.builders import MINUTE

DAY_MIN = 24 * 60
MONTH_DAYS = 30
PER = {1: "a minute", LIVE_MIN: "in 15 min", DAY_MIN: "a day"}
SLOW = 10
"""Conditions that are asked of all rows at every slot get so many times fewer months."""

HORIZON_MIN = 4 * 60
CALM_MIN = 30


@dataclass(frozen=True)
class Setting:
    """A service, and the rule that watches it.

    Attributes:
        number, of_min: So many requests, or judged answers, in so many minutes.
        bad: The share of them that is bad.
        judged_each_min: How often answers are judged; 1 is at once.
    """

    guide: str
    number: float
    of_min: int
    bad: float
    judged_each_min: int = 1

    @property
    def watch(self) -> Watch:
        """Its rule."""
        return Watch(RULES[self.guide], self.judged_each_min)

    def months(self, runs: int, days: int) -> Iterator[Service]:
        """Yield *runs* times *days* of it, each with the time before that the rule looks back on."""
        length = RULES[self.guide].when.looks_back // MINUTE + self.judged_each_min + 1 + days * DAY_MIN
        for run in range(runs):
            rng = np.random.default_rng([run, round(1000 * self.number), round(1e6 * self.bad)])
            yield Service.drawn(rng, self.number / self.of_min, self.bad, length)


@dataclass(frozen=True)
class Pages:
    """How often a rule fired in each month: literally read, and as shipped without and with its guard."""

    literal: list[int] = field(default_factory=list)
    unguarded: list[int] = field(default_factory=list)
    shipped: list[int] = field(default_factory=list)


COMPLIANT = (
    *(Setting("A4", number, LIVE_MIN, 0.05) for number in (5.2, 10.5, 26, 52, 105)),
    *(Setting("A4", number, LIVE_MIN, 0.05, LIVE_MIN) for number in (5.2, 10.5, 26, 52)),
    *(Setting("A4", number, LIVE_MIN, 0.02) for number in (5.2, 10.5, 26, 52)),
    *(Setting("A1", number, 1, 0.0005) for number in (5, 30, 50, 500, 5000)),
    *(Setting("A2", number, 1, 0.005) for number in (1, 2, 5, 10, 50)),
    *(Setting("A3", number, 1, 0.02) for number in (2,)),
    *(Setting("S1a", number, 1, 0.001) for number in (0.1, 0.5, 1, 5)),
    *(Setting("A5", number, 1, 0.04) for number in (2, 10, 50)),
    *(Setting("A7b", number, DAY_MIN, 0.4) for number in (10, 100, 1000)),
    *(Setting("A10", number, DAY_MIN, 0.04) for number in (10, 100, 1000)),
    *(Setting("A10b", number, DAY_MIN, 0.04) for number in (100, 1000)),
)
AT_THE_EDGE = (
    *(Setting("A1", number, 1, 0.001) for number in (5, 20, 30, 50, 200, 500, 5000)),
    *(Setting("A5", number, 1, 0.05) for number in (2, 10, 50)),
    *(Setting("A10", number, DAY_MIN, 0.05) for number in (10, 100, 1000)),
    *(Setting("A10b", number, DAY_MIN, 0.05) for number in (100, 1000)),
)
"""Just what is promised and not a request better; A2, A4 and S1a are there in COMPLIANT already."""


def count(setting: Setting, runs: int, days: int) -> Pages:
    """Count the pages of *runs* months of a service."""
    watch = setting.watch
    is_share = isinstance(watch.rule.when, ShareAbove)
    found = Pages()
    for service in setting.months(runs if is_share else max(1, runs // SLOW), days):
        slots = watch.looks(len(service.n))
        found.shipped.append(len(watch.pages(service, slots)))
        if is_share:
            found.unguarded.append(len(watch.unguarded.pages(service, slots)))
        if is_share or isinstance(watch.rule.when, BudgetBurn):
            found.literal.append(len(watch.literal_pages(service, slots)))
    return found


def delays(setting: Setting, after: float, trials: int) -> tuple[float, float]:
    """Return after how many minutes the literal and the shipped rule fire, at the median, once *after* is bad.

    The change comes at any minute of the hour. Where the literal rule fires at that moment, for nothing, the trial says
    nothing and is left out.
    """
    watch, found = setting.watch, []
    for trial in range(trials):
        rng = np.random.default_rng([trial, round(1000 * setting.number), round(1000 * after)])
        change = CALM_MIN + int(rng.integers(60))
        share = np.where(np.arange(change + HORIZON_MIN) < change, setting.bad, after)
        service = Service.drawn(rng, setting.number / setting.of_min, share, len(share))
        slots = np.arange(change + 1, len(share) + 1)
        if not watch.is_over(service, slots[:1])[0]:
            firsts = [pages(service, slots)[:1] for pages in (watch.literal_pages, watch.pages)]
            found.append([first[0] - change if first else np.inf for first in firsts])
    literal, shipped = (statistics.median_low(times) for times in zip(*found, strict=True))
    return literal, shipped


def tell(heading: str, settings: Sequence[Setting], runs: int, days: int) -> list[str]:
    """Print the table of false pages, and return the rows with more than one in a month."""
    print(f"\n{heading}\n")
    print("| rule | requests or answers | bad | literal | without guard | shipped | most | months |")
    print("| --- | ---: | ---: |" + " ---: |" * 5)
    often = []
    for setting in settings:
        pages = count(setting, runs, days)
        literal, unguarded, shipped = (_per_month(one, days) for one in (pages.literal, pages.unguarded, pages.shipped))
        where = f"{setting.number:g} {PER[setting.of_min]}{', live' if setting.judged_each_min > 1 else ''}"
        name = f"{setting.guide} `{setting.watch.rule.name}`"
        print(
            f"| {name} | {where} | {100 * setting.bad:g} % | {literal} | {unguarded} | {shipped} "
            f"| {max(pages.shipped)} | {len(pages.shipped)} |",
            flush=True,
        )
        if statistics.mean(pages.shipped) * MONTH_DAYS / days > 1:
            often.append(f"{name} at {where}: {shipped}")
    return often


def _per_month(found: Sequence[int], days: int) -> str:
    if not found:
        return "-"
    mean = statistics.mean(found) * MONTH_DAYS / days
    return f"{mean:,.0f}" if mean >= 10 else f"{mean:.2g}" if mean else "0"


def tell_delays(trials: int) -> None:
    """Print how long both take."""
    print("\n| judged answers | from 5 % to | literal | shipped | literal, live | shipped, live |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for after in (0.5, 1.0):
        for number in (5.2, 10.5, 26, 50, 105):
            settings = (Setting("A4", number, LIVE_MIN, 0.05, each) for each in (1, LIVE_MIN))
            found = [f"{minutes:.0f}" for setting in settings for minutes in delays(setting, after, trials)]
            print(f"| {number:g} in 15 min | {100 * after:.0f} % | " + " | ".join(found) + " |", flush=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--days", type=int, default=MONTH_DAYS)
    options.add_argument("--runs", type=int, default=100)
    options.add_argument("--quick", action="store_true", help="5 months of each service and 200 changes")
    chosen = options.parse_args()
    runs, trials = (5, 200) if chosen.quick else (chosen.runs, 2000)
    print(f"False pages and tickets in {MONTH_DAYS} days: the mean, and the most in one run of {chosen.days} days")
    for heading, settings in (("Better than promised, or as promised", COMPLIANT), ("Just as promised", AT_THE_EDGE)):
        often = tell(heading, settings, runs, chosen.days)
        print(f"\nMore than one in {MONTH_DAYS} days by the shipped rules: {'; '.join(often) or 'none'}.")
    print(f"\nA4 after a change, minutes of the clock until it fires: the median of {trials:,} changes")
    tell_delays(trials)


if __name__ == "__main__":
    main()
