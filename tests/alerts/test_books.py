"""The words of a comparison: equal is said once, a difference with its direction."""

from datetime import date

import pytest

from alerts.books import cost_words, day_words, rows_words
from domain.reconciliation import Counted, ReconciledDay


def day(rows: Counted, cost: Counted | None = None) -> ReconciledDay:
    return ReconciledDay(day=date(2026, 11, 2), hours=7, rows=rows, cost=cost, requests=3, spend_nano_usd=5)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (Counted(0, 0), "0 rows read, the same at Langfuse"),
        (Counted(1_200, 1_200), "1,200 rows read, the same at Langfuse"),
        (Counted(0, 7), "0 rows read, 7 rows at Langfuse (100 % fewer)"),
        (Counted(7, 0), "7 rows read, 0 rows at Langfuse (100 % more)"),
        (
            Counted(999_999_999, 1_000_000_000),
            "999,999,999 rows read, 1,000,000,000 rows at Langfuse (less than 0.001 % fewer)",
        ),
    ],
)
def test_rows(rows, words):
    assert words == rows_words(day(rows))


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (None, "no cost at Langfuse"),
        (Counted(518_604_060, 518_604_059), "$0.52 read, the same at Langfuse"),
        (Counted(-500_000_000, 500_000_000), "$-0.50 read, $0.50 at Langfuse (200.0 % less)"),
        (Counted(2_000_000, 1_000_000), "$0.00200 read, $0.00100 at Langfuse (50.0 % more)"),
    ],
)
def test_cost(cost, words):
    assert words == cost_words(day(Counted(1, 1), cost))


def test_a_day_within_half_a_percent_agrees():
    assert day_words(day(Counted(1_000, 1_004))).startswith("Mon 2 Nov agrees with Langfuse: ")
    assert day_words(day(Counted(1_000, 1_006))).startswith("Mon 2 Nov differs from Langfuse: ")
    assert day_words(day(Counted(1, 1))).endswith("; 7 of 24 hours compared")
