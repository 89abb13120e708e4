"""One run serves many applications: each is on its own, and what fails in one is said at the end."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from adapters.settings import read_settings
from domain.errors import ConfigError, GoodputError
from flows.configuration import application_names

Opened = TypeVar("Opened")

_log = logging.getLogger(__name__)


async def for_each(
    applications: Sequence[str],
    work: Callable[[Opened], Awaitable[None]],
    open_one: Callable[[str], AbstractAsyncContextManager[Opened]],
) -> None:
    """Do *work* for every application named, or for all that there are, with what *open_one* opens of it.

    Raises:
        GoodputError: At the end, with one line for each application that failed.
    """
    folder = read_settings().deployments_folder
    names = list(applications) or application_names(folder)
    if not names:
        raise ConfigError(f"{folder}: no application is watched yet: make a folder with an app.yaml and a slos.yaml")
    failures: list[str] = []
    for name in names:
        try:
            async with open_one(name) as opened:
                await work(opened)
        except GoodputError as error:
            _log.error("%s: %s", name, error)
            failures.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - a defect in one application's run must not silence the others
            _log.exception("%s: this is a defect of Goodput", name)
            failures.append(f"{name}: a defect of Goodput ({type(error).__name__}), see the log")
    if failures:
        raise GoodputError("; ".join(failures))
