"""The risk that an answer says what its context does not, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

from domain.triage.features import LONGEST_ANSWER, NAMES, Features, measure
from domain.triage.material import read_material
from domain.triage.tokens import has_tokens
from domain.triage.weights import INTERCEPT, TYPICAL, WEIGHTS

_WORDS_SHOWN = 8
_CHARACTERS_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Triage:
    """The risk of one answer.

    Attributes:
        risk: 0 to 1; it orders answers, and is no probability before it is calibrated on local labels.
        reasons: What raises the risk above that of a typical answer, the strongest first; quotes the answer, so it is
            hostile text.
    """

    risk: float
    reasons: tuple[str, ...] = ()


def triage_risk(question: str, context: Sequence[str], answer: str) -> float | None:
    """Return the risk, 0 to 1, that *answer* says what *context* and *question* do not, or None.

    None when there is nothing to compare: answer or context has no word and no number. Of long texts only the
    beginning is read: see `LONGEST_ANSWER`, `LONGEST_CONTEXT` and `MOST_SENTENCES`.

    >>> context = ["Items can be returned within 30 days of delivery. The return label costs EUR 4.90."]
    >>> right = triage_risk("Can I return it?", context, "Yes, items can be returned within 30 days.")
    >>> wrong = triage_risk("Can I return it?", context, "Bring it to our Utrecht branch, 9 to 5, with the receipt.")
    >>> right < 0.2 < 0.8 < wrong
    True
    >>> triage_risk("Can I return it?", [], "Yes.") is None
    True
    """
    features = _measure(question, context, answer)
    return None if features is None else _risk(features)


def triage(question: str, context: Sequence[str], answer: str) -> Triage | None:
    """Return the risk of *answer* with its reasons, or None as `triage_risk` does.

    >>> triage("", ["Returns within 30 days."], "Returns within 90 days in Utrecht.").reasons[:2]
    ('numbers that neither context nor question has: 90', '100% of neighbouring words stand apart in the context')
    """
    features = _measure(question, context, answer)
    return None if features is None else Triage(_risk(features), tuple(_reasons(features)))


def _measure(question: str, context: Sequence[str], answer: str) -> Features | None:
    material = read_material(question, context) if has_tokens(answer[:LONGEST_ANSWER]) else None
    return None if material is None else measure(answer, material)


def _pushes(features: Features) -> dict[str, float]:
    """Return how far each feature moves the answer from a typical one, on the scale of the log odds."""
    measured = zip(NAMES, features.values(), strict=True)
    return {name: WEIGHTS[name] * (value - TYPICAL[name]) for name, value in measured}


def _risk(features: Features) -> float:
    return 1 / (1 + exp(-(INTERCEPT + sum(_pushes(features).values()))))


def _reasons(features: Features) -> list[str]:
    pushes = _pushes(features)
    strongest = sorted(NAMES, key=lambda name: -pushes[name])
    return [_WORDING[name](features) for name in strongest if pushes[name] > 0]


def _listed(words: Sequence[str]) -> str:
    more = ", ..." if len(words) > _WORDS_SHOWN else ""
    return ", ".join(words[:_WORDS_SHOWN]) + more


def _missing(features: Features, place: int) -> str:
    share, sentence = features.missing[place]
    shown = sentence if len(sentence) <= _CHARACTERS_SHOWN else sentence[:_CHARACTERS_SHOWN] + " ..."
    return f'no two neighbouring sentences of the context have more than {1 - share:.0%} of the wording of "{shown}"'


_LACKING = "that neither context nor question has"
_WORDING: dict[str, Callable[[Features], str]] = {
    "novel_words": lambda found: f"{len(found.novel_words)} words {_LACKING}: {_listed(found.novel_words)}",
    "novel_stretch": lambda found: f"new words next to each other: {_listed(found.novel_stretch)}",
    "weakest_sentence": lambda found: _missing(found, 0),
    "second_weakest": lambda found: _missing(found, 1),
    "unknown_names": lambda found: f"names {_LACKING}: {_listed(found.unknown_names)}",
    "unknown_numbers": lambda found: f"numbers {_LACKING}: {_listed(found.unknown_numbers)}",
    "broken_pairs": lambda found: f"{found.broken_pairs:.0%} of neighbouring words stand apart in the context",
}
