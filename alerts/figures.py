"""Numbers as a woken person reads them."""

from datetime import timedelta

from domain.money import NANO_PER_USD, spell_usd


def percent(share: float) -> str:
    """Return a share as a percentage with sensible digits.

    >>> percent(0.2295), percent(0.0005), percent(1)
    ('23.0 %', '0.05 %', '100 %')
    """
    value = share * 100
    if value in {0, 100}:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 1 else f"{value:.2g} %"


def quantity(value: float, unit: str) -> str:
    """Return *value* in its unit.

    >>> quantity(0.412, "s"), quantity(2.5, "s"), quantity(0.00412, "USD"), quantity(0.05, "share")
    ('412 ms', '2.5 s', '$0.00412', '5.0 %')
    """
    if unit == "share":
        return percent(value)
    if unit == "s":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.3g} s"
    if unit == "USD":
        return spell_usd(value * NANO_PER_USD)
    if unit == "score":
        return f"{value:.2f}"
    return f"{value:,.0f} {unit}".strip()


def odds(chance: float) -> str:
    """Return a small probability as odds.

    >>> odds(0.0004), odds(0.2), odds(0)
    ('1 in 2,500', '1 in 5', 'less than 1 in a billion')
    """
    if chance < 1e-9:  # noqa: PLR2004
        return "less than 1 in a billion"
    turns = 1 / chance
    return f"1 in {turns:,.0f}" if turns < 1e6 else f"1 in {turns / 1e6:,.0f} million"  # noqa: PLR2004


def window_words(length: timedelta) -> str:
    """Return a window's length as it stands in a sentence.

    >>> window_words(timedelta(minutes=15)), window_words(timedelta(days=1))
    ('15 min', '24 h')
    """
    minutes = int(length.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours <= 48 else f"{hours // 24} days"  # noqa: PLR2004
