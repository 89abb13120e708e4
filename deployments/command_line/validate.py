"""`goodput validate`: every configuration file, all mistakes at once, and what is surely not meant."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from adapters.catalogue import read_catalogue
from adapters.judges import ModelConfig
from adapters.labelled_file import read_labelled
from adapters.settings import read_settings
from adapters.yaml_files import position_of
from domain.errors import ConfigError
from domain.presets import Profile
from flows.configuration import Configured, application_names, read_application
from flows.judging import read_criteria
from flows.never_applies import promise_of
from flows.never_passes import Flaw
from flows.promised import read_profile
from flows.rule_files import OWN, OwnRule, Place, read_rule_file, read_rules

_DEMO = "demo"


def validate_folders(path: Path | None) -> int:
    """Check rules, profiles and every application under *path*, or the one that *path* is; 1 if anything is wrong.

    Warnings are said too, and are nothing wrong.

    Raises:
        ConfigError: There is no application at *path*.
    """
    applications = _watched() if path is None else _applications(path)
    mistakes: list[str] = []
    rules = _shipped(mistakes)
    read = {where: one for where in applications if (one := _read(*where, mistakes)) is not None}
    for folder in dict.fromkeys(deployments for deployments, _ in applications):
        mistakes += _shared_rules_of_nobody(folder, [one for (there, _), one in read.items() if there == folder])
    lines = list(dict.fromkeys(line for mistake in mistakes for line in mistake.splitlines()))
    warnings = list(dict.fromkeys(line for one in read.values() for line in one.warnings))
    for line in (*lines, *warnings):
        print(line, file=sys.stderr)
    if lines:
        print(_counted(len(lines), "mistake"))
    else:
        own = len({rule.name for one in read.values() for rule in one.rules if isinstance(rule, OwnRule)})
        yours = f" and {own} of your own" if own else ""
        doubts = f"; {_counted(len(warnings), 'warning')}" if warnings else ""
        print(f"fine: {_counted(rules, 'rule')}{yours}, {_counted(len(applications), 'application')}{doubts}")
    return int(bool(lines))


def _shipped(mistakes: list[str]) -> int:
    """Return how many rules are shipped, and note what is wrong with what is shipped."""
    try:
        for profile in Profile:
            read_profile(profile)
        read_criteria(None)
        return len(read_rules())
    except ConfigError as error:
        mistakes.append(str(error))
        return 0


def _read(deployments: Path, name: str, mistakes: list[str]) -> Configured | None:
    """Return what is configured, or None with everything noted that is wrong with it."""
    try:
        configured = read_application(deployments, name)
        _refuse_what_would_fail(deployments / name / "app.yaml", configured)
    except ConfigError as error:
        mistakes.append(str(error))
        return None
    return configured


def _shared_rules_of_nobody(deployments: Path, read: Sequence[Configured]) -> Iterable[str]:
    """Yield the rules beside the applications that are about what none of them promises: a name was mistyped.

    While one application cannot be read, nobody knows what it promises. Their other mistakes each application has said.
    """
    path = deployments / OWN
    if not path.is_file() or len(read) < len(application_names(deployments)):
        return
    promised = dict.fromkeys(objective.name for one in read for objective in one.objectives)
    for entry, rule in enumerate(read_rule_file(path)):
        name = promise_of(rule)
        if name is not None and name not in promised:
            words = f"no application beside it promises {name!r}; promised are {', '.join(promised)}"
            yield Place(path, entry).mistake(Flaw(("when", "objective"), words))


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
