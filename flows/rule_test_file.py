"""Files of tests of rules: read whole, with the rules and promises that they are about, or every mistake at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.maintenance import Maintenance
from adapters.yaml_files import position_of, read_sound, refuse_twins
from alerts.policy import Policy
from alerts.rule import Rule
from alerts.rule_tests.story import Story
from domain.application import Application
from domain.errors import ConfigError
from domain.objective import Objective
from domain.presets import Profile, month_within
from flows.configuration import read_application
from flows.promised import read_profile, read_promises
from flows.rule_files import OwnRule, read_rules, rules_with

_APPLICATION = Application(name="tested")


class RuleTestFile(BaseModel):
    """A file of tests of rules. Paths in it are read relative to it.

    Attributes:
        application: A folder with an `app.yaml`: its rules, promises, budget, telling and maintenance are tested. Or
        rules: A `rules.yaml` on top of the shipped rules; by default these alone; with
        slos: a `slos.yaml`, or
        profile, objectives: the promises, as a `slos.yaml` says them; by default those of a chat.
        telling: How alerts become messages, as `app.yaml` says it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    application: Path | None = None
    rules: Path | None = None
    slos: Path | None = None
    profile: Profile | None = None
    objectives: tuple[Objective, ...] | None = None
    monthly_budget_usd: Decimal | None = Field(default=None, gt=0)
    telling: Policy = Policy()
    tests: tuple[Story, ...]

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        if self.application is not None and self.model_fields_set - {"application", "tests"}:
            raise ValueError("the folder of the application says all that is tested: leave everything but tests out")
        if self.slos is not None and (self.profile is not None or self.objectives is not None):
            raise ValueError("slos names a file that says the promises: leave profile and objectives out")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTests:
    """Tests, and what they are about.

    Attributes:
        stories: With their places in the file.
        rules: By name.
    """

    path: Path
    stories: Sequence[tuple[int, Story]]
    application: Application
    rules: Mapping[str, Rule]
    objectives: Sequence[Objective]
    policy: Policy
    maintenance: Sequence[Maintenance] = ()

    @property
    def own(self) -> list[str]:
        """The rules that an operator wrote."""
        return [name for name, rule in self.rules.items() if isinstance(rule, OwnRule)]


def shipped_rule_tests() -> list[Path]:
    """Return the files of tests that the shipped rules come with."""
    folder = Path(str(resources.files("alerts") / "rules" / "tests"))
    return sorted(folder.glob("*.yaml"))


def read_rule_tests(path: Path) -> RuleTests:
    """Return the tests in the file at *path*.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    read = read_sound(path, RuleTestFile, "tests")
    mistakes = list(read.mistakes)
    try:
        refuse_twins(path, "tests", read.names)
    except ConfigError as error:
        mistakes.append(str(error))
    stories = list(zip(read.places, read.file.tests, strict=True))
    try:
        tests = _tests(path, read.file, stories)
    except ConfigError as error:
        raise ConfigError("\n".join([*mistakes, str(error)])) from None
    mistakes += _flaws(tests)
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return tests


def _tests(path: Path, file: RuleTestFile, stories: Sequence[tuple[int, Story]]) -> RuleTests:
    if file.application is not None:
        folder = (path.parent / file.application).resolve()
        configured = read_application(folder.parent, folder.name)
        return RuleTests(
            path=path,
            stories=stories,
            application=configured.application,
            rules={rule.name: rule for rule in configured.rules},
            objectives=configured.objectives,
            policy=configured.file.telling,
            maintenance=configured.file.maintenance,
        )
    rules = read_rules() if file.rules is None else rules_with(path.parent / file.rules)
    return RuleTests(
        path=path,
        stories=stories,
        application=_APPLICATION.model_copy(update={"monthly_budget_usd": file.monthly_budget_usd}),
        rules={rule.name: rule for rule in rules},
        objectives=_promises(path, file),
        policy=file.telling,
    )


def _promises(path: Path, file: RuleTestFile) -> Sequence[Objective]:
    if file.slos is not None:
        return read_promises(path.parent / file.slos, file.monthly_budget_usd).objectives
    own = {one.name: one for one in file.objectives or ()}
    refuse_twins(path, "objectives", [one.name for one in file.objectives or ()])
    profile = file.profile or (Profile.CHAT if file.objectives is None else None)
    promised = {} if profile is None else {one.name: one for one in read_profile(profile)}
    if file.monthly_budget_usd is not None:
        month = month_within(float(file.monthly_budget_usd))
        promised[month.name] = month
    return list({**promised, **own}.values())


def _flaws(tests: RuleTests) -> Iterator[str]:
    for place, story in tests.stories:
        for where, words in story.flaws(tests.rules):
            location = ("tests", place, *where)
            yield f"{position_of(tests.path, location)}: {'.'.join(map(str, location))}: {words}"
