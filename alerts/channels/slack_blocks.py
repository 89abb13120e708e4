"""Writing a message in Slack's blocks, within Slack's limits whatever the message says.

A page reads: header, sentence, facts, what changed just before, worst traces, chart, links, tables, the button, and
where it comes from. A change of what serves is a small message without a header.

https://docs.slack.dev/reference/block-kit/blocks gives the limits, except that of a whole message, which
Slack enforces at about 13 200 characters (`msg_blocks_too_long`).
"""

from dataclasses import replace
from json import dumps

from alerts.channels.clean import clipped, is_link, one_line
from alerts.channels.headline import headline, sign, subject
from alerts.channels.slack_button import button_block
from alerts.channels.slack_chart import chart_block
from alerts.channels.slack_markup import escaped, linked, moment, quoted
from alerts.channels.slack_tables import fits, preformatted_block, table_block, title_block
from domain.duration import spell_duration
from domain.message import Message, MessageKind, WorstTrace

_MOST_BLOCKS, _ROOM = 50, 12_000
_LONGEST_HEADER, _LONGEST_TEXT, _LONGEST_SENTENCE, _LONGEST_LINE = 150, 4000, 2000, 500
_MOST_FACTS, _LONGEST_FACT_NAME, _LONGEST_FACT = 10, 100, 300
_MOST_CHANGES, _LONGEST_CHANGE = 5, 300
_MOST_TRACES, _LONGEST_REASON, _LONGEST_TRACE_LINK = 5, 250, 320  # together one section of 3000
_MOST_LINKS, _LONGEST_LINK = 5, 550

Block = dict[str, object]


def text(message: Message) -> str:
    """Return the message in plain words: for notifications, and for readers without blocks."""
    return escaped(f"{headline(message)} - {one_line(message.sentence)}", _LONGEST_TEXT)


def line(message: Message) -> str:
    """Return the message in one short line, for the thread under the message itself."""
    return escaped(f"{headline(message)} - {one_line(message.sentence)}", _LONGEST_LINE)


def layouts(message: Message, *, button: bool = False) -> list[list[Block]]:
    """Return the ways to lay a message out, the best first: without a chart where Slack knows none, then no blocks."""
    plain = [] if message.chart is None else [blocks(replace(message, chart=None), button=button)]
    return [blocks(message, button=button), *plain, []]


def line_layouts(message: Message, *, button: bool = False) -> list[list[Block]]:
    """Return the ways to lay out the short line: with the button, if there is one, then as words."""
    action = button_block(message) if button else None
    return [[_section(line(message)), action], []] if action else [[]]


def blocks(message: Message, *, button: bool = False) -> list[Block]:
    """Return the blocks of *message*, the most important first; those that do not fit are left out.

    Args:
        button: Somebody listens, so that the incident can be taken here.
    """
    last = [*(_button(message) if button else []), _context(message)]
    if message.kind is MessageKind.CHANGE:
        return [_change(message), *last]
    parts = [
        _header(message),
        _section(escaped(one_line(message.sentence), _LONGEST_SENTENCE)),
        *_facts(message),
        *_changes(message),
        *_worst(message),
        *_chart(message),
        *_links(message),
        *_tables(message),
    ]
    return [*_fitted(parts, last), *last]


def _header(message: Message) -> Block:
    words = clipped(headline(message), _LONGEST_HEADER)
    return {"type": "header", "text": {"type": "plain_text", "text": words, "emoji": True}}


def _facts(message: Message) -> list[Block]:
    fields = [
        _words(f"*{escaped(one_line(name), _LONGEST_FACT_NAME)}*\n{escaped(value, _LONGEST_FACT)}")
        for name, value in message.facts[:_MOST_FACTS]
    ]
    return [{"type": "section", "fields": fields}] if fields else []


def _changes(message: Message) -> list[Block]:
    said = [escaped(one_line(change), _LONGEST_CHANGE) for change in message.changes]
    lines = [f"• {words}" for words in said[:_MOST_CHANGES]]
    more = [f"… {len(said) - _MOST_CHANGES} more"] if len(said) > _MOST_CHANGES else []
    return [_section("\n".join(["*Changed just before*", *lines, *more]))] if lines else []


def _worst(message: Message) -> list[Block]:
    lines = [_trace(trace) for trace in message.worst_traces[:_MOST_TRACES]]
    return [_section("\n".join(["*Worst traces*", *lines]))] if lines else []


def _trace(trace: WorstTrace) -> str:
    label = clipped(one_line(trace.trace_id), 12)
    where = linked(trace.url, label)
    shown = where if len(where) <= _LONGEST_TRACE_LINK else quoted(label, 80)
    return f"• {shown} {quoted(trace.reason, _LONGEST_REASON)}"


def _links(message: Message) -> list[Block]:
    """Links and not buttons: Slack warns whoever presses a button of an app that does not listen."""
    shown = [linked(link.url, link.text) for link in message.links if is_link(link.url)]
    short = [words for words in shown if len(words) <= _LONGEST_LINK]
    return [_section(" · ".join(short[:_MOST_LINKS]))] if short else []


def _chart(message: Message) -> list[Block]:
    block = chart_block(message.chart) if message.chart else None
    return [block] if block else []


def _button(message: Message) -> list[Block]:
    block = button_block(message)
    return [block] if block else []


def _change(message: Message) -> Block:
    words = escaped(f"{sign(message)} {subject(message)}", _LONGEST_HEADER)
    return _section(f"*{words}*\n{escaped(one_line(message.sentence), _LONGEST_SENTENCE)}")


def _context(message: Message) -> Block:
    since = f" · {_time(message)}" if message.since else ""
    where = f"{quoted(message.application, 80)} · {quoted(message.environment, 80)} · {quoted(message.rule, 80)}"
    return {"type": "context", "elements": [_words(f"{where}{since} · {quoted(message.key, 300)}")]}


def _time(message: Message) -> str:
    """Return since when it goes on, or from when to when it went on."""
    began = message.since or message.at
    if message.kind is not MessageKind.RESOLVED:
        return f"since {moment(began)}"
    return f"{moment(began)} → {moment(message.at)} ({spell_duration(message.at - began)})"


def _tables(message: Message) -> list[Block]:
    """Show the first table that fits as Slack's own, of which a message may have one, and others as text."""
    found: list[Block] = []
    own = False
    for table in message.tables:
        native = table_block(table) if fits(table) and not own else None
        native = native if native and _size(native) <= _ROOM // 2 else None
        own = own or native is not None
        found += [title_block(table), native or preformatted_block(table)]
    return found


def _section(words: str) -> Block:
    return {"type": "section", "text": _words(words or "-")}


def _words(words: str) -> Block:
    return {"type": "mrkdwn", "text": words, "verbatim": True}


def _fitted(parts: list[Block], last: list[Block]) -> list[Block]:
    """Return those of *parts* for which there is room when *last* follows."""
    kept: list[Block] = []
    room = _ROOM - sum(map(_size, last))
    for block in parts:
        if _size(block) <= room and len(kept) + len(last) < _MOST_BLOCKS:
            kept.append(block)
            room -= _size(block)
    return kept


def _size(block: Block) -> int:
    return len(dumps(block, ensure_ascii=False)) + 2
