"""The requests of a test as columns: the same at every run, for nothing here is drawn by chance."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.rule_tests.amounts import Number, chosen
from alerts.rule_tests.stretch import Stretch
from domain.facts import LABELS, OUTCOMES, Column, Facts, Mask, to_us
from domain.money import NANO_PER_USD
from domain.request import Outcome

_NUMBERS = (
    *("latency_s", "ttft_s", "tpot_s", "retrieval_s", "guardrail_s", "context_share", "queue_depth"),
    *("input_tokens", "output_tokens"),
)
_MICROSECOND = timedelta(microseconds=1)
_WAYS_TO_END = {
    "provider_error": Outcome.PROVIDER_ERROR,
    "timeout": Outcome.TIMEOUT,
    "rate_limited": Outcome.RATE_LIMITED,
    "failed": Outcome.APPLICATION_ERROR,
    "invalid_request": Outcome.INVALID_REQUEST,
}
_AT_PROVIDER = (Outcome.PROVIDER_ERROR, Outcome.TIMEOUT)


def facts_of(stretches: Sequence[Stretch], start: datetime, end: timedelta) -> Facts:
    """Return the requests of *stretches*, of a test that begins at *start* and is over after *end*."""
    sizes = [one.count(end) for one in stretches]
    n = sum(sizes)
    ended_us = _joined([_ended_us(one, start, size) for one, size in zip(stretches, sizes, strict=True)], np.int64)
    order = np.argsort(ended_us, kind="stable")
    parts = [_columns(one, size) for one, size in zip(stretches, sizes, strict=True)]
    columns: dict[str, Any] = {
        name: _joined([part[name] for part in parts], dtype)[order] for name, dtype in _DTYPES.items()
    }
    criteria = sorted({name for one in stretches for name in one.by_criterion})
    judging = [_judgements(one, part, criteria) for one, part in zip(stretches, parts, strict=True)]
    codes, names = _labels(stretches, sizes)
    return Facts(
        ended_us=ended_us[order],
        trace_ids=np.array([f"request-{position}" for position in range(n)], dtype=object),
        session=np.full(n, -1, dtype=np.int64),
        scores={name: _joined([made[name][0] for made in judging], float)[order] for name in criteria},
        asked={name: _joined([made[name][1] for made in judging], bool)[order] for name in criteria},
        labels={label: found[order] for label, found in codes.items()},
        names=names,
        **columns,
    )


def _columns(stretch: Stretch, n: int) -> dict[str, npt.NDArray[Any]]:
    outcome = _outcomes(stretch, n)
    bad = np.array([one.failed for one in OUTCOMES])[outcome]
    invalid = outcome == OUTCOMES.index(Outcome.INVALID_REQUEST)
    answered = ~bad & ~invalid
    unpriced, selected = chosen(stretch.unpriced, n), chosen(stretch.judged, n)
    cost = _numbers(stretch.cost_usd, n)
    spend = np.nan_to_num(_numbers(stretch.spend_usd or stretch.cost_usd, n))
    return {
        "outcome": outcome,
        "failed": np.where(invalid, np.nan, bad),
        "provider_failed": np.isin(outcome, [OUTCOMES.index(one) for one in _AT_PROVIDER]),
        "refused": np.where(answered, outcome == OUTCOMES.index(Outcome.REFUSED), np.nan),
        "unpriced": unpriced,
        "cost_usd": np.where(unpriced | bad, np.nan, cost),
        "spend_nano_usd": np.where(unpriced, 0, np.round(spend * NANO_PER_USD)),
        "selected": selected,
        "rate": np.where(selected, float(stretch.judged), np.nan),
        "quarantined": _of_those(selected & answered, stretch.quarantined),
        "judge_usd": np.where(selected, _numbers(stretch.judge_usd, n), np.nan),
        "thumb_down": np.full(n, np.nan) if stretch.thumb_down is None else chosen(stretch.thumb_down, n),
        **{name: _numbers(getattr(stretch, name), n) for name in _NUMBERS},
    }


_DTYPES: Mapping[str, type] = {
    **dict.fromkeys(
        (
            *("failed", "provider_failed", "refused", "unpriced", "cost_usd", "rate", "quarantined", "judge_usd"),
            *("thumb_down", *_NUMBERS),
        ),
        float,
    ),
    "outcome": np.int8,
    "spend_nano_usd": np.int64,
    "selected": bool,
}


def _outcomes(stretch: Stretch, n: int) -> npt.NDArray[np.int8]:
    """Return how each request ended; who fails in one way cannot fail in another, so each way takes of the others."""
    found = np.full(n, OUTCOMES.index(Outcome.OK), dtype=np.int8)
    left, rest = np.arange(n), Fraction(1)
    for name, outcome in _WAYS_TO_END.items():
        share: Fraction = getattr(stretch, name)
        if share:
            taken = chosen(share / rest, len(left))
            found[left[taken]] = OUTCOMES.index(outcome)
            left, rest = left[~taken], rest - share
    found[left[chosen(stretch.refused, len(left))]] = OUTCOMES.index(Outcome.REFUSED)
    return found


def _judgements(
    stretch: Stretch, columns: Mapping[str, npt.NDArray[Any]], criteria: Sequence[str]
) -> dict[str, tuple[Column, Mask]]:
    """Return by criterion the scores, and of which requests they were asked for."""
    n, said = len(columns["selected"]), stretch.by_criterion
    found = {}
    for name in criteria:
        asked = columns["selected"] & (columns["failed"] == 0) & (name in said)
        scores = _numbers(said.get(name), n)
        scored = _of_those(asked, stretch.unjudged) == 0
        found[name] = (np.where(scored, scores, np.nan), asked)
    return found


def _of_those(those: Mask, share: Fraction) -> Column:
    """Return 1 for a *share* of *those* and 0 for the rest of them; NaN for all others."""
    found = np.full(len(those), np.nan)
    found[those] = chosen(share, int(those.sum()))
    return found


def _numbers(said: Number | None, n: int) -> Column:
    return np.full(n, np.nan) if said is None else said.of(n)


def _ended_us(stretch: Stretch, start: datetime, n: int) -> npt.NDArray[np.int64]:
    after_us: npt.NDArray[np.int64] = np.floor(np.arange(n) * (stretch.apart / _MICROSECOND)).astype(np.int64)
    return after_us + to_us(start + stretch.since)


def _labels(
    stretches: Sequence[Stretch], sizes: Sequence[int]
) -> tuple[dict[str, npt.NDArray[np.int32]], dict[str, list[str]]]:
    names = {label: sorted({one.labels[label] for one in stretches if label in one.labels}) for label in LABELS}
    codes = {}
    for label, known in names.items():
        of_stretch = [known.index(one.labels[label]) if label in one.labels else -1 for one in stretches]
        codes[label] = np.repeat(np.array(of_stretch, dtype=np.int32), sizes)
    return codes, names


def _joined(parts: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate(parts).astype(dtype) if parts else np.array([], dtype=dtype)
