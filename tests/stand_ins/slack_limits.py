"""What Slack refuses in a message, as its documentation and its users say."""

import json
import re

LONGEST_WHOLE = 13_200
_KINDS = {"header", "section", "context", "table", "divider", "actions", "image"}
_LINK = re.compile(r"<https?://[^\s<>|]+\|[^<>|]+>")
_DATE = re.compile(r"<!date\^\d+\^[^<>|]+\|[^<>|]+>")
_ENTITY = re.compile(r"&(amp|lt|gt);")


def block_errors(blocks: list) -> list[str]:
    """Return places and reasons, in Slack's own form."""
    errors = [] if len(blocks) <= 50 else ["no more than 50 items allowed [json-pointer:/blocks]"]
    if sum(block.get("type") == "table" for block in blocks) > 1:
        errors.append("only one table allowed [json-pointer:/blocks]")
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
    return [text["text"] for text in found if text and text["type"] == "mrkdwn"]


def _errors(block: dict) -> list[tuple[str, str]]:
    kind = block.get("type")
    if kind not in _KINDS:
        return [("/type", "unsupported type")]
    if kind == "header":
        return _text("/text", block["text"], "plain_text", 150)
    if kind == "table":
        return _table(block["rows"])
    if kind == "context":
        found = [("/elements", "bad number")] if not 1 <= len(block["elements"]) <= 10 else []
        return found + [e for n, x in enumerate(block["elements"]) for e in _text(f"/elements/{n}", x, "mrkdwn", 3000)]
    return _section(block)


def _section(block: dict) -> list[tuple[str, str]]:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        return [("", "missing text or fields")]
    found = [] if block.get("text") is None else _text("/text", block["text"], "mrkdwn", 3000)
    if fields is not None and len(fields) > 10:
        found.append(("/fields", "no more than 10 items allowed"))
    return found + [e for n, x in enumerate(fields or ()) for e in _text(f"/fields/{n}", x, "mrkdwn", 2000)]


def _table(rows: list) -> list[tuple[str, str]]:
    found = [("/rows", "no more than 100 items allowed")] if len(rows) > 100 else []
    found += [("/rows", "rows differ in length")] if len({len(row) for row in rows}) != 1 else []
    for number, row in enumerate(rows):
        found += [(f"/rows/{number}", "no more than 20 items allowed")] if not 1 <= len(row) <= 20 else []
        found += [e for cell in row for e in _text(f"/rows/{number}", cell, None, 3000)]
    return found


def _text(where: str, text: dict, kind: str | None, limit: int) -> list[tuple[str, str]]:
    if kind is not None and text["type"] != kind:
        return [(where, f"must be {kind}")]
    length = len(text["text"])
    return [] if 1 <= length <= limit else [(f"{where}/text", f"must be less than {limit + 1} characters")]
