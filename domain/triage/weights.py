"""The weights of the triage judge. Written by `python -m benchmarks.triage.train`; do not edit."""

VERSION = "triage/1"
"""Risks of another version are not comparable."""
TRAINED_ON = 10138
"""Labelled answers, of 6 families; none of them question answering."""
INTERCEPT = -0.869607
"""The log odds of the risk of a typical answer; no rate follows from it."""
TYPICAL = {
    "novel_words": 1.584494,
    "novel_stretch": 0.908377,
    "weakest_sentence": 0.467900,
    "second_weakest": 0.251244,
    "unknown_names": 0.172546,
    "unknown_numbers": 0.085514,
    "broken_pairs": 0.537614,
}
"""The mean of each feature."""
WEIGHTS = {
    "novel_words": 0.289225,
    "novel_stretch": 0.369072,
    "weakest_sentence": 1.076235,
    "second_weakest": 1.052920,
    "unknown_names": 0.825375,
    "unknown_numbers": 1.325168,
    "broken_pairs": 1.164608,
}
"""What one unit of a feature adds to the log odds; none is negative, so nothing that is missing lowers the risk."""
