"""How well a judge agrees with people: four numbers that no one of them can stand in for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.calibration.estimate import Estimate
from domain.calibration.labels import Confusion
from domain.intervals import Interval

_DRAWS, _SEED = 4000, 20
_PSEUDO_COUNT = 0.5  # Jeffreys


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What labels say of a judge.

    Attributes:
        sensitivity: The share of bad answers that it flags.
        specificity: The share of good answers that it passes.
        base_rate: The share of bad answers among the labelled; that of the traffic only if these were drawn at random.
        kappa: Agreement beyond chance, from -1 to 1 (Cohen 1960). It falls with the base rate, so that two judges
            compare by it only on the same answers.
    """

    sensitivity: Estimate
    specificity: Estimate
    base_rate: Estimate
    kappa: Estimate

    def words(self) -> str:
        """Say all four in one sentence."""
        return ", ".join(
            (
                f"sensitivity {self.sensitivity.words('labelled bad')}",
                f"specificity {self.specificity.words('labelled good')}",
                f"base rate {self.base_rate.words()}",
                f"kappa {self.kappa.words()}",
            )
        )


def agreement(confusion: Confusion) -> Agreement:
    """Measure a judge by *confusion*.

    >>> print(agreement(Confusion(tp=70, fn=11, tn=186, fp=14)).words())  # doctest: +NORMALIZE_WHITESPACE
    sensitivity 0.86 (95 % 0.77 to 0.93, 81 labelled bad), specificity 0.93 (95 % 0.89 to 0.96, 200 labelled good),
    base rate 0.29 (95 % 0.24 to 0.35, 281 labelled), kappa 0.79 (95 % 0.69 to 0.85, 281 labelled)
    """
    return Agreement(
        sensitivity=Estimate.share(confusion.tp, confusion.bad),
        specificity=Estimate.share(confusion.tn, confusion.good),
        base_rate=Estimate.share(confusion.bad, confusion.n),
        kappa=_kappa(confusion),
    )


def _kappa(confusion: Confusion) -> Estimate:
    """Return Cohen's kappa; None where both say the same of every answer, for then chance agrees as well as they do.

    The interval is of the posterior under Jeffreys' prior for the four cells (Dirichlet, 1/2 each). The closed form
    (Fleiss, Cohen & Everitt 1969) covers the truth as rarely as 64 % of the time where a cell is nearly empty: 50
    labels, 5 % bad. This one covers 94 % and more of the time.
    """
    cells = np.array([confusion.tp, confusion.fn, confusion.tn, confusion.fp], dtype=float)
    if max(confusion.tp, confusion.tn) == confusion.n:
        return Estimate(value=None, interval=None, n=confusion.n)
    value = float(kappa(cells))
    draws = kappa(np.random.default_rng(_SEED).dirichlet(cells + _PSEUDO_COUNT, _DRAWS))
    low, high = (float(one) for one in np.quantile(draws, (0.025, 0.975)))
    return Estimate(value=value, interval=Interval(min(low, value), max(high, value)), n=confusion.n)


def kappa(cells: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return Cohen's kappa (1960) of tables whose last axis is tp, fn, tn, fp, as counts or shares.

    >>> round(float(kappa(np.array([20.0, 5.0, 15.0, 10.0]))), 2)
    0.4
    """
    tp, fn, tn, fp = np.moveaxis(cells / cells.sum(axis=-1, keepdims=True), -1, 0)
    by_chance = (tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)
    agreed: npt.NDArray[np.float64] = (tp + tn - by_chance) / (1 - by_chance)
    return agreed
