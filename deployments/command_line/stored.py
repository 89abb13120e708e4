"""What commands read: the configured applications and the store, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adapters.settings import Settings, read_settings
from adapters.store import Store
from domain.errors import ConfigError
from flows.configuration import Configured, application_names, read_application


@dataclass(frozen=True, slots=True)
class Stored:
    """The store and the applications that a command is about."""

    store: Store
    applications: tuple[Configured, ...]
    settings: Settings


@contextmanager
def stored(name: str | None) -> Iterator[Stored]:
    """Open the store for the application *name*, or for all that are configured.

    Raises:
        ConfigError: There is no such application, or none at all.
    """
    settings = read_settings()
    folder = settings.deployments_folder
    names = [name] if name else application_names(folder)
    if not names:
        raise ConfigError(f"{folder}: no application is watched yet; `goodput demo` shows four, the README adds yours")
    applications = tuple(read_application(folder, each) for each in names)
    store = Store.open(settings.database)
    try:
        yield Stored(store, applications, settings)
    finally:
        store.close()
