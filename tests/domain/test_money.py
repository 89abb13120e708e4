"""Money from floats: the short way must come to the same whole nano-USD as the decimal form."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import nano_usd


@given(st.floats(-1e6, 1e6) | st.integers(-(10**13), 10**13).map(lambda tenths: tenths / 1e10))
def test_a_float_is_read_by_its_shortest_decimal_form(amount):
    exact = (Decimal(str(amount)) * 10**9).to_integral_value(ROUND_HALF_EVEN)

    assert int(exact) == nano_usd(amount)


@pytest.mark.parametrize(("amount", "nano"), [(0.5e-9, 0), (1.5e-9, 2), (2.5e-9, 2), (0.00015, 150_000), (1e6, 10**15)])
def test_halves_go_to_even(amount, nano):
    assert nano == nano_usd(amount)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), float("-inf"), "secret"])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(ValueError, match="not an amount"):
        nano_usd(amount)
