"""`goodput validate`: every configuration file, all mistakes at once, and what is surely not meant."""

import sys
from pathlib import Path

from adapters.catalogue import read_catalogue
from adapters.settings import read_settings
from domain.errors import ConfigError
from domain.presets import Profile
from flows.configuration import application_names, read_application, read_rules
from flows.judging import read_criteria
from flows.promised import read_profile

_DEMO = "demo"


def validate_folders(path: Path | None) -> int:
    """Check rules, profiles and every application under *path*, or the one that *path* is; 1 if anything is wrong.

    Warnings are said too, and are nothing wrong.

    Raises:
        ConfigError: There is no application at *path*.
    """
    applications = _watched() if path is None else _applications(path)
    mistakes: list[str] = []
    warnings: list[str] = []
    try:
        rules = len(read_rules())
        for profile in Profile:
            read_profile(profile)
        read_criteria(None)
    except ConfigError as error:
        mistakes.append(str(error))
        rules = 0
    for deployments, name in applications:
        try:
            configured = read_application(deployments, name)
            warnings += configured.warnings
            if configured.file.judging.catalogue is not None:
                read_catalogue(configured.file.judging.catalogue)
        except ConfigError as error:
            mistakes.append(str(error))
    lines = list(dict.fromkeys(line for mistake in mistakes for line in mistake.splitlines()))
    for line in (*lines, *warnings):
        print(line, file=sys.stderr)
    if lines:
        print(f"{len(lines)} mistakes")
    else:
        doubts = f", with {len(warnings)} warnings" if warnings else ""
        print(f"{rules} rules and {len(applications)} applications are fine{doubts}")
    return int(bool(lines))


def _watched() -> list[tuple[Path, str]]:
    deployments = read_settings().deployments_folder
    return [(folder, name) for folder in (deployments, deployments / _DEMO) for name in application_names(folder)]


def _applications(path: Path) -> list[tuple[Path, str]]:
    """Return where the applications of *path* are; a folder with an `app.yaml` is one itself."""
    if (path / "app.yaml").is_file():
        own = path.resolve() if path.name in {"", ".."} else path
        return [(own.parent, own.name)]
    names = application_names(path)
    if not names:
        raise ConfigError(f"no app.yaml under {path}")
    return [(path, name) for name in names]
