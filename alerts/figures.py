"""Numbers as a woken person reads them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.intervals import Interval
from domain.money import NANO_PER_USD, spell_usd
from domain.signals import SIGNALS

_SHORT_NAMES = {"hallucination_risk": "risk", "ttft_s": "TTFT", "tpot_s": "TPOT"}
_UNITS = ("_s", "_usd")
_NO_WHOLE_NUMBERS = {"", "times"}


def percent(share: float) -> str:
    """Return a share as a percentage with sensible digits; only what is nothing, or all, reads 0 or 100.

    >>> percent(0.234), percent(0.0005), percent(1), percent(0.9999), percent(1e-7)
    ('23.4 %', '0.05 %', '100 %', '99.99 %', 'less than 0.001 %')
    """
    value = share * 100
    if value in {0, 100}:
        return f"{value:.0f} %"
    if 99.9 < value < 100:  # noqa: PLR2004 - one digit would round it up
        return f"{min(value, 99.999):.3f}".rstrip("0") + " %"
    if value >= 1:
        return f"{value:.1f} %"
    return f"{value:.2g} %" if value >= 0.001 else "less than 0.001 %"  # noqa: PLR2004


def quantity(value: float, unit: str) -> str:
    """Return *value* in its unit.

    >>> quantity(0.412, "s"), quantity(2.5, "s"), quantity(0.00412, "USD"), quantity(0.05, "share")
    ('412 ms', '2.5 s', '$0.00412', '5.0 %')
    >>> quantity(1234.5, "s"), quantity(1234, "tokens"), quantity(0.9, "score"), quantity(7.85, "times")
    ('1,234 s', '1,234 tokens', '0.90', '7.85 times')
    """
    if unit == "share":
        return percent(value)
    if unit == "s":
        return _seconds(value)
    if unit == "USD":
        return dollars(value)
    if unit == "score":
        return f"{value:.2f}"
    if unit in _NO_WHOLE_NUMBERS or "/" in unit:
        return f"{value:.3g} {unit}".strip()
    return f"{value:,.0f} {unit}"


def unit_of(signal: str, statistic: str) -> str:
    """Return the unit of a statistic: a share is a share whatever it is a share of.

    >>> unit_of("ttft_s", "p95"), unit_of("ttft_s", "share"), unit_of("", "goodput")
    ('s', 'share', 'share')
    """
    return "share" if statistic in {"share", "slices", "goodput"} else SIGNALS[signal].unit


def dollars(amount: float) -> str:
    """Return an amount of USD.

    >>> dollars(115), dollars(0.0153)
    ('$115.00', '$0.0153')
    """
    return spell_usd(amount * NANO_PER_USD)


def short_name(signal: str) -> str:
    """Return what to call a signal beside its number.

    >>> [short_name(name) for name in ("ttft_s", "hallucination_risk", "provider_failed", "cost_usd")]
    ['TTFT', 'risk', 'provider failed', 'cost']
    """
    bare = next((signal.removesuffix(unit) for unit in _UNITS if signal.endswith(unit)), signal)
    return _SHORT_NAMES.get(signal, bare.replace("_", " "))


def odds(chance: float) -> str:
    """Return a probability as odds where it is small.

    >>> odds(0.0004), odds(0.2), odds(0), odds(0.97)
    ('1 in 2,500', '1 in 5', 'less than 1 in a billion', '97.0 %')
    """
    if chance < 1e-9:  # noqa: PLR2004
        return "less than 1 in a billion"
    if chance > 0.4:  # noqa: PLR2004 - from here "1 in 2" would be a lie
        return percent(chance)
    turns = 1 / chance
    return f"1 in {turns:,.0f}" if turns < 1e6 else f"1 in {turns / 1e6:,.0f} million"  # noqa: PLR2004


def between(interval: Interval | None, words: Callable[[float], str]) -> str:
    """Return an interval, its bounds in *words*.

    >>> between(Interval(0.08, 0.247), percent), between(None, percent)
    ('8.0 % to 24.7 %', 'unknown: too few for one')
    """
    return "unknown: too few for one" if interval is None else f"{words(interval.low)} to {words(interval.high)}"


def of_requests(n: int) -> str:
    """Return a number of requests.

    >>> of_requests(1), of_requests(1200)
    ('1 request', '1,200 requests')
    """
    return "1 request" if n == 1 else f"{n:,} requests"


def label_words(label: str) -> str:
    """Return a label as it stands in a sentence.

    >>> label_words("prompt_version")
    'prompt version'
    """
    return label.replace("_", " ")


def clock(moment: datetime, at: datetime) -> str:
    """Return *moment* as whoever reads it *at* that time needs it: the day only where it is another one.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> clock(noon - timedelta(minutes=5), noon), clock(noon - timedelta(hours=13), noon)
    ('11:55 UTC', 'Sun 22 Nov 23:00 UTC')
    """
    return f"{moment:%H:%M} UTC" if moment.date() == at.date() else f"{moment:%a %-d %b %H:%M} UTC"


def window_words(length: timedelta) -> str:
    """Return a window's length as it stands in a sentence, exactly.

    >>> [window_words(timedelta(seconds=s)) for s in (90, 900, 3600, 5400, 86400, 259200)]
    ['90 s', '15 min', '60 min', '90 min', '24 h', '3 days']
    """
    seconds = round(length.total_seconds())
    for size, unit, least in ((86_400, "days", 3), (3_600, "h", 2), (60, "min", 2)):
        if seconds % size == 0 and seconds >= least * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.3g} s" if value < 100 else f"{value:,.0f} s"  # noqa: PLR2004 - three digits would be 1.2e+03
