"""Where traces come from. To add one: a file here, and its configuration, in `SOURCES` and in `SourceConfig`.

A configuration has a `kind`, and `open` loads and gives the source, for as long as its `async with` block lasts: the
commands that only show what was found read the configuration, too. One source lives in one event loop.
"""

from adapters.sources.configuration import SOURCES, FeedbackConfig, JsonlConfig, LangfuseConfig, SourceConfig
from adapters.sources.source import Access, Page, ScoreNote, Skip, SourceCheck, TraceSource

__all__ = [
    "SOURCES",
    "Access",
    "FeedbackConfig",
    "JsonlConfig",
    "LangfuseConfig",
    "Page",
    "ScoreNote",
    "Skip",
    "SourceCheck",
    "SourceConfig",
    "TraceSource",
]
