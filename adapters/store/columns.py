"""From rows of the database to the columns that signals are computed from."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from adapters.store.tables import REQUEST
from domain.facts import CHAIN, LABELS, MOST_NAMES, OTHER, OUTCOMES, STANDARD, Facts
from domain.measurement import Labels
from domain.money import NANO_PER_USD
from domain.request import Outcome

_LOG = logging.getLogger(__name__)

_CODES = {str(outcome): code for code, outcome in enumerate(OUTCOMES)}
_CALLERS_MISTAKE = _CODES[str(Outcome.INVALID_REQUEST)]
_FAILED = [_CODES[str(outcome)] for outcome in OUTCOMES if outcome.failed]
_PROVIDER = [_CODES[str(Outcome.PROVIDER_ERROR)], _CODES[str(Outcome.TIMEOUT)]]
_AS_THEY_ARE = (
    *("refused", "latency_s", "ttft_s", "tpot_s"),
    *("retrieval_s", "guardrail_s", "context_share", "queue_depth"),
)


def facts_from_rows(
    requests: Sequence[Any], judgements: Sequence[Any], thumbs: Sequence[Any], named: Labels = ()
) -> Facts:
    """Return requests (rows of the table, ordered by end), judgements and thumbs as one table of columns."""
    names = REQUEST.c.keys()
    column = dict(zip(names, zip(*requests, strict=True) if requests else [()] * len(names), strict=True))
    n = len(requests)
    place = dict(zip(column["trace_id"], range(n), strict=True))
    outcome = np.array([_CODES[one] for one in column["outcome"]], dtype=np.int8)
    unpriced = (np.array(column["unpriced_calls"], dtype=np.int64) > 0).astype(float)
    spend = np.array(column["cost_nano_usd"], dtype=np.int64)
    failed = np.isin(outcome, _FAILED).astype(float)
    failed[outcome == _CALLERS_MISTAKE] = np.nan
    labels, spelled = _labels(column, named)
    as_they_are: dict[str, Any] = {name: np.array(column[name], dtype=float) for name in _AS_THEY_ARE}  # None is NaN
    return Facts(
        ended_us=np.array(column["ended_us"], dtype=np.int64),
        trace_ids=np.array(column["trace_id"], dtype=object),
        outcome=outcome,
        failed=failed,
        provider_failed=np.isin(outcome, _PROVIDER).astype(float),
        cost_usd=np.where((unpriced > 0) | (failed > 0), np.nan, spend / NANO_PER_USD),
        spend_nano_usd=spend,
        unpriced=unpriced,
        input_tokens=_known_tokens(column["input_tokens"]),
        output_tokens=_known_tokens(column["output_tokens"]),
        session=_sessions(column["session_id"]),
        **_judged(judgements, place, n),
        thumb_down=_thumb_down(thumbs, place, n),
        labels=labels,
        names=spelled,
        **as_they_are,
    )


def _known_tokens(counts: Sequence[int]) -> Any:
    tokens = np.array(counts, dtype=float)
    tokens[tokens == 0] = np.nan
    return tokens


def _thumb_down(thumbs: Sequence[Any], place: dict[str, int], n: int) -> Any:
    found = np.full(n, np.nan)
    for row in thumbs:
        if row.trace_id in place:
            found[place[row.trace_id]] = float(not row.positive)
    return found


def _sessions(found: Sequence[str | None]) -> Any:
    return _coded(found, {name: code for code, name in enumerate(dict.fromkeys(found)) if name is not None}, np.int64)


def _coded(found: Sequence[str | None], codes: Mapping[str, int], kind: Any) -> Any:
    """Return the code of each name; -1 for none."""
    code: dict[str | None, int] = {None: -1}
    code.update(codes)
    return np.fromiter(map(code.__getitem__, found), dtype=kind, count=len(found))


def _judged(judgements: Sequence[Any], place: dict[str, int], n: int) -> dict[str, Any]:
    """Return who was chosen, with which rate, what was asked, the scores, what was not believed, and what it cost.

    Of several judgements by one criterion the last row counts.
    """
    selected, rate = np.zeros(n, dtype=bool), np.full(n, np.nan)
    quarantined, cost = np.full(n, np.nan), np.full(n, np.nan)
    scores: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    for row in judgements:
        position = place.get(row.trace_id)
        if position is None:
            continue
        if row.criterion not in scores:
            scores[row.criterion], asked[row.criterion] = np.full(n, np.nan), np.zeros(n, dtype=bool)
        doubted = float(row.outcome.startswith("quarantined"))
        spent = np.nan if row.cost_nano_usd is None else row.cost_nano_usd / NANO_PER_USD
        quarantined[position] = max(doubted, quarantined[position]) if selected[position] else doubted
        cost[position] = spent + (cost[position] if selected[position] else 0.0)
        selected[position] = True
        rate[position] = row.rate
        scores[row.criterion][position] = np.nan if row.value is None else row.value
        asked[row.criterion][position] = row.outcome != "not applicable"
    return {
        "selected": selected,
        "rate": rate,
        "scores": scores,
        "asked": asked,
        "quarantined": quarantined,
        "judge_usd": cost,
    }


def _labels(column: Mapping[str, Sequence[Any]], named: Labels) -> tuple[dict[str, Any], dict[str, list[str]]]:
    codes: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for label in LABELS:
        if label == "query_class":
            found: Sequence[str | None] = [CHAIN if chain else STANDARD for chain in column["is_chain"]]
        else:
            found = column[label]
        codes[label], names[label] = _label(label, found, named)
    return codes, names


def _label(label: str, found: Sequence[str | None], named: Labels) -> tuple[Any, list[str]]:
    """Return codes and names; all but the most frequent of very many are OTHER: a series for each helps nobody.

    The *named* ones keep theirs, however rare.
    """
    names = [name for name in dict.fromkeys(found) if name is not None]
    if len(names) <= MOST_NAMES:
        return _coded(found, {name: code for code, name in enumerate(names)}, np.int32), names
    _LOG.warning(
        "the label %s has %d names: all but the %d most frequent are counted as %r; is it an id?",
        label,
        len(names),
        MOST_NAMES,
        OTHER,
    )
    times = Counter(name for name in found if name is not None)
    often = sorted(times, key=lambda name: (-times[name], name))[:MOST_NAMES]
    asked = [name for of, name in named if of == label]
    kept = list(dict.fromkeys([*often, *asked, OTHER]))
    codes = {name: code for code, name in enumerate(kept)}
    return _coded(found, {name: codes.get(name, codes[OTHER]) for name in times}, np.int32), kept
