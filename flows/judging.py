"""What `app.yaml` says about judging, and the criteria: the shipped ones, and an operator's own files."""

from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.judges import JudgeConfig, RulesConfig
from adapters.yaml_files import position_of, read_yaml
from domain.criterion import FAITHFULNESS, GROUNDEDNESS, Criterion
from domain.errors import ConfigError

_WITHOUT_MODEL = ("rules", "triage")
_TAKEN = ("injection-suspect", "hallucination-risk")
_BY_RULES = (FAITHFULNESS, GROUNDEDNESS)


class Judging(BaseModel):
    """Who judges, by what, and how many answers.

    Attributes:
        criteria: By what a model judges; a name is that of a file in `criteria`, shipped or beside the applications.
        sample_rate: 0.05 to 0.10 is usual, 0.20 to 0.30 where mistakes hurt; below 1,000 requests a day all are judged.
        keep_reasons: Whether the judge's reasons, which may quote answers, are stored and written back.
        catalogue: A file with the application's own facts (products, prices, dates), against which answers are checked.
        anchors: A file with answers that are judged again each day, to notice when the judge changes.
        review_queue: A Langfuse annotation queue into which flagged answers go where a person must look at them.
        label_queue: The annotation queue whose labels the judge is calibrated with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: JudgeConfig = RulesConfig(kind="rules")
    criteria: tuple[str, ...] = Field(default=(FAITHFULNESS,), min_length=1)
    sample_rate: float = Field(default=0.10, gt=0, le=1)
    keep_reasons: bool = True
    catalogue: Path | None = None
    anchors: Path | None = None
    review_queue: str | None = Field(default=None, min_length=1)
    label_queue: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _can_be_judged(self) -> Self:
        if len(set(self.criteria)) != len(self.criteria):
            raise ValueError("criteria: a name stands there twice")
        unknown = [name for name in self.criteria if name not in _BY_RULES]
        if self.judge.kind in _WITHOUT_MODEL and unknown:
            can = " and ".join(_BY_RULES)
            raise ValueError(
                f"{self.judge.kind} can judge {can}; {', '.join(unknown)} takes a model (judge: {{kind: openai, ...}})"
            )
        return self


def read_criteria(own: Path | None, only: Collection[str] | None = None) -> Mapping[str, Criterion]:
    """Return the criteria by name: the shipped ones, and those in the folder *own*, which come first.

    Args:
        only: Of the shipped ones only these: a file takes longer to read than most questions to answer.

    Raises:
        ConfigError: Every mistake, one a line.
    """
    found: dict[str, Criterion] = {}
    mistakes: list[str] = []
    for name, path in _files(own).items():
        if only is None or name in only or path.parent == own:
            try:
                found[name] = _read(path)
            except ConfigError as error:
                mistakes.append(str(error))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return found


def chosen_criteria(path: Path, judging: Judging, own: Path) -> Mapping[str, Criterion]:
    """Return the criteria that the `app.yaml` at *path* names, and those of the rules where they judge.

    Raises:
        ConfigError: One is not known, or a file is wrong; every mistake, one a line.
    """
    by_rules = _BY_RULES if judging.judge.kind in _WITHOUT_MODEL else (GROUNDEDNESS,) * (judging.catalogue is not None)
    names = dict.fromkeys((*judging.criteria, *by_rules))
    known = read_criteria(own, names)
    for place, name in enumerate(judging.criteria):
        if name not in known:
            where = position_of(path, ("judging", "criteria", place))
            there = ", ".join(sorted(_files(own)))
            raise ConfigError(f"{where}: judging.criteria: there is no {name!r}; there are {there}")
    return {name: known[name] for name in names}


def _files(own: Path | None) -> Mapping[str, Path]:
    """Return the file of each criterion; one in the folder *own* takes the place of a shipped one."""
    with resources.as_file(resources.files("deployments") / "criteria") as shipped:
        folders = [shipped] if own is None or not own.is_dir() or own.samefile(shipped) else [shipped, own]
        return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def _read(path: Path) -> Criterion:
    criterion = read_yaml(path, Criterion)
    if criterion.name != path.stem:
        raise ConfigError(f"{position_of(path, ('name',))}: name: the file is called {path.name}: name it alike")
    if criterion.name in _TAKEN:
        raise ConfigError(f"{position_of(path, ('name',))}: name: {criterion.name!r} is a score of Goodput's own")
    return criterion
