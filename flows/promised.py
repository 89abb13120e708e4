"""`slos.yaml`: what was promised, by a profile, the presets for it, and the application's own objectives."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from adapters.yaml_files import position_of, read_yaml, refuse_twins
from domain.errors import ConfigError
from domain.objective import Objective
from domain.presets import Domain, Endpoint, Profile, month_within, suited
from flows.hardly_meant import find_hardly_meant

_MONTH = "month"


class ObjectivesFile(BaseModel):
    """`slos.yaml`: the promises of one application. A file that names no promises means the default profile.

    Attributes:
        profile: Whose objectives to begin with; None begins with nothing where *objectives* are listed.
        domain: What answers are about; sets how many may be flagged, and whether a person must look at those.
        endpoint: Who waits for it; sets the availability.
        objectives: The application's own; one with the name of a profile's objective replaces it.
        without: Names of the profile's objectives that are not promised here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Profile | None = None
    domain: Domain = Domain.GENERAL
    endpoint: Endpoint = Endpoint.CONSUMER
    objectives: tuple[Objective, ...] | None = None
    without: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _may_be_empty(cls, said: object) -> object:
        return {} if said is None else said

    @property
    def begins_with(self) -> Profile | None:
        """The profile in force: chat, the guide's first example, where the file says nothing of promises."""
        return Profile.CHAT if self.profile is None and self.objectives is None else self.profile


class ProfileFile(BaseModel):
    """A shipped profile."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    objectives: tuple[Objective, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What was promised.

    Attributes:
        objectives: All promises in force.
        own: Those of the file, in its order.
        human_review: Whether a person must look at every flagged answer.
        warnings: What is surely not meant, each with file, line and column.
    """

    objectives: Sequence[Objective]
    own: Sequence[Objective]
    human_review: bool
    warnings: Sequence[str]


def read_promises(path: Path, monthly_budget_usd: Decimal | None) -> Promised:
    """Return what the file at *path* promises; where there is none, the default profile.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    if path.with_suffix(".yml").exists():
        raise ConfigError(f"{path.with_suffix('.yml')}:1:1: the file: it would not be read; call it {path.name}")
    file = read_yaml(path, ObjectivesFile) if path.exists() else ObjectivesFile()
    own = {one.name: one for one in file.objectives or ()}
    refuse_twins(path, "objectives", [one.name for one in file.objectives or ()])
    profile = {one.name: one for one in _profile(file, monthly_budget_usd)}
    _refuse_leaving_out(path, file, {*profile, _MONTH} if profile else set())
    kept = {name: one for name, one in profile.items() if name not in file.without}
    objectives = list({**kept, **own}.values())
    if not objectives:
        raise ConfigError(f"{path}:1:1: objectives: there are none")
    found = find_hardly_meant(objectives, domain=file.domain, endpoint=file.endpoint, said=file.model_fields_set)
    return Promised(
        objectives=objectives,
        own=list(own.values()),
        human_review=file.domain.human_review,
        warnings=[f"{position_of(path, _place(one.about, list(own)))}: warning: {one.words}" for one in found],
    )


def read_profile(profile: Profile) -> tuple[Objective, ...]:
    """Return the objectives of a shipped profile, for a general domain and consumers.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    with resources.as_file(resources.files("flows") / "profiles" / f"{profile}.yaml") as path:
        objectives = read_yaml(path, ProfileFile).objectives
        refuse_twins(path, "objectives", [one.name for one in objectives])
    return objectives


def _profile(file: ObjectivesFile, monthly_budget_usd: Decimal | None) -> list[Objective]:
    if file.begins_with is None:
        return []
    begins_with = [suited(one, file.domain, file.endpoint) for one in read_profile(file.begins_with)]
    month = [] if monthly_budget_usd is None else [month_within(float(monthly_budget_usd))]
    return [*begins_with, *month]


def _refuse_leaving_out(path: Path, file: ObjectivesFile, names: set[str]) -> None:
    """Refuse to leave out what is not there, or what the same file promises."""
    own = {one.name for one in file.objectives or ()}
    mistakes = []
    for position, name in enumerate(file.without):
        what = f"{position_of(path, ('without', position))}: without.{position}:"
        if not names:
            mistakes.append(f"{what} {name!r} is left out of a profile, and none is named")
        elif name not in names:
            known = ", ".join(sorted(names))
            mistakes.append(f"{what} the profile {file.begins_with} has no {name!r}; it has {known}")
        elif name in own:
            mistakes.append(f"{what} {name!r} is left out here and promised under objectives: which is meant?")
    if mistakes:
        raise ConfigError("\n".join(mistakes))


def _place(about: Sequence[str], own: Sequence[str]) -> tuple[str | int, ...]:
    """Return where the first of *about* stands in the file: an own objective, or else a field."""
    return next((("objectives", own.index(name)) for name in about if name in own), tuple(about[-1:]))
