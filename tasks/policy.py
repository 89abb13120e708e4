"""When a step is tried again: only if the outside world was busy, and never because we were wrong."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from domain.errors import TransientError

RETRIES = 3
DELAYS_S = [2.0, 10.0, 30.0]


async def if_transient(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 - Prefect's form
    """Whether *state* holds an error that may pass."""
    failure = await state.aresult(raise_on_failure=False)
    return isinstance(failure, TransientError)
