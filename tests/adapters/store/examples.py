"""Requests, decisions and messages to keep, and everything that a database holds."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Row, select
from sqlmodel import SQLModel

from adapters.store import Store
from domain.alerting import Decision, Evaluation, Health, Instance, Notice, State, Transition, Truth
from domain.feedback import Feedback
from domain.judgement import FailureReason, JudgeFailure, NotApplicable, Score
from domain.message import Message, MessageKind, Severity
from domain.request import Outcome, Request
from domain.transcript import Transcript
from domain.window import Window

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SHOP = "shop"


def window(from_minute: float, until_minute: float) -> Window:
    return Window(NOON + from_minute * MINUTE, NOON + until_minute * MINUTE)


def request(trace_id: str = "t1", minute: float = 0, **changes) -> Request:
    ended_at = NOON + minute * MINUTE
    facts = {
        "application": SHOP, "trace_id": trace_id, "started_at": ended_at - 2 * SECOND, "ended_at": ended_at,
        "outcome": Outcome.OK, "latency_s": 2.0, "ttft_s": 0.5, "tpot_s": 0.01, "input_tokens": 900,
        "output_tokens": 150, "cost_nano_usd": 1_234_567, "feature": "returns", "model": "gpt-5",
    }  # fmt: skip
    return Request(**facts | changes)


def thumb(trace_id: str = "t1", minute: float = 1, *, positive: bool = False, name: str = "f1") -> Feedback:
    return Feedback(id=name, trace_id=trace_id, positive=positive, given_at=NOON + minute * MINUTE)


def transcript(trace_id: str = "t1", minute: float = 0) -> Transcript:
    return Transcript(
        trace_id=trace_id, question="Q", answer="A", ended_at=NOON + minute * MINUTE, observation_id=f"root-{trace_id}"
    )


def _judged(trace_id, minute, version):
    return {
        "trace_id": trace_id, "criterion": "faithfulness", "version": version, "judge": "rules",
        "judged_at": NOON + minute * MINUTE,
    }  # fmt: skip


def score(trace_id: str = "t1", value: float = 0.75, *, minute: float = 15, version: str = "1") -> Score:
    return Score(**_judged(trace_id, minute, version), value=value, reason="Sentence 2 has no support.")


def nothing_to_judge(trace_id: str = "t1", *, minute: float = 15, version: str = "1") -> NotApplicable:
    return NotApplicable(**_judged(trace_id, minute, version), reason="no context")


def failure(trace_id: str = "t1", *, minute: float = 15, version: str = "1") -> JudgeFailure:
    return JudgeFailure(**_judged(trace_id, minute, version), reason=FailureReason.TIMEOUT)


def message(key: str = "k1", kind: MessageKind = MessageKind.FIRING, *, application: str = SHOP) -> Message:
    return Message(
        key=key, kind=kind, severity=Severity.PAGE, application=application, environment="production",
        rule="errors", title=f"{key} {kind}", sentence="Something happened.", at=NOON,
    )  # fmt: skip


def notice(key: str = "k1", kind: MessageKind = MessageKind.FIRING, *channels: str, application: str = SHOP) -> Notice:
    return Notice(message=message(key, kind, application=application), channels=channels or ("slack",))


def instance(rule: str = "errors", labels=(), minute: float = 0, **changes) -> Instance:
    facts = {"state": State.FIRING, "since": NOON, "fired_at": NOON, "episode": 1, "last_truth": "true", "version": "v"}
    return Instance(
        application=SHOP, rule=rule, labels=labels, last_slot=NOON + minute * MINUTE,
        **facts | {"last_truth": Truth.TRUE} | changes,
    )  # fmt: skip


def transition(rule: str = "errors", labels=(), minute: float = 0) -> Transition:
    return Transition(
        application=SHOP, rule=rule, severity=Severity.PAGE, labels=labels, slot=NOON + minute * MINUTE,
        before=State.PENDING, after=State.FIRING, episode=1, since=NOON, because="12 of 100",
    )  # fmt: skip


def evaluation(rule: str = "errors", labels=(), minute: float = 0, **changes) -> Evaluation:
    facts = {
        "truth": Truth.TRUE,
        "health": Health.OK,
        "told": "told now",
        "state": State.FIRING,
        "value": 0.12,
        "limit": 0.05,
        "k": 12,
        "n": 100,
    }
    return Evaluation(
        application=SHOP, rule=rule, labels=labels, slot=NOON + minute * MINUTE, because="12 of 100", **facts | changes
    )


def decision(
    minute: float = 0, *, labels=(), notices=(), evaluations=None, instances=None, transitions=None
) -> Decision:
    return Decision(
        application=SHOP,
        slot=NOON + minute * MINUTE,
        instances=(instance(labels=labels, minute=minute),) if instances is None else instances,
        transitions=(transition(labels=labels, minute=minute),) if transitions is None else transitions,
        evaluations=(evaluation(labels=labels, minute=minute),) if evaluations is None else evaluations,
        notices=tuple(notices),
    )


def dump(store: Store) -> dict[str, list[Row]]:
    """Return every row of every table."""
    with store.database.reading() as connection:
        return {
            table.name: list(connection.execute(select(table).order_by(*table.primary_key)))
            for table in SQLModel.metadata.sorted_tables
        }
