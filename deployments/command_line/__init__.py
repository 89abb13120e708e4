"""The goodput command: the hand-held way to what the flows do.

Exit status: 0 fine, 1 found something, 2 could not do it (with one line on standard error that says what to do).
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

QUIET_PREFECT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,tasks,alerts,adapters",
}
"""What Prefect is told unless the environment says otherwise; it reads this when it is imported."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit status."""
    for name, value in QUIET_PREFECT.items():
        os.environ.setdefault(name, value)
    from adapters.collecting import without_collection

    with without_collection():
        from deployments.command_line.commands import app
        from domain.errors import GoodputError

        gc.freeze()  # what was imported stays for good: it is not looked through later either

    try:
        status = app(list(arguments) if arguments is not None else None, result_action="return_value")
        sys.stdout.flush()
    except GoodputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _leave_broken_pipe()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # rich leaves with 1, which says that something was found
            _leave_broken_pipe()
        raise
    sys.exit(status if isinstance(status, int) else 0)


def _leave_broken_pipe() -> NoReturn:
    """Leave as a program does whose reader (`head`) has read enough; what is still buffered goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(128 + signal.SIGPIPE)
