"""Where traces come from. To add one: a file here, its configuration in `SOURCES` and in `SourceConfig`.

A configuration has a `kind`, and `open` gives the source for as long as its `async with` block lasts. One
source lives in one event loop.
"""

from typing import Annotated

from pydantic import Field

from adapters.sources.jsonl import Jsonl, JsonlConfig
from adapters.sources.langfuse import Langfuse, LangfuseConfig, open_langfuse
from adapters.sources.rows import RowError, read_row
from adapters.sources.scores import FeedbackConfig
from adapters.sources.source import Access, Page, ScoreNote, Skip, SourceCheck, TraceSource

SOURCES: dict[str, type[LangfuseConfig | JsonlConfig]] = {
    "langfuse": LangfuseConfig,
    "jsonl": JsonlConfig,
}

SourceConfig = Annotated[LangfuseConfig | JsonlConfig, Field(discriminator="kind")]

__all__ = [
    "SOURCES",
    "Access",
    "FeedbackConfig",
    "Jsonl",
    "JsonlConfig",
    "Langfuse",
    "LangfuseConfig",
    "Page",
    "RowError",
    "ScoreNote",
    "Skip",
    "SourceCheck",
    "SourceConfig",
    "TraceSource",
    "open_langfuse",
    "read_row",
]
