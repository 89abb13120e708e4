"""What an operator writes about the source of traces; reading it loads no source and no client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from adapters.sources.source import Access, TraceSource


class FeedbackConfig(BaseModel):
    """Which score holds the opinion of users.

    Attributes:
        positive_from: A numeric score is a thumb up from here on; true and false speak for themselves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: str = Field(default="user-feedback", min_length=1)
    positive_from: float = Field(default=0.5, allow_inf_nan=False)


class LangfuseConfig(BaseModel):
    """Read traces from Langfuse; address and keys come from the environment of the process."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["langfuse"] = "langfuse"
    feedback: FeedbackConfig = FeedbackConfig()

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[TraceSource]:
        """Give the source; its connections close with the block."""
        from adapters.sources.langfuse import open_langfuse  # noqa: PLC0415 - loaded when opened

        async with open_langfuse(access, feedback=self.feedback) as langfuse:
            yield langfuse


class JsonlConfig(BaseModel):
    """Read traces from a file, or from all `*.jsonl` and `*.jsonl.gz` files of a folder.

    Attributes:
        scores: The file with the thumbs of users, if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["jsonl"] = "jsonl"
    path: Path
    scores: Path | None = None
    feedback: FeedbackConfig = FeedbackConfig()

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[TraceSource]:
        """Give the source; a file needs no *access*."""
        from adapters.sources.jsonl import Jsonl  # noqa: PLC0415 - loaded when opened

        del access
        yield Jsonl((self.path,), scores=self.scores, feedback=self.feedback)


SOURCES: dict[str, type[LangfuseConfig | JsonlConfig]] = {
    "langfuse": LangfuseConfig,
    "jsonl": JsonlConfig,
}

SourceConfig = Annotated[LangfuseConfig | JsonlConfig, Field(discriminator="kind")]
"""Any of them, told apart by its `kind`."""
