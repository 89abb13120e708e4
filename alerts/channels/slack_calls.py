"""Calling Slack's Web API: once each, all within one time limit, with errors that the caller can act on."""

import logging
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from math import ceil

from pydantic import SecretStr

from alerts.channels.loading import LOADING
from alerts.channels.slack_answers import in_first_layout, slack_error
from domain.errors import GoodputError, TransientError

SLACK = "https://slack.com/api/"

_SILENT = logging.getLogger(f"{__name__}.client")
_SILENT.setLevel(logging.CRITICAL + 1)  # everything it would log is raised


class SlackCalls:
    """The calls of one attempt.

    Together they take no longer than *deadline_s*, except that the client limits each read and not their sum:
    an answer that drips in can outlast it, so the caller sets a deadline too.

    Attributes:
        scopes: What the token may do, as Slack's last answer said; None if it did not say.
    """

    def __init__(
        self,
        token: SecretStr,
        variable: str,
        base_url: str = SLACK,
        *,
        timeout_s: float = 10.0,
        deadline_s: float = 40.0,
    ) -> None:
        """Prepare to call.

        Args:
            variable: The environment variable that *token* is from, for errors to name.
        """
        self.scopes: frozenset[str] | None = None
        self._token = token
        self._variable = variable
        self._base_url = f"{base_url.rstrip('/')}/"
        self._timeout_s = timeout_s
        self._ends = time.monotonic() + deadline_s

    def read(self, method: str, arguments: dict[str, str]) -> dict[str, object]:
        """Ask for something."""
        return self._call(method, params=arguments)

    def write(self, method: str, body: dict[str, object]) -> dict[str, object]:
        """Post or change something."""
        return self._call(method, json=body)

    def show(
        self, method: str, body: dict[str, object], layouts: Sequence[Sequence[dict[str, object]]]
    ) -> dict[str, object]:
        """Post or change a message in the first of *layouts* that Slack does not dislike, for no alert may be lost.

        An empty layout is the words alone.
        """
        return in_first_layout(layouts, lambda looks: self.write(method, {**body, **looks}))

    def _call(
        self, method: str, params: dict[str, str] | None = None, json: dict[str, object] | None = None
    ) -> dict[str, object]:
        with LOADING:  # a run without Slack does not pay for it
            from slack_sdk import WebClient  # noqa: PLC0415
            from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415

        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise TransientError(f"No time was left for {method}")
        client = WebClient(
            self._token.get_secret_value(),
            base_url=self._base_url,
            timeout=ceil(min(left_s, self._timeout_s)),
            retry_handlers=[],  # the default repeats a post whose answer was lost
            logger=_SILENT,
        )
        try:
            response = client.api_call(method, params=params, json=json)
        except SlackApiError as error:
            raise self._explained(method, error.response) from None  # the client's words carry the whole answer
        except (SlackClientError, HTTPException, OSError, ValueError, AttributeError, TypeError) as error:
            # Connections that break, and answers that are cut short, no JSON or no object.
            raise TransientError(f"Slack did not answer {method}: {type(error).__name__}") from None
        answer = response.data
        if not isinstance(answer, dict):
            raise TransientError(f"Slack answered {method} with something that cannot be read")
        self.scopes = _scopes(response.headers)
        return answer

    def _explained(self, method: str, response: object) -> GoodputError:
        data = getattr(response, "data", None)
        said = data if isinstance(data, dict) else {}
        remarks = said.get("response_metadata")
        return slack_error(
            method,
            getattr(response, "status_code", 200),
            getattr(response, "headers", {}),
            said.get("error"),
            variable=self._variable,
            needed=said.get("needed"),
            notes=remarks.get("messages") if isinstance(remarks, dict) else None,
        )


def _scopes(headers: Mapping[str, object]) -> frozenset[str] | None:
    said = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), None)
    return frozenset(part.strip() for part in said.split(",")) if isinstance(said, str) else None
