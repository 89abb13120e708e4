"""Has the mix changed? The population stability index with the evidence for it.

PSI = sum (p - q) ln(p / q) over the categories. Without any drift PSI is about (B - 1)(1/n + 1/m), so a small sample
crosses the guide's 0.25 by chance; Yurdakul & Naranjo 2020: PSI / (1/n + 1/m) follows chi-square with B - 1 degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

_PSEUDO_COUNT = 0.5  # Jeffreys: a category missing on one side neither divides by zero nor dominates


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How far a distribution moved.

    Attributes:
        psi: None if either side is empty.
        critical: The PSI that chance alone exceeds with probability *alpha* at these sample sizes.
        moved: The categories that moved most: name, share before, share now.
    """

    psi: float | None
    critical: float | None
    reference_n: int
    current_n: int
    moved: tuple[tuple[str, float, float], ...] = ()


def stability(reference: Mapping[str, int], current: Mapping[str, int], *, alpha: float = 0.001) -> Stability:
    """Compare two counts by category.

    >>> stability({"a": 500, "b": 500}, {"a": 500, "b": 500}).psi
    0.0
    >>> stability({}, {"a": 5}).psi is None
    True
    """
    names = sorted(reference.keys() | current.keys())
    before = np.array([reference.get(name, 0) for name in names], dtype=float)
    now = np.array([current.get(name, 0) for name in names], dtype=float)
    n, m = int(before.sum()), int(now.sum())
    if n == 0 or m == 0:
        return Stability(psi=None, critical=None, reference_n=n, current_n=m)
    bins = len(names)
    p = (before + _PSEUDO_COUNT) / (n + _PSEUDO_COUNT * bins)
    q = (now + _PSEUDO_COUNT) / (m + _PSEUDO_COUNT * bins)
    psi = float(((q - p) * np.log(q / p)).sum())
    critical = float(special.chdtri(bins - 1, alpha)) * (1 / n + 1 / m) if bins > 1 else 0.0
    order = np.argsort(-np.abs(now / m - before / n))[:3]
    moved = tuple((names[i], float(before[i] / n), float(now[i] / m)) for i in order)
    return Stability(psi=psi, critical=critical, reference_n=n, current_n=m, moved=moved)
