"""Files of rules: the shipped ones, and what operators write over them in a `rules.yaml` of their own."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.yaml_files import Sound, position_of, read_sound, read_yaml, refuse_twins
from alerts.rule import Rule, RuleFile
from domain.errors import ConfigError
from domain.message import Severity
from flows.never_passes import Flaw, find_never_passes
from flows.never_told import find_rings, find_twin, find_unknown_inhibitors, ring_words

OWN = "rules.yaml"


class OwnRule(Rule):
    """A rule of an operator's own: it says its severity itself, and has no number in the guide."""

    guide: str = Field(default="own", pattern=r"^([A-Z][0-9]+[a-z]?|own)$")
    severity: Severity


class OwnRuleFile(BaseModel):
    """`rules.yaml`, of one application or beside all of them.

    Attributes:
        rules: One with the name of a rule that is there already replaces it as a whole.
        without: Names of rules that do not apply here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[OwnRule, ...] = ()
    without: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _may_be_empty(cls, said: object) -> object:
        """Take a key with nothing under it for one that is not there: all its lines may be comments."""
        if not isinstance(said, dict):
            return {} if said is None else said
        return {key: value for key, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operator wrote a rule."""

    path: Path
    entry: int

    def mistake(self, flaw: Flaw) -> str:
        """Return the line that says *flaw* of the rule."""
        location = ("rules", self.entry, *flaw.where)
        return f"{position_of(self.path, location)}: {'.'.join(map(str, location))}: {flaw.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRules:
    """All rules in force, before anybody has asked what applies to an application.

    Attributes:
        rules: By name, the shipped ones first.
        places: Where those stand that an operator wrote, in that order.
        mistakes: What is wrong with them, one line each.
    """

    rules: Mapping[str, Rule]
    places: Mapping[str, Place]
    mistakes: Sequence[str]


def read_rules() -> list[Rule]:
    """Return the shipped rules; a rule's severity is the name of the file it stands in.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    return list(_shipped())


@cache
def _shipped() -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for severity in Severity:
        with resources.as_file(resources.files("alerts") / "rules" / f"{severity}.yaml") as path:
            read = read_yaml(path, RuleFile).rules
            refuse_twins(path, "rules", [rule.name for rule in (*rules, *read)], skip=len(rules))
            rules += [rule.model_copy(update={"severity": severity}) for rule in read]
    return tuple(rules)


def read_rule_file(path: Path) -> list[Rule]:
    """Return the rules that the operator's file at *path* adds or replaces.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    rules = read_yaml(path, OwnRuleFile).rules
    refuse_twins(path, "rules", [rule.name for rule in rules])
    return list(rules)


def rules_with(*files: Path) -> list[Rule]:
    """Return the shipped rules as *files* change them, each on top of the one before.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    written = read_written(files)
    if written.mistakes:
        raise ConfigError("\n".join(written.mistakes))
    return list(written.rules.values())


def own_files(deployments: Path, name: str, instead: Path | None = None) -> list[Path]:
    """Return the files of rules that count for the application *name*: that of all applications first.

    Args:
        instead: A file in the place of the application's own.

    Raises:
        ConfigError: One has a name under which nobody would read it.
    """
    shared, own = deployments / OWN, deployments / name / OWN
    if unread := [file for path in (shared, own) if (file := path.with_suffix(".yml")).exists()]:
        raise ConfigError("\n".join(f"{file}:1:1: the file: it would not be read; call it {OWN}" for file in unread))
    return [file for file in (shared, instead or own) if file == instead or file.exists()]


def read_written(files: Sequence[Path]) -> WrittenRules:
    """Return the shipped rules as *files* change them, and everything that is wrong with what these say.

    A rule that cannot be read does not hide what is wrong with the next one.

    Raises:
        ConfigError: A shipped file is wrong.
    """
    layers = _Layers({rule.name: rule for rule in read_rules()})
    for path in files:
        try:
            layers.put(path, read_sound(path, OwnRuleFile, "rules"))
        except ConfigError as error:
            layers.mistakes.append(str(error))
    return WrittenRules(rules=layers.rules, places=layers.places, mistakes=[*layers.mistakes, *layers.flaws()])


@dataclass(slots=True)
class _Layers:
    """The files read so far.

    Attributes:
        named: Every name that ever stood in one, a wrong rule's too: each is said to be wrong once.
        without: What was left out when a file was put on top.
    """

    rules: dict[str, Rule]
    places: dict[str, Place] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    without: dict[Path, set[str]] = field(default_factory=dict)

    def put(self, path: Path, read: Sound[OwnRuleFile]) -> None:
        """Put the file at *path* on top."""
        self.mistakes += [*read.mistakes, *_twins(path, read), *_without(path, read, self.rules)]
        written = {rule.name: rule for rule in read.file.rules}
        named = {name for name in read.names if name is not None}
        self.named |= {*self.rules, *named}
        self.without[path] = {*read.file.without}.union(*self.without.values()) - named
        for name in (*read.file.without, *written):
            self.places.pop(name, None)
        for name in read.file.without:
            self.rules.pop(name, None)
        self.rules |= written
        self.places |= {rule.name: Place(path, entry) for rule, entry in zip(read.file.rules, read.places, strict=True)}

    def flaws(self) -> Iterable[str]:
        """Yield what is wrong with the written rules, wherever they are to apply."""
        yield from _rings(self.rules, self.places)
        told = {name: rule for name, rule in self.rules.items() if name not in self.places}
        for name, place in self.places.items():
            rule = self.rules[name]
            for flaw in find_never_passes(rule):
                yield place.mistake(flaw)
            for flaw in find_unknown_inhibitors(rule, self.named - self.without[place.path]):
                yield place.mistake(flaw)
            if twin := find_twin(rule, told.values()):
                yield place.mistake(twin)
            told[name] = rule


def _twins(path: Path, read: Sound[OwnRuleFile]) -> list[str]:
    try:
        refuse_twins(path, "rules", read.names)
    except ConfigError as error:
        return str(error).splitlines()
    return []


def _without(path: Path, read: Sound[OwnRuleFile], before: Collection[str]) -> Iterable[str]:
    """Yield what is left out and not there, or left out and written in the same file."""
    for position, name in enumerate(read.file.without):
        what = f"{position_of(path, ('without', position))}: without.{position}:"
        if name not in before:
            yield f"{what} there is no rule {name!r}; there are {', '.join(sorted(before))}"
        elif name in read.names:
            yield f"{what} {name!r} is left out here and written under rules: which is meant?"


def _rings(rules: Mapping[str, Rule], places: Mapping[str, Place]) -> Iterable[str]:
    """Yield the rings that pass through a written rule: who wrote the last of them closed it."""
    order = [*(name for name in rules if name not in places), *places]
    for ring in find_rings({name: rules[name] for name in order}):
        if place := places.get(ring[0]):
            position = rules[ring[0]].inhibited_by.index((*ring, ring[0])[1])
            yield place.mistake(Flaw(("inhibited_by", position), ring_words(ring)))
