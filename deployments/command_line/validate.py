"""`goodput validate`: every configuration file, all mistakes at once, and what is surely not meant."""

import sys
from pathlib import Path

from adapters.catalogue import read_catalogue
from adapters.judges import ModelConfig
from adapters.labelled_file import read_labelled
from adapters.settings import read_settings
from adapters.yaml_files import position_of
from domain.errors import ConfigError
from domain.presets import Profile
from flows.configuration import Configured, application_names, read_application, read_rules
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
            _refuse_what_would_fail(deployments / name / "app.yaml", configured)
        except ConfigError as error:
            mistakes.append(str(error))
    lines = list(dict.fromkeys(line for mistake in mistakes for line in mistake.splitlines()))
    for line in (*lines, *warnings):
        print(line, file=sys.stderr)
    if lines:
        print(_counted(len(lines), "mistake"))
    else:
        doubts = f"; {_counted(len(warnings), 'warning')}" if warnings else ""
        print(f"fine: {_counted(rules, 'rule')}, {_counted(len(applications), 'application')}{doubts}")
    return int(bool(lines))


def _refuse_what_would_fail(path: Path, configured: Configured) -> None:
    """Read what only a run reads: the files that the `app.yaml` at *path* names, and what its judges cost.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    judging = configured.file.judging
    mistakes = []
    for file, read in ((judging.catalogue, read_catalogue), (judging.anchors, read_labelled)):
        try:
            if file is not None:
                read(file)
        except ConfigError as error:
            mistakes.append(str(error))
    if isinstance(judging.judge, ModelConfig):
        from adapters.judges.model import no_price, unpriced
        from flows.services import clock

        for one in unpriced(judging.judge, configured.prices, clock()):
            place = ("judging", "judge") if one is judging.judge else ("judging", "judge", "fallback")
            mistakes.append(f"{position_of(path, (*place, 'model'))}: {'.'.join(place)}: {no_price(one)}")
    if mistakes:
        raise ConfigError("\n".join(mistakes))


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


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"
