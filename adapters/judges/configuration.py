"""What an operator writes about the judge; reading it loads no judge and no client."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

API_KEY, FALLBACK_API_KEY = "GOODPUT_JUDGE_API_KEY", "GOODPUT_FALLBACK_JUDGE_API_KEY"


class RulesConfig(BaseModel):
    """The rules have nothing to set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["rules"] = "rules"


class TriageConfig(BaseModel):
    """The embedded model has nothing to set; it says nothing absolute before it is calibrated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["triage"]


class TokenPrice(BaseModel):
    """What a million tokens of the judge cost, in USD; prices.yaml has it where this is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_usd_per_million: Decimal = Field(ge=0)
    output_usd_per_million: Decimal = Field(ge=0)


class Endpoint(BaseModel):
    """A model behind an endpoint that speaks one of the two formats.

    Attributes:
        base_url: Up to and including the version (`https://api.openai.com/v1`).
        temperature: None leaves it out, for models that accept no temperature.
        max_output_tokens: Sized for a model that thinks before it answers; what is cut off is a failure.
        needs_key: False for an endpoint of your own that asks for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["openai", "anthropic"]
    model: str = Field(min_length=1, max_length=200)
    base_url: str = Field("", pattern=r"^(https?://[^\s/?#]+[^\s?#]*)?$")
    temperature: float | None = Field(0.0, ge=0, le=2, allow_inf_nan=False)
    max_output_tokens: int = Field(8_000, ge=1, le=1_000_000)
    needs_key: bool = True
    price: TokenPrice | None = None

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return (self.base_url or _USUAL_URLS[self.kind]).rstrip("/")

    @property
    def name(self) -> str:
        """Who judges, as it is stored with each score."""
        return f"{self.kind}/{self.model}"


class ModelConfig(Endpoint):
    """A model as judge.

    Attributes:
        fallback: Another model that is asked once where this one gave no usable verdict.
        max_concurrency: How many calls may wait for an answer at a time; fewer after a 429.
        requests_per_minute: The endpoint's own limit, where it has one; a burst is a tenth of it.
        deadline_s: For one judgement in total, with its repair and its fallback, however slowly an answer drips; a
            third of it is left for the fallback.
        daily_cap_usd: What judging this application may cost a day (UTC); never exceeded.
    """

    fallback: Endpoint | None = None
    max_concurrency: int = Field(8, ge=1, le=256)
    requests_per_minute: int | None = Field(None, ge=1)
    deadline_s: float = Field(60.0, gt=0, le=600, allow_inf_nan=False)
    daily_cap_usd: Decimal | None = Field(None, gt=0)


class OpenAIConfig(ModelConfig):
    """A judge behind an OpenAI-compatible endpoint (Chat Completions)."""

    kind: Literal["openai"]


class AnthropicConfig(ModelConfig):
    """A judge behind an Anthropic-compatible endpoint (Messages)."""

    kind: Literal["anthropic"]


_USUAL_URLS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}

JudgeConfig = Annotated[RulesConfig | TriageConfig | OpenAIConfig | AnthropicConfig, Field(discriminator="kind")]
"""Any of them, told apart by its `kind`."""
