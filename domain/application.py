"""What an operator says about a watched application: which traces are its, how to label them, what it may cost."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Environment = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
"""A Langfuse environment: lower case letters, digits, dashes and underscores."""

NAME = r"^[a-z][a-z0-9-]{0,59}$"
"""What an application may be called: it stands in keys, file names and artifact names."""


class LabelRule(BaseModel):
    """Where a label is found on a trace: in a tag `NAME:value`, under a metadata key, or always the same.

    The first that gives something wins: `tag`, then `metadata`, then `otherwise`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: str | None = Field(default=None, description="Prefix of a tag: `feature` finds `feature:returns`.")
    metadata: str | None = Field(default=None, description="A metadata key, dotted where it is nested.")
    otherwise: str | None = Field(default=None, description="What to say when the trace does not.")


class Labelling(BaseModel):
    """Where the labels come from that differ from application to application."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: LabelRule = LabelRule(tag="feature")
    user_tier: LabelRule = LabelRule(tag="tier")
    profile: LabelRule = Field(default=LabelRule(), description="Which limits suit: chat, voice, rag or batch.")


class Saturation(BaseModel):
    """Where the application reports how full it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue_depth: str | None = Field(
        default=None, description="The metadata key of how many requests waited, dotted where it is nested."
    )


class Application(BaseModel):
    """One watched LLM application.

    Attributes:
        trace_names: Which traces are its own; empty means every trace of the environment.
        monthly_budget_usd: What the tokens of one calendar month may cost; None where nobody set a budget.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    environment: Environment = "default"
    trace_names: tuple[str, ...] = ()
    labels: Labelling = Labelling()
    saturation: Saturation = Saturation()
    monthly_budget_usd: Decimal | None = Field(default=None, gt=0)
