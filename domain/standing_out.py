"""Where the trouble is: the one name of a label whose requests are clearly worse than all others'.

Fisher's exact test (1935), one-sided: given how many are bad in all, how probable is it that so many of them carry this
one name. Who asks about many names asks each with its part of the doubt (Bonferroni).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from domain.tally import Tally

_DOUBT = 0.001
"""How often, in all labels asked about, a name may be called worse when all are alike."""

_FEWEST = 3
"""So many bad ones are needed to call a name a place."""

_TIMES = 2.0
"""Worse than the others by less than this is no place to look, however sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standout:
    """A name that stands out, and the counts that say so: bad ones of all with it, and with any other name."""

    label: str
    name: str
    k: int
    n: int
    rest_k: int
    rest_n: int


def standouts(by_label: Mapping[str, Mapping[str, Tally]]) -> list[Standout]:
    """Return the name that stands out of each label, if one does, in the order of the labels."""
    asked = sum(len(names) for names in by_label.values())
    found = (_worst(label, names, _DOUBT / max(asked, 1)) for label, names in by_label.items())
    return [one for one in found if one is not None]


def chance_of_so_many(k: int, n: int, rest_k: int, rest_n: int) -> float:
    """Return the probability that *k* or more of the bad ones are among these *n*, if all are alike.

    >>> round(chance_of_so_many(3, 3, 0, 3), 6)
    0.05
    """
    bad, good = k + rest_k, n + rest_n - k - rest_k
    most = min(n, bad)
    if k <= max(0, bad - rest_n):
        return 1.0
    here = np.arange(k, most + 1, dtype=float)
    logs = _choose(bad, here) + _choose(good, n - here) - _choose(bad + good, np.array([float(n)]))
    return float(min(1.0, np.exp(special.logsumexp(logs))))


def _choose(n: float, k: np.ndarray) -> np.ndarray:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _worst(label: str, names: Mapping[str, Tally], doubt: float) -> Standout | None:
    """Return the name of the smallest chance, if that is at most *doubt*."""
    total = sum(names.values(), start=Tally(0, 0))
    best: tuple[float, Standout] | None = None
    for name, one in sorted(names.items()):
        rest = [other for called, other in names.items() if called != name]
        k, n = _worth(one)
        rest_k, rest_n = map(sum, zip(*map(_worth, rest), strict=True)) if rest else (0, 0)
        if not n or not rest_n or k * rest_n < _TIMES * rest_k * n or k < _FEWEST:
            continue
        chance = chance_of_so_many(k, n, rest_k, rest_n)
        if chance <= doubt and (best is None or chance < best[0]):
            shown = Standout(label=label, name=name, k=one.k, n=one.n, rest_k=total.k - one.k, rest_n=total.n - one.n)
            best = chance, shown
    return best[1] if best else None


def _worth(counted: Tally) -> tuple[int, int]:
    """Return the counts as whole independent requests, never more than they are worth."""
    k, n = counted.effective
    return min(int(k), int(n)), int(n)
