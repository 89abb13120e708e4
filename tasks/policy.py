"""When a step is tried again: only if the outside world was busy, and never because we were wrong."""

from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from domain.errors import TransientError


class Retried(TypedDict):
    """The options of a task that is tried again."""

    retries: int
    retry_delay_seconds: list[float]
    retry_condition_fn: Callable[[Task[..., Any], TaskRun, State[Any]], Awaitable[bool]]
    cache_policy: CachePolicy


async def if_transient(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 - Prefect's form
    """Whether *state* holds an error that may pass."""
    failure = await state.aresult(raise_on_failure=False)
    return isinstance(failure, TransientError)


RETRIED: Retried = {
    "retries": 3,
    "retry_delay_seconds": [2.0, 10.0, 30.0],
    "retry_condition_fn": if_transient,
    "cache_policy": NO_CACHE,  # the arguments are live parts, which no hash can tell apart
}
