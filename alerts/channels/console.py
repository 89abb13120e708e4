"""Telling whoever reads the terminal, or a log file."""

import re
from datetime import UTC
from typing import Literal, TextIO

from rich.console import Console as Terminal
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from alerts.channels.channel import Channel, WrittenChannel
from alerts.channels.clean import clipped, is_link, one_line
from alerts.channels.headline import sign, status, subject
from alerts.channels.secrets import ChannelSecrets
from domain.delivery import Delivery
from domain.errors import PermanentError
from domain.message import Message, MessageKind, Severity, Table

_STYLES = {Severity.PAGE: "bold red", Severity.TICKET: "bold yellow", Severity.INFORMATIONAL: "bold blue"}
_BLANK_ENDS = re.compile(r" +\n")
_WIDTH_OF_A_FILE = 120
_FEW_TRACES, _MOST_TRACES, _MOST_FACTS, _MOST_LINKS = 3, 10, 20, 10
_MOST_ROWS, _MOST_COLUMNS = 100, 20
_LONGEST, _LONGEST_SENTENCE, _LONGEST_CELL, _LONGEST_NAME = 500, 2000, 60, 100


class ConsoleConfig(WrittenChannel):
    """Messages on standard output.

    Attributes:
        compact: A few lines each, without addresses: for watching a week go by.
    """

    kind: Literal["console"]
    compact: bool = False


def build(config: ConsoleConfig, secrets: ChannelSecrets) -> Channel:  # noqa: ARG001 - every channel is built alike
    """Return the channel that *config* describes."""
    return Console(compact=config.compact)


class Console:
    """A terminal or a file. Nothing that a message says is read as markup or as a control character."""

    def __init__(self, stream: TextIO | None = None, *, compact: bool = False, width: int | None = None) -> None:
        self._stream = stream
        self._compact = compact
        self._width = width

    def send(self, delivery: Delivery) -> None:
        """Print; a terminal does not say where a message is.

        Raises:
            PermanentError: The stream is closed.
        """
        terminal = Terminal(file=self._stream, width=self._width, highlight=False, markup=False, emoji=False)
        if self._width is None and not terminal.is_terminal:
            terminal.width = _WIDTH_OF_A_FILE
        encoding = terminal.encoding
        try:
            with terminal.capture() as printed:
                terminal.print(rendered(delivery.message, compact=self._compact))
            shown = _BLANK_ENDS.sub("\n", printed.get())
            terminal.file.write(shown.encode(encoding, "replace").decode(encoding))
            terminal.file.flush()
        except (OSError, ValueError) as error:
            raise PermanentError(f"The console cannot be written to: {type(error).__name__}") from error

    def check(self) -> str:
        """Say what it does: there is nobody to ask."""
        return "prints to standard output" if self._stream is None else "prints to a stream"


def rendered(message: Message, *, compact: bool) -> RenderableType:
    """Return what to print: one line when resolved, a few when firing, tables for a digest."""
    if message.kind is MessageKind.RESOLVED:
        return _first_line(message)
    body: list[RenderableType] = [Text(_short(message.sentence, _LONGEST_SENTENCE))]
    if message.kind in {MessageKind.REMINDER, MessageKind.ACKNOWLEDGED} and compact:
        return Group(_first_line(message), *(Padding(part, (0, 0, 0, 3)) for part in body))
    body += _facts(message, compact=compact)
    body += _worst(message, compact=compact)
    body += [] if compact else _links(message)
    body += [_table(table) for table in message.tables]
    return Group(_first_line(message), *(Padding(part, (0, 0, 0, 3)) for part in body))


def _first_line(message: Message) -> Text:
    style = _STYLES[message.severity] if message.kind is MessageKind.FIRING else "bold green"
    where = _short(f"{message.application}/{message.environment}", _LONGEST_NAME)
    words = Text(f"{sign(message)} ")
    words.append(status(message), "bold" if message.kind is MessageKind.DIGEST else style)
    words.append(f" {message.at.astimezone(UTC):%Y-%m-%d %H:%M} {where} · ", "dim")
    return words.append(clipped(subject(message), _LONGEST), "bold")


def _facts(message: Message, *, compact: bool) -> list[RenderableType]:
    few = message.facts[:_MOST_FACTS]
    facts = [(_short(name, _LONGEST_NAME), _short(value, _LONGEST)) for name, value in few]
    if not compact:
        return [Text.assemble((f"{name}: ", "dim"), value) for name, value in facts]
    line = Text(" · ").join(Text.assemble((f"{name} ", "dim"), value) for name, value in facts)
    return [line] if facts else []


def _worst(message: Message, *, compact: bool) -> list[RenderableType]:
    shown = message.worst_traces[: _FEW_TRACES if compact else _MOST_TRACES]
    lines: list[RenderableType] = []
    for trace in shown:
        label = _short(trace.trace_id, 12 if compact else _LONGEST_NAME)
        lines.append(Text.assemble("• ", (label, "dim"), " ", _short(trace.reason, _LONGEST)))
        if trace.url is not None and is_link(trace.url) and not compact:
            lines.append(Padding(Text(trace.url, overflow="fold"), (0, 0, 0, 2)))
    return lines


def _links(message: Message) -> list[RenderableType]:
    shown = [link for link in message.links if is_link(link.url)][:_MOST_LINKS]
    return [
        Text.assemble((f"{_short(link.text, _LONGEST_NAME)}: ", "dim"), link.url, overflow="fold") for link in shown
    ]


def _table(table: Table) -> Grid:
    title = Text(_short(table.title, _LONGEST_NAME))
    grid = Grid(title=title, title_justify="left", box=None, pad_edge=False)
    for name in table.header[:_MOST_COLUMNS]:
        grid.add_column(Text(_short(name, _LONGEST_CELL)))
    for row in table.rows[:_MOST_ROWS]:
        grid.add_row(*(Text(_short(cell, _LONGEST_CELL)) for cell in row[:_MOST_COLUMNS]))
    hidden = len(table.rows) - _MOST_ROWS
    grid.caption = Text(f"… {hidden} more") if hidden > 0 else None
    return grid


def _short(text: str, limit: int) -> str:
    return clipped(one_line(text), limit)
