"""The errors that Goodput raises, and what each asks of the caller.

GoodputError
├── ConfigError      a file or a setting is wrong: a person must edit it; never retried
├── PermanentError   the outside world said no: trying again gives the same answer
└── TransientError   the outside world is busy or away: the same call may work later
"""

from http import HTTPStatus


class GoodputError(Exception):
    """Any error that Goodput knows how to explain."""


class ConfigError(GoodputError):
    """A file or setting is wrong; the message names file, line and column, or what to set."""


class PermanentError(GoodputError):
    """The outside world refused; the same call would be refused again."""


class TransientError(GoodputError):
    """The outside world is busy; the same call may work later.

    Attributes:
        retry_after_s: Seconds that the other side asked to wait, or None if it did not say.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def error_for_status(status: int, what: str, *, retry_after_s: float | None = None) -> GoodputError | None:
    """Return the error that an HTTP *status* means, or None for 2xx.

    408, 425, 429 and every 5xx are transient; everything else is a refusal.

    >>> error_for_status(204, "Slack") is None
    True
    >>> error_for_status(503, "Slack")
    TransientError('Slack answered 503 Service Unavailable')
    >>> error_for_status(404, "Slack")
    PermanentError('Slack answered 404 Not Found')
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    known = status in HTTPStatus._value2member_map_
    words = f"{what} answered {status} {HTTPStatus(status).phrase if known else ''}".rstrip()
    busy = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in {408, 425, 429}
    return TransientError(words, retry_after_s=retry_after_s) if busy else PermanentError(words)
