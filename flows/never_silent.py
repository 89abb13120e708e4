"""Maintenance windows that keep nothing quiet: their patterns fit no rule, and somebody would be woken."""

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from adapters.maintenance import Maintenance
from adapters.yaml_files import position_of
from domain.errors import ConfigError


def refuse_maintenance_of_nothing(path: Path, windows: Sequence[Maintenance], rules: Collection[str]) -> None:
    """Compare every maintenance window of the file *path* with the names of the *rules*.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    mistakes = []
    for position, one in enumerate(windows):
        for number, pattern in enumerate(one.rules):
            if not any(fnmatchcase(name, pattern) for name in rules):
                place = ("maintenance", position, "rules", number)
                where = ".".join(map(str, place))
                mistakes.append(
                    f"{position_of(path, place)}: {where}: no rule is called {pattern!r}: nothing is silenced"
                )
    if mistakes:
        raise ConfigError("\n".join(mistakes))
