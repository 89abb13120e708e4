"""How often "over budget" is told in months that end on budget, and how soon in months that do not.

A month is watched at every full hour. Its budget is set afterwards, so that the month ends where it should: at 85 to
100 % of it, or at 125 or 150 %. A ticket is told when the month is expected to end above 115 % of the budget, by the
rule, at as many evaluations in a row as it wants.
"""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from scipy import special

from benchmarks.forecasting_methods import ENOUGH_BEFORE, weekday_averages
from benchmarks.series import Series, calm, hours_of, spending
from domain.forecast import forecast_month, learn
from domain.forecast_smoothing import MOST_DAYS
from domain.forecast_today import usual_share

LIMIT = 1.15
_HOUR = timedelta(hours=1)
_WATCHED = 28


@dataclass(frozen=True)
class Watched:
    """What was known at each hour of a month, and what it came to.

    Attributes:
        spent, rest, sd, freedom: Of the forecast; the rest is NaN where there was none.
        rate: The run-rate, from the end of the first day on; before it, nothing.
        usual: Total, spread and freedom by weekday averages.
    """

    truth: float
    spent: np.ndarray
    rest: np.ndarray
    sd: np.ndarray
    freedom: np.ndarray
    rate: np.ndarray
    usual: np.ndarray

    def chance(self, amount: float) -> np.ndarray:
        """The probability of ending above *amount*, as of each hour."""
        left = np.maximum(amount - self.spent, 1e-9)
        with np.errstate(divide="ignore", invalid="ignore"):
            chance = special.stdtr(self.freedom, np.log(self.rest / left) / self.sd)
        return np.where(self.spent > amount, 1.0, np.nan_to_num(chance, nan=0.0))

    def usual_chance(self, amount: float) -> np.ndarray:
        total, spread, freedom = self.usual
        with np.errstate(divide="ignore", invalid="ignore"):
            chance = special.stdtr(freedom, (total - amount) / spread)
        return np.where(self.spent > amount, 1.0, np.nan_to_num(chance, nan=0.0))


Rule = Callable[[Watched, float], np.ndarray]
RULES: dict[str, tuple[Rule, int]] = {
    "run-rate above the limit": (lambda month, limit: month.rate > limit, 1),
    "weekday averages, lower 80 % bound, 2 evaluations": (lambda month, limit: month.usual_chance(limit) >= 0.9, 2),
    "lower 80 % bound above the limit, 2 evaluations": (lambda month, limit: month.chance(limit) >= 0.9, 2),
    "lower 90 % bound above the limit, 2 evaluations": (lambda month, limit: month.chance(limit) >= 0.95, 2),
    "P(above the limit) >= .8, 2 evaluations": (lambda month, limit: month.chance(limit) >= 0.8, 2),
}


def watch(series: Series, position: int, length: int, history: int) -> Watched:
    """Watch a month hour by hour, knowing so many days of *history* before it."""
    rng = np.random.default_rng([13, position])
    first = position - history
    hours = {n: hours_of(series, n, rng) for n in range(max(first, position - _WATCHED), position + length)}
    known = {series.day(n): float(series.usd[n]) for n in range(first, position)}
    rows = []
    for today in range(position, position + length):
        rows += _day(series, today, known, hours, series.day(first))
        known[series.day(today)] = float(series.usd[today])
    spent, rest, sd, freedom, rate, *usual = np.array(rows).T
    return Watched(
        float(series.usd[position : position + length].sum()), spent, rest, sd, freedom, rate, np.array(usual)
    )


def _day(
    series: Series, today: int, known: dict[date, float], hours: dict[int, np.ndarray], first: date
) -> Iterator[tuple[float, ...]]:
    midnight = datetime.combine(series.day(today), time(), UTC)
    learned = learn(known, midnight.date(), first_day=first)
    recent = {
        datetime.combine(series.day(n), time(), UTC) + hour * _HOUR: float(usd)
        for n in range(max(today - _WATCHED, min(hours)), today)
        for hour, usd in enumerate(hours[n])
    }
    before = np.array(list(known.values()))[-_WATCHED:]
    length = calendar.monthrange(midnight.year, midnight.month)[1]
    for hour in range(24):
        at = midnight + hour * _HOUR
        spend = {**known, at.date(): float(hours[today][:hour].sum())}
        made = forecast_month(spend, at, first_day=first, share=usual_share(recent, at), learned=learned)
        usual, spread, freedom = weekday_averages(before, at.weekday(), length - at.day + 1, spend[at.date()])
        rate = (made.run_rate_usd or 0.0) if at.day > 1 else 0.0
        yield (
            made.spent_usd,
            np.nan if made.rest_usd is None else made.rest_usd,
            made.spread.sd if made.spread else np.nan,
            made.spread.freedom if made.spread else 1.0,
            rate,
            made.spent_usd + usual,
            spread,
            freedom,
        )


def first_ticket(rule: Rule, in_a_row: int, month: Watched, budget: float) -> int | None:
    """Return the first hour at which the rule tells, or None."""
    above = rule(month, LIMIT * budget)
    held = np.lib.stride_tricks.sliding_window_view(above, in_a_row).all(axis=1)
    return int(np.argmax(held)) + in_a_row - 1 if held.any() else None


def tell_tickets(months: int) -> None:
    """Print how often and how soon each rule tells."""
    cases = [
        ("made-up spend", spending, MOST_DAYS),
        ("spend, 28 days known before", spending, 28),
        ("spend, 14 days known before", spending, 14),
        ("spend, nothing known before", spending, 0),
        ("a calm service", calm, MOST_DAYS),
    ]
    print("\n| months | rule | told though on budget | told at 125 % | median day | told at 150 % | median day |")
    print("| --- | --- |" + " ---: |" * 5)
    for name, kind, history in cases:
        watched = list(_months(kind, months if name == "made-up spend" else months // 3, history))
        for rule_name, (rule, in_a_row) in RULES.items():
            figures = [_share(rule, in_a_row, watched, None)[0]]
            for ends_at in (1.25, 1.5):
                figures += _share(rule, in_a_row, watched, ends_at)
            print(f"| {name} | {rule_name} | " + " | ".join(figures) + " |", flush=True)


def _months(kind: Callable[[int], Series], number: int, history: int) -> Iterator[Watched]:
    """Yield one month of each of so many series, a different one each time."""
    for seed in range(number):
        series = kind(5000 + seed)
        months = [month for month in series.months() if month[0] >= max(history, ENOUGH_BEFORE)]
        position, length = months[seed % len(months)]
        yield watch(series, position, length, history)


def _share(rule: Rule, in_a_row: int, watched: list[Watched], ends_at: float | None) -> tuple[str, str]:
    rng = np.random.default_rng(17)
    budgets = [month.truth / (ends_at or rng.uniform(0.85, 1)) for month in watched]
    told = [first_ticket(rule, in_a_row, month, budget) for month, budget in zip(watched, budgets, strict=True)]
    hours = [hour for hour in told if hour is not None]
    day = f"{np.median(hours) / 24 + 1:.0f}" if hours else "-"
    return f"{100 * len(hours) / len(told):.1f} %", day
