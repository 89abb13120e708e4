"""Small builders: a test names only what matters to it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from alerts.rule import Rule
from alerts.view import View
from domain.alerting import Evaluation, Finding, Health, Instance, State, Transition, Truth
from domain.application import Application
from domain.facts import LABELS, OUTCOMES, Facts, to_us
from domain.message import Message, MessageKind, Severity
from domain.money import NANO_PER_USD
from domain.objective import Objective
from domain.request import Outcome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SETTLE = timedelta(seconds=60)

SHOP = Application(name="shop", environment="prod")
_UNKNOWN_UNLESS_SAID = (
    *("failed", "refused", "latency_s", "ttft_s", "tpot_s", "retrieval_s", "guardrail_s", "context_share"),
    *("queue_depth", "cost_usd", "input_tokens", "output_tokens"),
)
_NO_UNLESS_SAID = ("provider_failed", "unpriced")

_CRITERIA = ("relevance", "groundedness", "tone")


def facts(
    ended: Sequence[datetime] | datetime = NOON - 2 * MINUTE,
    labels: Mapping[str, Sequence[str | None]] | None = None,
    outcomes: Sequence[Outcome] = (),
    sessions: Sequence[str | None] = (),
    **columns: Sequence[float] | float,
) -> Facts:
    """Return requests: as many as the longest list given; one value stands for all of them."""
    if outcomes:
        unknown = {Outcome.INVALID_REQUEST: float("nan")}
        columns.setdefault("failed", [unknown.get(one, float(one.failed)) for one in outcomes])
    given = [*columns.values(), *(labels or {}).values(), *([ended] if isinstance(ended, Sequence) else [])]
    given += [sessions] if sessions else []
    n = max((len(column) for column in given if isinstance(column, Sequence)), default=1)
    ends = list(ended) if isinstance(ended, Sequence) else [ended] * n
    order = np.argsort([to_us(end) for end in ends], kind="stable")

    def column(name: str, otherwise: float) -> Any:
        value = columns.get(name, otherwise)
        return np.array(value if isinstance(value, Sequence) else [value] * n, dtype=float)[order]

    numbers = {name: column(name, np.nan) for name in (*_UNKNOWN_UNLESS_SAID, "thumb_down")}
    scores = {name: column(name, np.nan) for name in ("faithfulness", *(name for name in _CRITERIA if name in columns))}
    asked = {name: ~np.isnan(found) for name, found in scores.items()}
    if "judgeable" in columns:
        asked["faithfulness"] = column("judgeable", 1.0) > 0
    codes, names = _labels(labels or {}, n)
    return Facts(
        ended_us=np.array([to_us(end) for end in ends], dtype=np.int64)[order],
        trace_ids=np.array([f"trace-{position}" for position in range(n)], dtype=object)[order],
        spend_nano_usd=np.round(column("spend_usd", 0.0) * NANO_PER_USD).astype(np.int64),
        outcome=np.array([OUTCOMES.index(one) for one in outcomes or [Outcome.OK] * n], dtype=np.int8)[order],
        session=_sessions(sessions, n)[order],
        selected=column("selected", 1.0) > 0,
        rate=column("rate", 1.0),
        scores=scores,
        asked=asked,
        quarantined=column("quarantined", np.nan),
        judge_usd=column("judge_usd", np.nan),
        labels={label: found[order] for label, found in codes.items()},
        names=names,
        **numbers,
        **{name: column(name, 0.0) for name in _NO_UNLESS_SAID},
    )


def _sessions(given: Sequence[str | None], n: int) -> Any:
    known = sorted({one for one in given if one is not None})
    return np.array([-1 if one is None else known.index(one) for one in given or [None] * n], dtype=np.int64)


def bad_of(k: int, n: int, *, good: float = 0.0, bad: float = 1.0) -> list[float]:
    """Return *k* bad values among *n*."""
    return [bad] * k + [good] * (n - k)


def every(length: timedelta, first: datetime, until: datetime) -> list[datetime]:
    """Return moments from *first* up to, not including, *until*."""
    return [first + position * length for position in range(-((first - until) // length))]


def view(
    of: Facts | None = None,
    *objectives: Objective,
    slot: datetime = NOON,
    budget: float | None = None,
    known_from: datetime = LONG_AGO,
    known_until: datetime | None = None,
) -> View:
    """Return what is known at *slot*: everything, unless said otherwise."""
    return View(
        slot=slot,
        application=SHOP.model_copy(update={"monthly_budget_usd": Decimal(str(budget)) if budget else None}),
        objectives={one.name: one for one in objectives},
        history=of if of is not None else facts([]),
        known_from=known_from,
        known_until=known_until or slot,
        settle=SETTLE,
    )


def objective(name: str = "availability", **said: Any) -> Objective:
    """Return an objective; a share of failures of at most 0.1 % unless said otherwise."""
    shape = {"tier": "infrastructure", "promise": "p", "signal": "failed", "statistic": "share", "at_most": 0.001}
    return Objective.model_validate({"name": name, **shape, **said})


ERRORS = {"kind": "share", "signal": "failed", "share_above": 0.05, "over": "5m", "alpha": 0.001}


def rule(**said: Any) -> Rule:
    """Return a rule as a file would say it: more than 5 % errors, at once, unless said otherwise."""
    shape = {"name": "errors", "guide": "A2", "summary": "Requests fail.", "when": ERRORS, "look": "Look here."}
    return Rule.model_validate({**shape, **said})


def instance(state: State = State.INACTIVE, **said: Any) -> Instance:
    """Return an alert that was last looked at a minute before noon."""
    seen = {State.INACTIVE: Truth.FALSE, State.RECOVERING: Truth.FALSE}.get(state, Truth.TRUE)
    fires = state in {State.FIRING, State.RECOVERING}
    shape: dict[str, Any] = {
        "application": "shop",
        "rule": "errors",
        "state": state,
        "last_slot": NOON - MINUTE,
        "last_truth": seen,
        "episode": int(fires),
        "seen_at": NOON - MINUTE,
        "since": None if state is State.INACTIVE else NOON - 10 * MINUTE,
        "fired_at": NOON - 10 * MINUTE if fires else None,
    }
    return Instance(**{**shape, **said})


TRUE = Finding(truth=Truth.TRUE, because="9 of 10 requests failed in 5 min: 90.0 %, limit 5.0 %", value=0.9, k=9, n=10)
BETWEEN = Finding(truth=Truth.FALSE, because="not so bad")
CLEAR = Finding(truth=Truth.FALSE, clear=True, because="0 of 10 requests failed in 5 min: 0 %, limit 5.0 %")
UNKNOWN = Finding(truth=Truth.UNKNOWN, because="traces are read only until 11:00 UTC")


def transition(after: State = State.FIRING, slot: datetime = NOON, **said: Any) -> Transition:
    """Return a change of state: a page that fires, unless said otherwise."""
    shape: dict[str, Any] = {
        "application": "shop",
        "rule": "errors",
        "severity": Severity.PAGE,
        "labels": (),
        "before": State.PENDING if after is State.FIRING else State.RECOVERING,
        "episode": 1,
        "since": None,
        "because": "because",
    }
    return Transition(after=after, slot=slot, **{**shape, **said})


def evaluation(truth: Truth = Truth.FALSE, slot: datetime = NOON, **said: Any) -> Evaluation:
    """Return what a rule said at a slot."""
    shape: dict[str, Any] = {
        "application": "shop",
        "rule": "errors",
        "labels": (),
        "health": Health.OK,
        "state": State.INACTIVE,
        "value": None,
        "limit": None,
        "k": None,
        "n": 0,
        "because": "because",
    }
    return Evaluation(truth=truth, slot=slot, **{**shape, **said})


def message(key: str = "key", kind: MessageKind = MessageKind.FIRING, **said: Any) -> Message:
    """Return something to tell."""
    shape: dict[str, Any] = {
        "severity": Severity.PAGE,
        "application": "shop",
        "environment": "prod",
        "rule": "errors",
        "title": "t",
        "sentence": "s",
        "at": NOON,
    }
    return Message(key=key, kind=kind, **{**shape, **said})


def _labels(given: Mapping[str, Sequence[str | None]], n: int) -> tuple[dict[str, Any], dict[str, list[str]]]:
    names = {label: sorted({name for name in given.get(label, ()) if name is not None}) for label in LABELS}
    codes = {
        label: np.array(
            [-1 if name is None else names[label].index(name) for name in given.get(label, [None] * n)], dtype=np.int32
        )
        for label in LABELS
    }
    return codes, names
