"""What a rule can ask: a closed set, no expression language. To add one: a file here and a line in `Condition`."""

from typing import Annotated

from pydantic import Field

from alerts.conditions.breaker import Breaker
from alerts.conditions.budget import BudgetSpent, OverBudget
from alerts.conditions.burn import BudgetBurn
from alerts.conditions.day import DaySpend
from alerts.conditions.decline import Decline
from alerts.conditions.increase import Increase
from alerts.conditions.judge import JudgeDrift, JudgeModelChanged
from alerts.conditions.mismatch import Mismatch
from alerts.conditions.mix import MixChanged
from alerts.conditions.quantile import QuantileBeyond
from alerts.conditions.ratio import RatioBeyond
from alerts.conditions.share import ShareAbove
from alerts.conditions.unreachable import Unreachable
from alerts.conditions.watcher import Blind, JudgeBlind, SlotsLost, Undelivered
from alerts.conditions.week import WeekOnWeek

Condition = Annotated[
    ShareAbove
    | QuantileBeyond
    | RatioBeyond
    | BudgetBurn
    | Breaker
    | Increase
    | Decline
    | MixChanged
    | OverBudget
    | BudgetSpent
    | DaySpend
    | Unreachable
    | Mismatch
    | WeekOnWeek
    | JudgeDrift
    | JudgeModelChanged
    | JudgeBlind
    | Blind
    | Undelivered
    | SlotsLost,
    Field(discriminator="kind"),
]

__all__ = [
    "Blind",
    "Breaker",
    "BudgetBurn",
    "BudgetSpent",
    "Condition",
    "DaySpend",
    "Decline",
    "Increase",
    "JudgeBlind",
    "JudgeDrift",
    "JudgeModelChanged",
    "Mismatch",
    "MixChanged",
    "OverBudget",
    "QuantileBeyond",
    "RatioBeyond",
    "ShareAbove",
    "SlotsLost",
    "Undelivered",
    "Unreachable",
    "WeekOnWeek",
]
