"""What nobody wants to hear of in an application: the silences that somebody asked for, and its maintenance windows."""

from adapters.maintenance import silences_of
from adapters.store import Store
from domain.silence import Silence
from domain.window import Window
from flows.configuration import Configured


def silences_within(store: Store, configured: Configured, window: Window) -> list[Silence]:
    """Return the silences that are on at some time of *window*."""
    name = configured.application.name
    return [*store.silences.within(name, window), *silences_of(configured.file.maintenance, name, window)]
