"""How well risks order answers: the chance that a wrong answer has a higher risk than a right one."""

from collections.abc import Sequence
from math import sqrt

import numpy as np


def auroc(risks: Sequence[float], wrong: Sequence[bool]) -> float | None:
    """Return the share of pairs of a wrong and a right answer that are in order, or None without pairs; ties are half.

    >>> auroc([0.1, 0.4, 0.4, 0.9], [False, False, True, True])
    0.875
    """
    is_wrong = np.asarray(wrong, dtype=bool)
    n_wrong = int(is_wrong.sum())
    n_right = len(is_wrong) - n_wrong
    if not n_wrong or not n_right:
        return None
    _, place, times = np.unique(np.asarray(risks, dtype=float), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[place]
    return float((ranks[is_wrong].sum() - n_wrong * (n_wrong + 1) / 2) / (n_wrong * n_right))


def standard_error(area: float, n_wrong: int, n_right: int) -> float:
    """Return the standard error of an AUROC of *area* (Hanley and McNeil, Radiology 143, 1982).

    >>> round(standard_error(0.8, 160, 669), 3)
    0.022
    """
    wrong_pair = area / (2 - area)
    right_pair = 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (n_wrong - 1) * (wrong_pair - area**2) + (n_right - 1) * (right_pair - area**2)
    return sqrt(max(spread, 0.0) / (n_wrong * n_right))
