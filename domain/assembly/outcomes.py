"""How a request ended: the source knows only "ERROR" and a text, so the text is read.

Error texts quote the application's own names (`cancel_order`, `connection_id`) and figures (column 500), so only whole
phrases count, and a number counts only where it is said to be a status.
"""

import re

from domain.assembly.traces import Trace
from domain.observation import Observation
from domain.refusal import is_refusal
from domain.request import Outcome


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


_BUSY = _words(
    r"""\brate[ _-]?limit(?:s|ed|ing)?(?:[ _-]?(?:error|exceeded|reached))?\b(?!['"])
    | \btoo[ _-]?many[ _-]?requests\b
    | \bthrottl(?:ed|ing(?:error|exception)?)\b
    | \b(?:insufficient[ _]quota|resource[ _]?exhausted|exceeded[ ]your[ ][\w ]{0,20}quota|quota[ _]?exceeded)\b"""
)
_LATE = _words(
    r"""\b(?:e|esocket)?timed[ _-]?out\b
    | \b[a-z]*time[ _-]?out(?:error|exception|expired)?\b(?!['"=]|[ ]must\b)
    | \bdeadline(?:[ _]?exceeded)?\b(?!['"])"""
)
_CANCELLED = _words(
    r"""(?:^|[:.]\s*|\b(?:request|stream|response|call|generation|operation|run)[ ](?:\w+[ ]){0,2})
        (?:cancell?ed|aborted)[ ]by[ ](?:the[ ])?(?:user|client|caller)\b
    | \bclient[ ](?:has[ ])?disconnect(?:ed)?\b | \bClientDisconnect(?:ed)?\b
    | \bclient[ ](?:has[ ])?closed[ ](?:the[ ])?(?:request|connection|stream)\b
    | \bCancelledError\b"""
)
_PROVIDERS = _words(
    r"""\boverloaded(?:[ _]?error)?\b | \b(?:service[ _]?)?unavailable(?:[ _]?error)?\b | \bbad[ _]gateway\b
    | \bupstream\b | \bconnection\b(?!['"]) | \b(?:api)?connectionerror\b | \bfetch[ ]failed\b
    | \binternal[ _]?server[ _]?error\b"""
)
_OURS = _words(
    r"""\bcontext[ _](?:length|window) | \binvalid[ _](?:request|api[ _]key) | \bmodel_not_found\b
    | \b(?:bad_?request|authentication|permission(?:_?denied)?|not_?found|unprocessable_?entity)_?(?:error|exception)\b
    | ^(?:\w+\.)*(?:key|value|type|index|attribute|assertion|jsondecode|validation|syntax|reference|range)error\b
    | \bmust[ ]be\b"""
)
_STATUS = _words(
    r"""(?: (?<![a-z])(?:code|status|https?(?:/[\d.]+)?|returned|answered)
          | \b(?:api|http|(?:api|http)?_?status|(?:internal_?)?server|service_?unavailable|bad_?request
                |authentication|permission_?denied|not_?found|unprocessable_?entity)?_?error )
        ['"]?\W{0,3} ([45]\d\d)\b
    | ^([45]\d\d)\b (?= \s*$ | \s*[:,-] | [ ](?:bad|unauthori[sz]ed|payment|forbidden|not|request|client|conflict
        |unprocessable|internal|service|gateway|overloaded|unavailable|server|error)\b )"""
)
_BUSY_STATUS, _LATE_STATUSES, _SERVER_ERRORS = 429, {408, 504}, 500
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
    if failed_call is None:
        return _said_of_anybody(_text(trace.root)) or Outcome.APPLICATION_ERROR
    text = _text(failed_call)
    return _said_of_anybody(f"{text} {_text(trace.root)}".strip()) or _fault_of_call(text)


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


def _said_of_anybody(text: str) -> Outcome | None:
    """Return what may end any request: a limit, a time-out, or its user going away."""
    status = _status(text)
    if status == _BUSY_STATUS or _BUSY.search(text):
        return Outcome.RATE_LIMITED
    if status in _LATE_STATUSES or _LATE.search(text):
        return Outcome.TIMEOUT
    return Outcome.INVALID_REQUEST if _CANCELLED.search(text) else None


def _fault_of_call(text: str) -> Outcome:
    """Return whose fault a failed model call was; a call that says nothing is its provider's.

    >>> _fault_of_call("Error code: 529 - overloaded_error").value
    'provider error'
    >>> _fault_of_call("Error code: 400 - context_length_exceeded").value
    'application error'
    """
    status = _status(text)
    if status is not None:
        return Outcome.PROVIDER_ERROR if status >= _SERVER_ERRORS else Outcome.APPLICATION_ERROR
    if not _PROVIDERS.search(text) and _OURS.search(text):
        return Outcome.APPLICATION_ERROR
    return Outcome.PROVIDER_ERROR


def _status(text: str) -> int | None:
    """Return the first number that the text calls a status.

    >>> _status("HTTP 503 from upstream"), _status("503 Service Unavailable"), _status("line 1 column 500")
    (503, 503, None)
    """
    found = _STATUS.search(text)
    return int(found[1] or found[2]) if found else None


def _text(row: Observation) -> str:
    error_type = str(row.metadata.get("attributes.error.type") or "")
    if error_type.isdigit():
        error_type = f"status {error_type}"
    return f"{error_type} {row.status_message or ''}".strip() if row.failed else ""


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
