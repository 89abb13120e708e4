"""Around money: the days of a month drawn, what a day usually spends, and what spends most."""

from datetime import UTC, datetime, time, timedelta

from alerts.figures import dollars, label_words, of_requests
from domain.history import History
from domain.measure import spend_nano_usd
from domain.message import Chart
from domain.money import NANO_PER_USD
from domain.projection import daily_spend_usd, month_of
from domain.window import Window

_DAY = timedelta(days=1)
_DAYS = 14
_USUAL_DAYS = 7
_PLACES = ("feature", "model", "prompt_version", "release")
_MOST = 0.5
"""A name that spends less than this part of the money is not what to look at first."""


def month_chart(history: History, now: datetime, limit_usd: float) -> Chart | None:
    """Return what the month of *now* had spent at the end of each of its days, up to *now*."""
    spend, month = daily_spend_usd(history, now), month_of(now)
    spent, points = 0.0, []
    for part in month.parts(_DAY):
        if part.start >= now:
            break
        spent += spend.get(part.start.date(), 0.0)
        points.append((min(part.end, now), spent))
    return Chart(f"Spent since {month.start:%-d %B}", "USD", tuple(points), limit_usd) if len(points) > 1 else None


def days_chart(history: History, now: datetime, limit_usd: float) -> Chart | None:
    """Return what each of the last days spent, the present one as far as it goes; None for days without a request."""
    spend, today = daily_spend_usd(history, now), now.astimezone(UTC).date()
    days = [today - place * _DAY for place in reversed(range(_DAYS))]
    ends = [min(datetime.combine(day + _DAY, time(), UTC), now) for day in days]
    points = [(end, spend.get(day)) for day, end in zip(days, ends, strict=True) if day >= min(spend, default=today)]
    return Chart("Spent each day", "USD", tuple(points), limit_usd) if len(points) > 1 else None


def usual_day(history: History, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return what a day spent on average in the week before today; of the days in which anything came."""
    spend, today = daily_spend_usd(history, now), now.astimezone(UTC).date()
    known = [usd for day, usd in spend.items() if today - _USUAL_DAYS * _DAY <= day < today]
    said = (
        f"{dollars(sum(known) / len(known))} a day (mean of {len(known)} days before)" if known else "no earlier data"
    )
    return (("Normal", said),)


def spenders(history: History, window: Window) -> tuple[tuple[str, str], ...]:
    """Name the feature, model, prompt version or release that spends most of the money, where there are others."""
    found = []
    for label in _PLACES:
        names = {name: (spend_nano_usd(sample), len(sample)) for name, sample in history.by(window, label).items()}
        total, n = (sum(one[place] for one in names.values()) for place in (0, 1))
        if len(names) > 1 and total:
            name, (nano, requests) = max(names.items(), key=lambda one: (one[1][0], one[0]))
            part = f"{dollars(nano / NANO_PER_USD)} of {dollars(total / NANO_PER_USD)}"
            if nano >= _MOST * total:
                found.append(f"{label_words(label)} {name}: {part} ({requests:,} of {of_requests(n)})")
    return (("Where", "; ".join(found)),) if found else ()
