"""How far a judge can be believed: its errors on what people labelled, and shares corrected for them. Pure."""

from domain.calibration.agreement import Agreement, agreement
from domain.calibration.correction import Corrected, correct
from domain.calibration.estimate import Estimate, Missing, Refused
from domain.calibration.labels import Confusion, Side
from domain.calibration.mcnemar import Flips, pairs_needed, power
from domain.calibration.two_phase import TwoPhase, two_phase

__all__ = [
    "Agreement",
    "Confusion",
    "Corrected",
    "Estimate",
    "Flips",
    "Missing",
    "Refused",
    "Side",
    "TwoPhase",
    "agreement",
    "correct",
    "pairs_needed",
    "power",
    "two_phase",
]
