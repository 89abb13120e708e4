"""Promises about what nobody judges: they would have no data for ever, and nobody would know why."""

from collections.abc import Collection, Sequence
from pathlib import Path

from adapters.yaml_files import position_of
from domain.errors import ConfigError
from domain.objective import Objective
from domain.signals import criterion_of


def refuse_promises_nobody_judges(path: Path, objectives: Sequence[Objective], criteria: Collection[str]) -> None:
    """Compare every objective of the file *path* with the *criteria* by which answers are judged.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    mistakes = []
    for position, objective in enumerate(objectives):
        criterion = criterion_of(objective.signal) if objective.signal else None
        if criterion is not None and criterion not in criteria:
            where = position_of(path, ("objectives", position, "signal"))
            mistakes.append(
                f"{where}: objectives.{position}.signal: nobody judges by {criterion!r}: "
                f"name it under judging.criteria in app.yaml (there: {', '.join(criteria)})"
            )
    if mistakes:
        raise ConfigError("\n".join(mistakes))
