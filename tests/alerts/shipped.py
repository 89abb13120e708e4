"""The rules as they are shipped."""

from collections.abc import Iterator
from importlib import resources

from ruamel.yaml import YAML

from alerts.rule import Rule, RuleFile
from domain.message import Severity

FOLDER = resources.files("alerts") / "rules"


def shipped() -> Iterator[Rule]:
    for severity in Severity:
        said = YAML(typ="safe", pure=True).load((FOLDER / f"{severity}.yaml").read_text(encoding="utf-8"))
        for one in RuleFile.model_validate(said).rules:
            yield one.model_copy(update={"severity": severity})


RULES = {one.guide: one for one in shipped()}
