"""Promises that are no mistake one by one, and together surely not meant: said as a warning."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from domain.objective import Objective
from domain.presets import ANSWERED, AVAILABILITY, FLAGGED, HALLUCINATION, Domain, Endpoint

_SHORT_S = 1.0  # end to end; a second and more may be the limit of an application whose answers are short
_USUAL_ANSWER = 300  # tokens, the guide's average completion


@dataclass(frozen=True, slots=True)
class HardlyMeant:
    """One warning.

    Attributes:
        about: The objectives or the field that it is about, the one to edit first.
        words: What is odd, with the arithmetic, and what to do.
    """

    about: tuple[str, ...]
    words: str


def find_hardly_meant(
    objectives: Sequence[Objective], *, domain: Domain, endpoint: Endpoint, said: Collection[str]
) -> Iterable[HardlyMeant]:
    """Yield what is odd about *objectives*, given what the file has *said* of its domain and endpoint."""
    yield from _streams_too_long(objectives)
    if "endpoint" in said:
        allowed = 1 - ANSWERED[endpoint]
        yield from _looser(
            "endpoint", f"{endpoint} allows {100 * allowed:.4g} % failures", AVAILABILITY, allowed, objectives
        )
    if "domain" in said and domain.human_review:
        allowed = FLAGGED[domain]
        yield from _looser(
            "domain", f"{domain} allows {100 * allowed:.4g} % flagged answers", HALLUCINATION, allowed, objectives
        )


def _streams_too_long(objectives: Sequence[Objective]) -> Iterable[HardlyMeant]:
    """Yield pairs that few streamed answers could keep both of: all of it within so short, and so much per token."""
    for whole in _limits(objectives, "latency_s"):
        for pace in _limits(objectives, "tpot_s"):
            if pace.at_most and (whole.at_most or 0.0) <= _SHORT_S and _meet(whole, pace):
                first = next((one for one in _limits(objectives, "ttft_s") if _meet(one, whole)), None)
                yield HardlyMeant((whole.name, pace.name), _arithmetic(whole, pace, first))


def _arithmetic(whole: Objective, pace: Objective, first: Objective | None) -> str:
    whole_s, pace_s = whole.at_most or 0.0, pace.at_most or 0.0
    first_s = (first.at_most or 0.0) if first else 0.0
    fit = 1 + max(0, math.floor(round((whole_s - first_s) / pace_s, 9)))
    usual_s = first_s + (_USUAL_ANSWER - 1) * pace_s
    tokens = "1 token" if fit == 1 else f"{fit} tokens"
    return (
        f"{whole.name!r} within {whole_s:g} s leaves a streamed answer {tokens} at the {pace_s:g} s of "
        f"{pace.name!r}{f' after a first token at {first_s:g} s' if first else ''}; {_USUAL_ANSWER} tokens take "
        f"{usual_s:.3g} s. Promise the end to end of answers that do not stream, or the first token and the pace"
    )


def _looser(key: str, asks: str, name: str, allowed: float, objectives: Sequence[Objective]) -> Iterable[HardlyMeant]:
    """Yield that nothing here keeps what *key* asks for: the objective *name* is missing, or allows more."""
    mine = next((one for one in objectives if one.name == name), None)
    if mine is None:
        yield HardlyMeant((key,), f"{asks}, but there is no objective {name!r} here, so nothing keeps to it")
    elif mine.budget is not None and mine.budget > round(allowed, 12):
        yield HardlyMeant((name, key), f"{asks}, but {name!r} allows {100 * mine.budget:.4g} %, and counts")


def _limits(objectives: Sequence[Objective], signal: str) -> list[Objective]:
    """Return the promises to nearly every request about a time."""
    return [one for one in objectives if one.signal == signal and one.statistic in {"p95", "p99"}]


def _meet(one: Objective, other: Objective) -> bool:
    """Whether some request may be promised both: no label of theirs differs."""
    theirs = dict(other.labels)
    return all(theirs.get(label, name) == name for label, name in one.labels)
