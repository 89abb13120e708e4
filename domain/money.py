"""Money: whole nano-USD inside (sums are exact), decimal USD outside."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

NANO_PER_USD = 1_000_000_000

_EXACT_ENOUGH = 1e12  # nano-USD: up to here the product of two floats is off by less than 0.001
_NEARLY_HALF = 0.499  # nearer to a half only the decimal form can tell which way to round


def nano_usd(amount: float | str | Decimal) -> int:
    """Return *amount* of USD as whole nano-USD, rounded half to even.

    A float is read by its shortest decimal form, so that 0.00015 means 150 000 nano-USD exactly.

    >>> nano_usd(2.835e-05)
    28350
    >>> nano_usd("2e-8")
    20

    Raises:
        ValueError: If it is not a finite number.
    """
    if isinstance(amount, float) and abs(scaled := amount * NANO_PER_USD) < _EXACT_ENOUGH:
        whole = round(scaled)
        if abs(scaled - whole) < _NEARLY_HALF:
            return whole
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        raise ValueError(f"not an amount of money: {amount!r}") from None
    if not value.is_finite():
        raise ValueError(f"not an amount of money: {amount!r}")
    return int((value * NANO_PER_USD).to_integral_value(ROUND_HALF_EVEN))


def usd(nano: int) -> Decimal:
    """Return whole nano-USD as decimal USD, exactly.

    >>> usd(516749860)
    Decimal('0.516749860')
    """
    return Decimal(nano).scaleb(-9)


def spell_usd(nano: float) -> str:
    """Return an amount as a person reads it: cents, or three significant digits below ten cents.

    >>> spell_usd(1_234_567_000_000), spell_usd(4_120_000)
    ('$1,234.57', '$0.00412')
    """
    amount = nano / NANO_PER_USD
    if amount == 0 or abs(amount) >= 0.1:  # noqa: PLR2004 - ten cents
        return f"${amount:,.2f}"
    digits = -Decimal(str(amount)).adjusted() + 2
    return f"${amount:.{digits}f}"
