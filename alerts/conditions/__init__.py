"""What a rule can ask: a closed set, no expression language. To add one: a file here and a line in `Condition`."""

from typing import Annotated

from pydantic import Field

from alerts.conditions.budget import BudgetSpent, OverBudget
from alerts.conditions.burn import BudgetBurn
from alerts.conditions.decline import Decline
from alerts.conditions.judge import JudgeDrift, JudgeModelChanged
from alerts.conditions.mismatch import Mismatch
from alerts.conditions.mix import MixChanged
from alerts.conditions.share import ShareAbove
from alerts.conditions.unreachable import Unreachable
from alerts.conditions.week import WeekOnWeek

Condition = Annotated[
    ShareAbove
    | BudgetBurn
    | Decline
    | MixChanged
    | OverBudget
    | BudgetSpent
    | Unreachable
    | Mismatch
    | WeekOnWeek
    | JudgeDrift
    | JudgeModelChanged,
    Field(discriminator="kind"),
]

__all__ = [
    "BudgetBurn",
    "BudgetSpent",
    "Condition",
    "Decline",
    "JudgeDrift",
    "JudgeModelChanged",
    "Mismatch",
    "MixChanged",
    "OverBudget",
    "ShareAbove",
    "Unreachable",
    "WeekOnWeek",
]
