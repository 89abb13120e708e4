"""Patterns that fit no rule: a maintenance that keeps nothing quiet, a route on which nothing is ever told."""

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from adapters.maintenance import Maintenance
from adapters.yaml_files import position_of
from alerts.routing import RouteException
from domain.errors import ConfigError

Place = tuple[str | int, ...]


def refuse_maintenance_of_nothing(path: Path, windows: Sequence[Maintenance], rules: Collection[str]) -> None:
    """Compare every maintenance window of the file *path* with the names of the *rules*.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    _refuse(path, [(("maintenance", n, "rules"), one.rules) for n, one in enumerate(windows)], rules, "is silenced")


def refuse_routes_of_nothing(path: Path, exceptions: Sequence[RouteException], rules: Collection[str]) -> None:
    """Compare every exception of the routes of the file *path* with the names of the *rules*.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    places = [(("routes", "exceptions", n, "rules"), one.rules) for n, one in enumerate(exceptions)]
    _refuse(path, places, rules, "goes there")


def _refuse(path: Path, patterns: Sequence[tuple[Place, Sequence[str]]], rules: Collection[str], what: str) -> None:
    mistakes = []
    for place, said in patterns:
        for number, pattern in enumerate(said):
            if not any(fnmatchcase(name, pattern) for name in rules):
                whole = (*place, number)
                where = ".".join(map(str, whole))
                mistakes.append(f"{position_of(path, whole)}: {where}: no rule is called {pattern!r}: nothing {what}")
    if mistakes:
        raise ConfigError("\n".join(mistakes))
