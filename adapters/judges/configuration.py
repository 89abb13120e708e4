"""What an operator writes about the judge; reading it loads no judge and no client."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class RulesConfig(BaseModel):
    """The rules have nothing to set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["rules"] = "rules"


class OpenAIConfig(BaseModel):
    """A judge behind an OpenAI-compatible endpoint.

    Attributes:
        base_url: Up to and including the version (`https://api.openai.com/v1`).
        deadline_s: For one judgement in total, with its repair, however slowly the answer drips.
        temperature: None leaves it out, for models that accept no temperature.
        needs_key: False for an endpoint of your own that asks for none.
        input_nano_usd: Price of one input token; without both prices the cost of a judgement is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["openai"]
    model: str = Field(min_length=1)
    base_url: str = Field("https://api.openai.com/v1", pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    max_concurrency: int = Field(8, ge=1, le=256)
    deadline_s: float = Field(60.0, gt=0, le=600, allow_inf_nan=False)
    temperature: float | None = Field(0.0, ge=0, le=2, allow_inf_nan=False)
    max_output_tokens: int | None = Field(None, ge=1)
    needs_key: bool = True
    input_nano_usd: int | None = Field(None, ge=0)
    output_nano_usd: int | None = Field(None, ge=0)


JudgeConfig = Annotated[RulesConfig | OpenAIConfig, Field(discriminator="kind")]
"""Any of them, told apart by its `kind`."""
