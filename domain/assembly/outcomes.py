"""How a request ended: the source knows only "ERROR" and a text, so the text is read."""

import re

from domain.assembly.traces import Trace
from domain.observation import Observation
from domain.refusal import is_refusal
from domain.request import Outcome

_KINDS = (
    (Outcome.RATE_LIMITED, re.compile(r"\b429\b|rate.?limit|too many requests|quota", re.IGNORECASE)),
    (Outcome.TIMEOUT, re.compile(r"time[sd]?[ _-]?out|deadline|\b(?:408|504)\b", re.IGNORECASE)),
    (Outcome.INVALID_REQUEST, re.compile(r"cancel|client (?:closed|disconnected)|aborted by", re.IGNORECASE)),
    (
        Outcome.PROVIDER_ERROR,
        re.compile(r"\b5\d\d\b|overloaded|unavailable|connection|upstream|InternalServer|bad gateway", re.IGNORECASE),
    ),
)
_DECLINED = {"content_filter", "refusal", "safety", "content-filter"}
_FINISH_KEYS = (
    "finish_reason",
    "attributes.gen_ai.response.finish_reasons",
    "attributes.gen_ai.response.finish_reason",
    "attributes.ai.response.finishReason",
)


def outcome(trace: Trace, *, refused: bool | None) -> Outcome:
    """Return how the request ended for its user.

    It failed if its root failed, or if the last model call failed, even when a fall-back text was shown. A call
    that failed and was repeated with success did not hurt anybody.
    """
    calls = trace.model_calls
    failed_call = calls[-1] if calls and calls[-1].failed else None
    if _is_callers_mistake(trace):
        return Outcome.INVALID_REQUEST
    if failed_call is None and not trace.root.failed:
        return Outcome.REFUSED if refused else Outcome.OK
    words = " ".join(_words(row) for row in (failed_call, trace.root) if row is not None)
    for kind, pattern in _KINDS:
        if pattern.search(words):
            return kind
    return Outcome.PROVIDER_ERROR if failed_call is not None else Outcome.APPLICATION_ERROR


def refused(trace: Trace, answer: str | None) -> bool | None:
    """Return whether the model declined; None for a trace whose texts were not read, or that has no answer.

    Structured signals first (a content filter's finish reason), then the opening of the answer. Without texts even a
    finish reason is left alone: it would count some refusals and no answers, and so make a rate of 100 %.
    """
    answered = [call for call in trace.model_calls if not call.failed]
    if not answered or not any(row.input or row.output for row in trace.observations):
        return None
    if any(reason in _DECLINED for reason in _finish_reasons(answered[-1])):
        return True
    return is_refusal(answer) if answer is not None else None


def status_message(trace: Trace) -> str | None:
    """Return the words of the failure, from the model call if it has some, else from the root."""
    failed = [row for row in (*reversed(trace.model_calls), trace.root) if row.failed and row.status_message]
    return failed[0].status_message if failed else None


def _words(row: Observation) -> str:
    error_type = row.metadata.get("attributes.error.type") or ""
    return f"{error_type} {row.status_message or ''}" if row.failed else ""


def _finish_reasons(call: Observation) -> list[str]:
    for key in _FINISH_KEYS:
        value = call.metadata.get(key)
        if isinstance(value, str):
            return [value.lower()]
        if isinstance(value, list):
            return [str(reason).lower() for reason in value]
    return []


def _is_callers_mistake(trace: Trace) -> bool:
    status = trace.root.metadata.get("attributes.http.response.status_code")
    return isinstance(status, int) and 400 <= status < 500 and status not in {408, 429}  # noqa: PLR2004 - 4xx
