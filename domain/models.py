"""What is known of models besides their prices: how much they can read at once."""

import re
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Model(BaseModel):
    """One model, or a family of them.

    Attributes:
        model: Regular expression that the whole model name must match, as it is or without what a gateway puts before
            it: `openai/gpt-4o` is `gpt-4o`.
        context_window: The most tokens that fit into one call.
        source: Where the number was read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    context_window: int = Field(gt=0)
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled *model*."""
        return re.compile(self.model)

    @model_validator(mode="after")
    def _is_a_pattern(self) -> Self:
        try:
            re.compile(self.model)
        except re.error as error:
            raise ValueError(f"{self.model!r} is no regular expression: {error}") from None
        return self


class ModelTable(BaseModel):
    """All models; the first that matches counts, so the special ones stand before their family."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[Model, ...] = ()

    def context_window(self, model: str | None) -> int | None:
        """Return how many tokens fit into a call of *model*, or None if the table does not say.

        >>> ModelTable(models=[Model(model="m-.*", context_window=8_000, source="its card")]).context_window("m-1")
        8000
        """
        if model is None:
            return None
        names = (model, model.rsplit("/", 1)[-1])
        return next(
            (entry.context_window for entry in self.models if any(entry.pattern.fullmatch(name) for name in names)),
            None,
        )
