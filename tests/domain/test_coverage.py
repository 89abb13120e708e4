"""How far judging reached, by the length of the context."""

import pytest

from domain.coverage import EDGES, Coverage, Outcome, coverage_by_length


def bins(*outcomes):
    return [(one.low, one.asked, one.scored, one.failed, one.quarantined) for one in coverage_by_length(outcomes)]


def test_nothing_asked_is_no_bin():
    assert [] == bins()
    assert [] == bins(Outcome("not applicable", 100, 7))


def test_outcomes_are_counted_by_kind_whatever_their_reason():
    found = bins(
        Outcome("scored", 10, 5),
        Outcome("scored", 20, 1),
        Outcome("failed: timeout", 30, 2),
        Outcome("failed: schema", 0, 1),
        Outcome("quarantined: canary", 1999, 3),
        Outcome("not applicable", 10, 50),
    )

    assert [(0, 12, 6, 3, 3)] == found


@pytest.mark.parametrize(
    ("characters", "low"),
    [(None, 0), (0, 0), (1999, 0), (2000, 2000), (7999, 2000), (8000, 8000), (32_000, 32_000), (10**9, 32_000)],
)
def test_each_length_has_its_bin(characters, low):
    assert [(low, 1, 1, 0, 0)] == bins(Outcome("scored", characters, 1))


def test_bins_come_in_order_and_border_on_each_other():
    found = coverage_by_length([Outcome("scored", length, 1) for length in (40_000, 1, 9_000, 3_000)])

    assert [(0, 2_000), (2_000, 8_000), (8_000, 32_000), (32_000, None)] == [(one.low, one.high) for one in found]
    assert (0, *EDGES) == tuple(one.low for one in found)


@pytest.mark.parametrize(("scored", "asked", "share"), [(0, 0, None), (0, 4, 0.0), (3, 4, 0.75), (4, 4, 1.0)])
def test_the_share_of_nothing_is_no_number(scored, asked, share):
    coverage = Coverage(low=0, high=2000, asked=asked, scored=scored, failed=asked - scored, quarantined=0)

    assert share == coverage.share


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 2000, "up to 2,000 characters"),
        (2000, 8000, "2,000 to 8,000 characters of context"),
        (32_000, None, "over 32,000 characters of context"),
    ],
)
def test_a_bin_in_words(low, high, words):
    assert words == Coverage(low=low, high=high, asked=0, scored=0, failed=0, quarantined=0).words
