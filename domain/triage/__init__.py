"""Triage: which answers to judge first, by what they say that context and question do not.

A logistic model of seven lexical features: no key, no download, about a millisecond an answer, English only. It
orders answers and does not judge them: its risk is no probability and its mean is no rate, until `fit_locally` has
seen at least 100 of your own labels. It knows no paraphrase and no inference, so it cannot see a wrong statement made
of words of the context. What it was trained and measured on, and where it fails, is in `benchmarks/triage`.
"""

from domain.triage.local import Local, Refused, fit_locally
from domain.triage.model import Triage, triage, triage_risk
from domain.triage.weights import VERSION

__all__ = ["VERSION", "Local", "Refused", "Triage", "fit_locally", "triage", "triage_risk"]
