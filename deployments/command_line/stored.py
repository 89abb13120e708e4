"""What commands read: the configured applications and the store, opened for one command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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

    An application whose files are wrong does not hide the others: its mistakes are raised after the command.

    Raises:
        ConfigError: There is no such application, or none at all; or, at the end, every mistake, one a line.
    """
    settings = read_settings()
    folder = settings.deployments_folder
    names = [name] if name else application_names(folder)
    if not names:
        raise ConfigError(f"{folder}: no application is watched yet; `goodput demo` shows four, the README adds yours")
    applications, mistakes = _read(folder, names)
    if applications:
        store = Store.open(settings.database)
        try:
            yield Stored(store, applications, settings)
        finally:
            store.close()
    if mistakes:
        raise ConfigError("\n".join(mistakes))


def _read(folder: Path, names: Sequence[str]) -> tuple[tuple[Configured, ...], list[str]]:
    """Return the applications that can be read, and the mistakes of the others, each once."""
    applications: list[Configured] = []
    mistakes: list[str] = []
    for name in names:
        try:
            applications.append(read_application(folder, name))
        except ConfigError as error:
            mistakes += str(error).splitlines()
    return tuple(applications), list(dict.fromkeys(mistakes))
