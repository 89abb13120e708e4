"""Messages as text, for people to read and for tests to compare: all that a message says, in no channel's markup."""

import os
from pathlib import Path

from alerts.figures import quantity
from domain.message import Chart, Message

FOLDER = Path(__file__).parents[1] / "data" / "messages"
RENEW = "GOODPUT_RENEW_MESSAGES"
"""Set to 1, the texts are written anew instead of compared; `git diff tests/data/messages` shows what has changed."""


def as_text(message: Message) -> str:
    news = ", news" if message.is_news else ""
    lines = [
        f"{message.severity.upper()} {message.kind}{news}, {message.at:%a %-d %b %H:%M} UTC",
        "",
        message.title,
        message.sentence,
        *_part("", [f"{name}: {value}" for name, value in message.facts]),
        *_part("Changed just before:", message.changes),
        *_part(
            "Worst traces:", [f"{one.trace_id} {one.reason} {one.url or ''}".rstrip() for one in message.worst_traces]
        ),
        *_part("", [_chart(message.chart)] if message.chart else ()),
        *_part("Links:", [f"{one.text}: {one.url}" for one in message.links]),
        "",
        f"{message.key}",
        f"{message.application} {message.environment} {message.rule} {dict(message.labels)}, message {message.number}",
    ]
    return "\n".join(lines) + "\n"


def compare(name: str, message: Message) -> None:
    """Hold *message* against the text of that name, or write it where texts are renewed."""
    path, text = FOLDER / f"{name}.txt", as_text(message)
    if os.environ.get(RENEW):
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text, f"{RENEW}=1 renews {path.name}, if this is what it is to say"


def _part(title: str, lines) -> list[str]:
    return ["", *([title] if title else []), *(f"  {line}" for line in lines)] if lines else []


def _chart(chart: Chart) -> str:
    limit = "" if chart.limit is None else f", limit {quantity(chart.limit, chart.unit)}"
    ends = [end for end, _ in chart.points]
    shown = " ".join(
        "-" if value is None else quantity(value, chart.unit).replace(" ", "") for _, value in chart.points
    )
    return f"Chart: {chart.title}{limit}, {ends[0]:%-d %b %H:%M} to {ends[-1]:%-d %b %H:%M}\n    {shown}"
