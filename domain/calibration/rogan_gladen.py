"""The arithmetic of a share corrected for a judge's errors; vectorised, so that its coverage can be simulated.

A judge flags p = th * se + (1 - th) * (1 - sp) of all answers when th of them are bad; solved for th that is the
correction of Rogan & Gladen 1978. It holds whatever the base rate, as long as sensitivity se and specificity sp are the
same on the traffic as on the labelled answers.
"""

import numpy as np
import numpy.typing as npt
from scipy import special

Numbers = float | npt.NDArray[np.float64]

_Z = float(special.ndtri(0.975))


def point(k: Numbers, n: Numbers, tp: Numbers, bad: Numbers, tn: Numbers, good: Numbers) -> Numbers:
    """Return (p + sp - 1) / (se + sp - 1) held within 0 and 1; see `bounds` for the arguments.

    >>> round(float(point(109, 1000, 85, 100, 186, 200)), 3)
    0.05
    """
    held: Numbers = np.clip((k / n + tn / good - 1) / (tp / bad + tn / good - 1), 0.0, 1.0)
    return held


def skill(tp: Numbers, bad: Numbers, tn: Numbers, good: Numbers) -> Numbers:
    """Return se' + sp' - 1 (Youden's J of shrunken shares): 1 for a judge that never errs, 0 for one that guesses."""
    return (tp + 1) / (bad + 2) + (tn + 1) / (good + 2) - 1


def bounds(
    k: Numbers, n: Numbers, tp: Numbers, bad: Numbers, tn: Numbers, good: Numbers, *, within: bool = True
) -> tuple[Numbers, Numbers]:
    """Return the 95 % bounds of Lang & Reiczigel (2014, Prev. Vet. Med. 113), not yet held within 0 and 1.

    Args:
        k: Flagged answers of *n* judged; need not be whole.
        tp: Flagged ones of the *bad* labelled.
        tn: Passed ones of the *good* labelled.
        within: Whether the centre is first moved into 0..1 (Mandelkern & Schultz 2000). The published centre may lie
            below 0, and its bounds then shrink towards [0, 0] by luck alone; moved, they only widen.
    """
    flagged, judged = k + _Z**2 / 2, n + _Z**2
    p, se, sp = flagged / judged, (tp + 1) / (bad + 2), (tn + 1) / (good + 2)
    j = skill(tp, bad, tn, good)
    th = (p + sp - 1) / j
    th = np.clip(th, 0.0, 1.0) if within else th
    of_se, of_sp = se * (1 - se) / (bad + 2), sp * (1 - sp) / (good + 2)
    centre = th + 2 * _Z**2 * (th * of_se - (1 - th) * of_sp)
    half = _Z * np.sqrt(p * (1 - p) / judged + (1 - th) ** 2 * of_sp + th**2 * of_se) / j
    return centre - half, centre + half
