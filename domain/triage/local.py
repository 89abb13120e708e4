"""Calibrating the risk on labels of one's own traffic: from an order to a probability, and a threshold.

The labels must be a random sample of the traffic the probability is wanted for, not its riskiest answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from domain.triage.ordering import auroc, standard_error
from domain.triage.weights import VERSION

FEWEST_LABELS = 100
FEWEST_OF_EACH = 10
_FOLDS = 5
_EDGE = 1e-6
_STEPS = 50
_CLOSE = 1e-10
_Z95 = 1.96

_Column = np.ndarray


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a calibration would be worth nothing."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """A calibration on local labels.

    Attributes:
        slope: Of the log odds of being wrong in the log odds of the risk.
        threshold: The probability from which an answer is flagged, at which sensitivity and specificity add up to most.
        n: Labels it was fitted on; *wrong* of them said that the answer is wrong.
        caught: Wrong answers that were flagged when neither curve nor threshold had seen them.
        cleared: Right answers that were not flagged when neither had seen them.
        auroc: Share of pairs of a wrong and a right answer that the risk puts in order.
        version: Of the risks; those of another version need another calibration.
    """

    slope: float
    intercept: float
    threshold: float
    n: int
    wrong: int
    caught: int
    cleared: int
    auroc: float
    version: str = VERSION

    def probability(self, risk: float) -> float:
        """Return the probability that an answer with this *risk* is wrong."""
        return float(_curve(np.array([_log_odds(risk)]), self.slope, self.intercept)[0])

    def flags(self, risk: float) -> bool:
        """Tell whether an answer with this *risk* is to be flagged."""
        return self.probability(risk) >= self.threshold

    @property
    def balanced_accuracy(self) -> float:
        """The mean of sensitivity and specificity on labels that were not fitted on."""
        return (self.caught / self.wrong + self.cleared / (self.n - self.wrong)) / 2


def fit_locally(risks: Sequence[float], wrong: Sequence[bool]) -> Local | Refused:
    """Calibrate *risks* on labels that say which answers are *wrong*, or say why that is refused.

    A logistic curve (Platt 1999, with his smoothed targets). Threshold by balanced accuracy; how good it is, by five
    folds. The same labels in the same order always give the same calibration.

    Raises:
        ValueError: Not one label per risk, or a risk outside 0..1.

    >>> fit_locally([0.2, 0.7], [False, True])
    Refused(reason='2 labels, at least 100 are needed')
    """
    x = np.array([_log_odds(risk) for risk in risks])
    y = np.asarray(wrong, dtype=bool)
    if len(x) != len(y):
        raise ValueError(f"{len(x)} risks but {len(y)} labels")
    area = auroc(risks, wrong)
    refused = _refusal(y, area)
    if refused is not None or area is None:
        return refused or Refused("nothing to order")
    flagged = _flagged_unseen(x, y)
    slope, intercept = _fit(x, y)
    return Local(
        slope=slope,
        intercept=intercept,
        threshold=_threshold(_curve(x, slope, intercept), y),
        n=len(y),
        wrong=int(y.sum()),
        caught=int((flagged & y).sum()),
        cleared=int((~flagged & ~y).sum()),
        auroc=area,
    )


def _refusal(y: _Column, area: float | None) -> Refused | None:
    n, n_wrong = len(y), int(y.sum())
    if n < FEWEST_LABELS:
        return Refused(f"{n} labels, at least {FEWEST_LABELS} are needed")
    if min(n_wrong, n - n_wrong) < FEWEST_OF_EACH or area is None:
        return Refused(f"{n_wrong} wrong and {n - n_wrong} right answers, at least {FEWEST_OF_EACH} of each are needed")
    if area - _Z95 * standard_error(area, n_wrong, n - n_wrong) <= 1 / 2:
        return Refused(f"the risk does not order these answers: AUROC {area:.2f}, not clearly above 0.50")
    return None


def _log_odds(risk: float) -> float:
    if not 0 <= risk <= 1:
        raise ValueError(f"a risk is a number from 0 to 1, not {risk}")
    inside = min(max(risk, _EDGE), 1 - _EDGE)
    return log(inside / (1 - inside))


def _curve(x: _Column, slope: float, intercept: float) -> _Column:
    odds = np.clip(slope * x + intercept, -log(1 / _EDGE), log(1 / _EDGE))
    return np.asarray(1 / (1 + np.exp(-odds)))


def _fit(x: _Column, y: _Column) -> tuple[float, float]:
    """Fit the curve by Newton's method; smoothed targets keep it finite where the classes do not overlap."""
    n_wrong, n_right = int(y.sum()), int((~y).sum())
    target = np.where(y, (n_wrong + 1) / (n_wrong + 2), 1 / (n_right + 2))
    columns = np.column_stack([x, np.ones(len(x))])
    fitted = np.array([1.0, log((n_wrong + 1) / (n_right + 1)) - float(x.mean())])
    for _ in range(_STEPS):
        p = _curve(x, float(fitted[0]), float(fitted[1]))
        curvature = columns.T @ (columns * (p * (1 - p))[:, None]) + _EDGE * np.eye(2)
        step = np.linalg.solve(curvature, columns.T @ (p - target))
        fitted -= step / max(1.0, float(np.abs(step).max()))
        if float(np.abs(step).max()) < _CLOSE:
            break
    return float(fitted[0]), float(fitted[1])


def _threshold(p: _Column, y: _Column) -> float:
    """Return the probability at which sensitivity and specificity add up to most; the lowest of equals."""
    order = np.argsort(p, kind="stable")
    ranked, is_wrong = p[order], y[order]
    missed = np.concatenate([[0], np.cumsum(is_wrong)])[:-1] / is_wrong.sum()
    cleared = np.concatenate([[0], np.cumsum(~is_wrong)])[:-1] / (~is_wrong).sum()
    gain = np.where(np.concatenate([[True], np.diff(ranked) > 0]), cleared - missed, -1.0)
    place = int(np.argmax(gain))
    return float(ranked[place] if place == 0 else (ranked[place - 1] + ranked[place]) / 2)


def _flagged_unseen(x: _Column, y: _Column) -> _Column:
    """Return which answers are flagged by a curve and threshold that were fitted on the other four fifths."""
    fold = np.empty(len(y), dtype=int)
    for one in (True, False):
        fold[y == one] = np.arange(int((y == one).sum())) % _FOLDS
    flagged = np.zeros(len(y), dtype=bool)
    for held in range(_FOLDS):
        out = fold == held
        slope, intercept = _fit(x[~out], y[~out])
        flagged[out] = _curve(x[out], slope, intercept) >= _threshold(_curve(x[~out], slope, intercept), y[~out])
    return flagged
