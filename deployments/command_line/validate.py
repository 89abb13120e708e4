"""`goodput validate`: every configuration file, all mistakes at once."""

import sys
from pathlib import Path

from adapters.settings import read_settings
from domain.errors import ConfigError
from flows.configuration import application_names, read_application, read_rules

_DEMO = "demo"


def validate_folders(path: Path | None) -> int:
    """Check the rules and every application under *path*; 1 if anything is wrong."""
    deployments = path or read_settings().deployments_folder
    folders = [deployments] if path else [deployments, deployments / _DEMO]
    mistakes: list[str] = []
    checked = 0
    try:
        rules = len(read_rules())
    except ConfigError as error:
        mistakes.append(str(error))
        rules = 0
    for folder in folders:
        for name in application_names(folder):
            try:
                read_application(folder, name)
                checked += 1
            except ConfigError as error:
                mistakes.append(str(error))
    lines = list(dict.fromkeys(line for mistake in mistakes for line in mistake.splitlines()))
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"{len(lines)} mistakes")
    else:
        print(f"{rules} rules and {checked} applications are fine")
    return int(bool(lines))
