"""One call of PagerDuty's Events API, by whichever client, and what its answer means."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from alerts.channels.clean import clipped, one_line
from alerts.channels.pagerduty_engine import Client
from alerts.channels.retry_after import retry_after_s
from domain.errors import GoodputError, PermanentError, TransientError, error_for_status

_CHANGES = "/v2/change/enqueue"
_MOST_BYTES = 512_000
_LONGEST_WORDS = 300


class PagerDutyCalls:
    """One attempt a call: all retries of the client are off, and no redirect is followed.

    The time limit holds for connecting and for each read; an answer that drips in can outlast it, so the caller sets
    the deadline.
    """

    def __init__(self, client: Client, routing_key: SecretStr, base_url: str, timeout_s: float) -> None:
        self._client = client
        self._routing_key = routing_key
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_s

    def event(self, action: str, key: str, event: Mapping[str, object]) -> str:
        """Send an event, and return what PagerDuty says of it.

        Raises:
            TransientError: PagerDuty is busy or away, or its answer cannot be read.
            PermanentError: PagerDuty refuses the event or the key, or the event is too big or no JSON.
        """
        checked(event)
        return self._once(lambda session: session.send_event(action, dedup_key=key, **event))

    def change(self, change: Mapping[str, object]) -> str:
        """Send a change event, and return what PagerDuty says of it; it raises what `event` raises.

        It goes by the client's plain post, because what the clients have for change events fails without a timestamp.
        """
        checked(change)
        return self._once(lambda session: session.post(_CHANGES, json=dict(change)))

    def _once(self, call: Callable[[Any], object]) -> str:
        answers: list[Any] = []
        with self._client.open(self._routing_key.get_secret_value(), self._base_url, self._timeout_s) as session:
            session.postprocess = answers.append
            try:
                call(session)
            except self._client.errors as error:
                raise self._explained(error) from None  # the client's words may carry the key
        return self._accepted(answers[-1])

    def _explained(self, error: Any) -> GoodputError:
        cause = error.__cause__ or error
        response = getattr(error, "response", None)
        response = getattr(cause, "response", None) if response is None else response
        if response is None:
            return TransientError(f"PagerDuty did not answer: {type(cause).__name__}")
        return self._refusal(response) or _unreadable(response)

    def _accepted(self, response: Any) -> str:
        if refusal := self._refusal(response):
            raise refusal
        if "status" not in _said(response):
            raise _unreadable(response)
        return f"PagerDuty answered {response.status_code}: {self._words(response)}"

    def _refusal(self, response: Any) -> GoodputError | None:
        pause = retry_after_s(response.headers)
        refusal = error_for_status(response.status_code, "PagerDuty", retry_after_s=pause)
        return PermanentError(f"{refusal}: {self._words(response)}") if isinstance(refusal, PermanentError) else refusal

    def _words(self, response: Any) -> str:
        said = _said(response)
        errors = said.get("errors")
        reasons = [said.get("message", "no explanation"), *(errors if isinstance(errors, list) else [])]
        words = one_line("; ".join(str(reason) for reason in reasons))
        return clipped(words.replace(self._routing_key.get_secret_value(), "(key)"), _LONGEST_WORDS)


def checked(event: Mapping[str, object]) -> None:
    """Let an event pass that is JSON and small enough.

    Raises:
        PermanentError: PagerDuty would never take it; NaN is no JSON, and a client takes it for a bad connection.
    """
    try:
        size = len(json.dumps(event, allow_nan=False))
    except ValueError:
        raise PermanentError("The event is no JSON") from None
    if size > _MOST_BYTES:
        raise PermanentError(f"The event has {size} bytes; PagerDuty takes {_MOST_BYTES}")


def _said(response: Any) -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    return body if isinstance(body, dict) else {}


def _unreadable(response: Any) -> TransientError:
    """Only its JSON proves that PagerDuty accepted, and not a proxy on the way. Asking again wakes nobody twice."""
    return TransientError(f"PagerDuty answered {response.status_code} with an unreadable body")
