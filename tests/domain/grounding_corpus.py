"""The answers of a made-up support bot, and what is true about each.

One JSON object per line: app, question, context (passages), answer, hallucinated (null where nobody knows),
kind (how it is wrong, or `grounded`, `refusal`, `fallback`), refusal. Shop, products and people are invented.
"""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "grounding" / "support-bot-answers.jsonl.gz"


@dataclass(frozen=True)
class Row:
    """One answer and the truth about it."""

    app: str
    question: str
    context: list[str]
    answer: str
    hallucinated: bool | None
    kind: str
    refusal: bool


def _read() -> tuple[Row, ...]:
    with gzip.open(_FILE, "rt", encoding="utf-8") as lines:
        return tuple(Row(**json.loads(line)) for line in lines)


CORPUS = _read()
