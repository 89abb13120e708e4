"""Showing tables in Slack: one as a real table, others in fixed-width letters."""

from itertools import islice

from alerts.channels.clean import clipped, one_line
from alerts.channels.slack_markup import escaped
from domain.message import Table

_MOST_ROWS, _MOST_COLUMNS = 100, 20
_LONGEST_CELL, _WIDEST_COLUMN = 200, 30
_LONGEST_TEXT = 2900


def title_block(table: Table) -> dict[str, object]:
    """Return the line above a table."""
    text = f"*{escaped(one_line(table.title), 200) or '-'}*"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def fits(table: Table) -> bool:
    """Tell whether Slack's own table can hold all of *table*."""
    return 0 < len(table.header) <= _MOST_COLUMNS and len(table.rows) < _MOST_ROWS


def table_block(table: Table) -> dict[str, object]:
    """Return Slack's own table; a message may have one."""
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in _rows(table, _LONGEST_CELL)]
    return {"type": "table", "rows": cells}


def preformatted_block(table: Table) -> dict[str, object]:
    """Return *table* in fixed-width letters, with as many rows as there is room for."""
    rows = _rows(table, _WIDEST_COLUMN)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    text = f"```{_shown(['  '.join(cells).rstrip() for cells in padded], len(table.rows) + 1)}```"
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _shown(lines: list[str], total: int) -> str:
    shown: list[str] = []
    room = _LONGEST_TEXT
    for line in lines:
        safe = escaped(line.replace("`", "'"), _LONGEST_TEXT // 2)
        if (room := room - len(safe) - 1) < 0:
            break
        shown.append(safe)
    hidden = total - len(shown)
    return "\n".join([*shown, f"… {hidden} more"] if hidden else shown)


def _rows(table: Table, longest: int) -> list[list[str]]:
    header = table.header[:_MOST_COLUMNS] or ("",)
    rows = [header, *islice(table.rows, _MOST_ROWS - 1)]
    even = ([*row, *[""] * len(header)][: len(header)] for row in rows)
    return [[_cell(text, longest) for text in row] for row in even]


def _cell(text: str, longest: int) -> str:
    return clipped(one_line(text), longest) or "-"
