"""Forecasts of the parts of a month's spend, by feature or by model, that add up to the forecast of the whole.

The whole is forecast by itself and split by what each part would be forecast alone. It is steadier than its parts, the
budget is about it, and it must not change with the label by which somebody looks at it: adding up the parts, or
reconciling both ways (Wickramasuriya et al. 2019), would give another total for features than for models.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from domain.forecast import Forecast, forecast_month
from domain.forecast_spread import Spread
from domain.forecast_today import DayShare

_RECENT = timedelta(days=7)
_UNKNOWN = Spread(0.5, 3.0, is_measured=False)
"""Of a part that is only days old."""


def forecast_parts(
    parts: Mapping[str, Mapping[date, float]],
    whole: Forecast,
    at: datetime,
    *,
    first_day: date | None = None,
    shares: Mapping[str, DayShare | None] = MappingProxyType({}),
) -> dict[str, Forecast]:
    """Return a forecast for each of *parts*; what they expect to come is what the *whole* expects.

    A part with too little history gets its share of the last seven days and today.

    Args:
        parts: USD by day of each; together they are the spend of the whole.
        whole: The forecast of the same month at the same time.
        at, first_day: As for the whole.
        shares: How much of a day of each is usually there by now.
    """
    first = first_day or min((day for spend in parts.values() for day in spend), default=at.date())
    alone = {name: forecast_month(spend, at, first_day=first, share=shares.get(name)) for name, spend in parts.items()}
    if whole.rest_usd is None:
        return {name: replace(one, rest_usd=None, spread=None, because=whole.because) for name, one in alone.items()}
    recent = _recent_shares(parts, at.date())
    expects = {
        name: one.rest_usd if one.rest_usd is not None else recent[name] * whole.rest_usd for name, one in alone.items()
    }
    together = sum(expects.values())
    if together <= 0:
        expects, together = recent, sum(recent.values())
    scale = whole.rest_usd / together if together > 0 else 0.0
    return {name: _split(alone[name], usd * scale) for name, usd in expects.items()}


def _recent_shares(parts: Mapping[str, Mapping[date, float]], today: date) -> dict[str, float]:
    first = today - _RECENT
    usd = {name: sum(usd for day, usd in spend.items() if first <= day <= today) for name, spend in parts.items()}
    together = sum(usd.values())
    return {name: spent / together if together > 0 else 1 / len(usd) for name, spent in usd.items()}


def _split(alone: Forecast, rest_usd: float) -> Forecast:
    if alone.rest_usd is None:
        because = f"{alone.because}; its share of the last {_RECENT.days} days"
        return replace(alone, rest_usd=rest_usd, spread=_UNKNOWN, because=because)
    return replace(alone, rest_usd=rest_usd, because=f"{alone.because}; scaled to the whole")
