"""What Slack refuses in a message, as its documentation and its users say."""

import json
import math
import re

LONGEST_WHOLE = 13_200
CHART = "data_visualization"
_KINDS = {"header", "section", "context", "table", "divider", "actions", "image", CHART}
_LINK = re.compile(r"<https?://[^\s<>|]+\|[^<>|]+>")
_DATE = re.compile(r"<!date\^\d+\^[^<>|]+\|[^<>|]+>")
_ENTITY = re.compile(r"&(amp|lt|gt);")


def block_errors(blocks: list) -> list[str]:
    """Return places and reasons, in Slack's own form."""
    errors = [] if len(blocks) <= 50 else ["no more than 50 items allowed [json-pointer:/blocks]"]
    if sum(block.get("type") == "table" for block in blocks) > 1:
        errors.append("only one table allowed [json-pointer:/blocks]")
    if sum(block.get("type") == CHART for block in blocks) > 2:
        errors.append("no more than two charts allowed [json-pointer:/blocks]")
    ids = [element.get("action_id") for block in blocks for element in block.get("elements", ())]
    if len(named := [one for one in ids if one is not None]) != len(set(named)):
        errors.append("action_id is used twice [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        errors += [f"[ERROR] {what} [json-pointer:/blocks/{number}{where}]" for where, what in _errors(block)]
    return errors


def is_too_long(blocks: list) -> bool:
    return len(json.dumps(blocks, ensure_ascii=False)) > LONGEST_WHOLE


def markup_left(text: str) -> str:
    """Return what Slack would still read as markup after links with a label, dates and entities are taken away."""
    rest = _ENTITY.sub("", _DATE.sub("", _LINK.sub("", text)))
    return "".join(character for character in rest if character in "<>&")


def texts(blocks: list) -> list[str]:
    """Return every text in blocks that Slack reads as markup."""
    found = [block.get("text") for block in blocks if block["type"] == "section"]
    found += [field for block in blocks for field in block.get("fields", ())]
    found += [element for block in blocks for element in block.get("elements", ())]
    return [text["text"] for text in found if text and text.get("type") == "mrkdwn"]


def chart_texts(blocks: list) -> list[str]:
    """Return every text of charts: nobody says how Slack reads them."""
    charts = [block for block in blocks if block["type"] == CHART]
    return [words for one in charts for words in (one["title"], *_axis_texts(one["chart"]["axis_config"]))]


def _axis_texts(axis: dict) -> list[str]:
    return [axis.get("x_label", ""), axis.get("y_label", ""), *axis["categories"]]


def _errors(block: dict) -> list[tuple[str, str]]:
    kind = block.get("type")
    if kind not in _KINDS:
        return [("/type", "unsupported type")]
    shapes = {"header": _header, "table": _table, CHART: _chart, "actions": _actions, "context": _context}
    return shapes.get(kind, _section)(block)


def _header(block: dict) -> list[tuple[str, str]]:
    return _text("/text", block["text"], "plain_text", 150)


def _actions(block: dict) -> list[tuple[str, str]]:
    found = [("/elements", "bad number")] if not 1 <= len(block["elements"]) <= 25 else []
    return found + [e for n, x in enumerate(block["elements"]) for e in _button(f"/elements/{n}", x)]


def _context(block: dict) -> list[tuple[str, str]]:
    found = [("/elements", "bad number")] if not 1 <= len(block["elements"]) <= 10 else []
    return found + [e for n, x in enumerate(block["elements"]) for e in _text(f"/elements/{n}", x, "mrkdwn", 3000)]


def _section(block: dict) -> list[tuple[str, str]]:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        return [("", "missing text or fields")]
    found = [] if block.get("text") is None else _text("/text", block["text"], "mrkdwn", 3000)
    if fields is not None and len(fields) > 10:
        found.append(("/fields", "no more than 10 items allowed"))
    return found + [e for n, x in enumerate(fields or ()) for e in _text(f"/fields/{n}", x, "mrkdwn", 2000)]


def _table(block: dict) -> list[tuple[str, str]]:
    rows = block["rows"]
    found = [("/rows", "no more than 100 items allowed")] if len(rows) > 100 else []
    found += [("/rows", "rows differ in length")] if len({len(row) for row in rows}) != 1 else []
    for number, row in enumerate(rows):
        found += [(f"/rows/{number}", "no more than 20 items allowed")] if not 1 <= len(row) <= 20 else []
        found += [e for cell in row for e in _text(f"/rows/{number}", cell, None, 3000)]
    return found


def _button(where: str, button: dict) -> list[tuple[str, str]]:
    found = _text(f"{where}/text", button["text"], "plain_text", 75)
    for name, limit in (("action_id", 255), ("value", 2000), ("url", 3000)):
        if name in button and not 1 <= len(button[name]) <= limit:
            found.append((f"{where}/{name}", f"must be 1 to {limit} characters"))
    return found


def _chart(block: dict) -> list[tuple[str, str]]:
    """https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block"""
    series, axis = block["chart"]["series"], block["chart"]["axis_config"]
    words = [(f"/title {block['title']}", block["title"], 50)]
    words += [(f"/axis_config/{name}", axis[name], 50) for name in ("x_label", "y_label") if name in axis]
    words += [("/axis_config/categories", label, 20) for label in axis["categories"]]
    words += [("/series", one["name"], 20) for one in series]
    found = [(where, f"must be 1 to {limit} characters") for where, text, limit in words if not 1 <= len(text) <= limit]
    found += [] if block["chart"]["type"] in {"line", "bar", "area"} else [("/chart/type", "unsupported type")]
    found += [] if 1 <= len(series) <= 6 else [("/series", "1 to 6 series allowed")]
    found += [] if len({one["name"] for one in series}) == len(series) else [("/series", "names must be unique")]
    found += [] if len(set(axis["categories"])) == len(axis["categories"]) else [("/categories", "must be unique")]
    for number, one in enumerate(series):
        where, labels = f"/chart/series/{number}", [point["label"] for point in one["data"]]
        found += [] if 1 <= len(labels) <= 20 else [(where, "1 to 20 points allowed")]
        found += [] if labels == axis["categories"] else [(where, "labels must match the categories")]
        found += [(where, "must be a number") for point in one["data"] if not _is_number(point["value"])]
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(where: str, text: dict, kind: str | None, limit: int) -> list[tuple[str, str]]:
    if kind is not None and text["type"] != kind:
        return [(where, f"must be {kind}")]
    length = len(text["text"])
    return [] if 1 <= length <= limit else [(f"{where}/text", f"must be less than {limit + 1} characters")]
