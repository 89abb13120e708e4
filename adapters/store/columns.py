"""From rows of the database to the columns that signals are computed from."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from domain.facts import LABELS, Facts
from domain.money import NANO_PER_USD
from domain.request import Outcome

_CALLERS_MISTAKE = str(Outcome.INVALID_REQUEST)
_FAILED = frozenset(str(outcome) for outcome in Outcome if outcome.failed)
_PROVIDER = frozenset({str(Outcome.PROVIDER_ERROR), str(Outcome.TIMEOUT)})


def facts_from_rows(requests: Sequence[Any], judgements: Sequence[Any], thumbs: Sequence[Any]) -> Facts:
    """Return requests (ordered by end), judgements and thumbs as one table of columns."""
    place = {row.trace_id: position for position, row in enumerate(requests)}
    n = len(requests)
    outcomes = [row.outcome for row in requests]
    unpriced = np.array([row.unpriced_calls > 0 for row in requests], dtype=float)
    spend = np.array([row.cost_nano_usd for row in requests], dtype=np.int64)
    selected, judgeable, faithfulness = _judged(judgements, place, n)
    failed = np.array([outcome in _FAILED for outcome in outcomes], dtype=float)
    failed[np.array([outcome == _CALLERS_MISTAKE for outcome in outcomes], dtype=bool)] = np.nan
    thumb_down = np.full(n, np.nan)
    for row in thumbs:
        if row.trace_id in place:
            thumb_down[place[row.trace_id]] = float(not row.positive)
    labels, names = _labels(requests)
    return Facts(
        ended_us=np.array([row.ended_us for row in requests], dtype=np.int64),
        trace_ids=np.array([row.trace_id for row in requests], dtype=object),
        failed=failed,
        provider_failed=np.array([outcome in _PROVIDER for outcome in outcomes], dtype=float),
        refused=_numbers([row.refused for row in requests]),
        latency_s=_numbers([row.latency_s for row in requests]),
        ttft_s=_numbers([row.ttft_s for row in requests]),
        tpot_s=_numbers([row.tpot_s for row in requests]),
        cost_usd=np.where((unpriced > 0) | (failed > 0), np.nan, spend / NANO_PER_USD),
        spend_nano_usd=spend,
        unpriced=unpriced,
        output_tokens=_numbers([row.output_tokens or None for row in requests]),
        selected=selected,
        judgeable=judgeable,
        faithfulness=faithfulness,
        thumb_down=thumb_down,
        labels=labels,
        names=names,
    )


def _numbers(values: list[Any]) -> Any:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _judged(judgements: Sequence[Any], place: dict[str, int], n: int) -> tuple[Any, Any, Any]:
    selected, judgeable, faithfulness = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.full(n, np.nan)
    for row in judgements:
        position = place.get(row.trace_id)
        if position is None:
            continue
        selected[position] = True
        judgeable[position] = row.outcome != "not applicable"
        faithfulness[position] = np.nan if row.value is None else row.value
    return selected, judgeable, faithfulness


def _labels(requests: Sequence[Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    codes: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for label in LABELS:
        known: dict[str, int] = {}
        codes[label] = np.array(
            [-1 if (name := getattr(row, label)) is None else known.setdefault(name, len(known)) for row in requests],
            dtype=np.int32,
        )
        names[label] = list(known)
    return codes, names
