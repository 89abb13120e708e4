"""Leaving a table in the Prefect UI, which reads every cell as Markdown: texts from strangers stay texts there."""

import re
from collections.abc import Mapping, Sequence

from prefect.artifacts import acreate_table_artifact

from alerts.channels.clean import clipped, is_link, one_line

_MARKS = re.compile(r"[\\`*\[\]<>|~#]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"^([-+=]|\d+[.)])")
_SCHEME = re.compile(r"(?<=\w):(?=//)|(?<=www)\.|(?<=\w)@(?=\w)", re.IGNORECASE)
_LONGEST = 1000


async def leave_table(key: str, table: Sequence[Mapping[str, object]], description: str) -> None:
    """Leave *table* under *key*; a cell that is nothing but a web address stays a link."""
    rows = [{name: cell(value) for name, value in row.items()} for row in table]
    await acreate_table_artifact(key=key, table=rows, description=description)


def cell(value: object) -> object:
    r"""Return what shows as *value* in a table of the Prefect UI: no list, no link, no picture, no heading.

    >>> cell("-"), cell("5 % of 3_4 *all* [x](http://a.example)"), cell(7), cell("https://a.example/t/1")
    ('\\-', '5 % of 3_4 \\*all\\* \\[x\\](http:\u200b//a.example)', 7, 'https://a.example/t/1')
    """
    if not isinstance(value, str) or is_link(value):
        return value
    plain = _MARKS.sub(r"\\\g<0>", clipped(one_line(value), _LONGEST))
    plain = _SCHEME.sub("\\g<0>\u200b", plain)  # what is no link any more still reads the same
    return _BLOCK.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", plain)
