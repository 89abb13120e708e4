"""A reply that gives no verdict: caught by the judge, which turns it into a failure, a value."""

from adapters.judges.chat import Usage
from domain.judgement import FailureReason


class UnusableError(Exception):
    """A reply that gives no verdict.

    Attributes:
        retry: Whether the same question may be answered a moment later.
        wait_s: How long the endpoint asks us to wait; None if it does not say.
        slow: Whether it asks us to ask less.
        refused: Whether the endpoint turned the question away unread, which costs nothing.
        usage: What it was charged for, where the endpoint says so: a useless answer is not free.
    """

    def __init__(
        self,
        reason: FailureReason,
        detail: str,
        *,
        retry: bool = False,
        wait_s: float | None = None,
        slow: bool = False,
        refused: bool = False,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.retry = retry
        self.wait_s = wait_s
        self.slow = slow
        self.refused = refused
        self.usage = usage
