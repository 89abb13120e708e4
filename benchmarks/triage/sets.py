"""Reading the public sets of labelled answers; the README beside this file says where to get them."""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domain.claims import sentences
from tests.domain.grounding_corpus import CORPUS

CUTS = 2
"""Beginnings taken of each RAGTruth answer."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled answer.

    Attributes:
        task: Left out as a whole when one of its families is tested.
        source: The document it is about; answers about the same one stay together.
        spans: Where it is wrong, if that is known.
    """

    family: str
    task: str
    source: str
    question: str
    context: tuple[str, ...]
    answer: str
    wrong: bool
    spans: tuple[tuple[int, int], ...] = ()


def read_all(folder: Path) -> list[Example]:
    """Return the examples of all families, in the order of the table."""
    summaries, data_to_text = list(_ragtruth(folder, "summary")), list(_ragtruth(folder, "data2txt"))
    return [
        *summaries,
        *_beginnings(summaries),
        *data_to_text,
        *_beginnings(data_to_text),
        *_begin(folder),
        *_wice(folder),
        *_summedits(folder, "samsum"),
        *_summedits(folder, "scitldr"),
        *_support_bot(),
    ]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _ragtruth(folder: Path, task: str) -> Iterator[Example]:
    for row in _lines(folder / "ragtruth" / f"ragtruth_{task}.jsonl"):
        source = row["source"] if isinstance(row["source"], str) else json.dumps(row["source"], ensure_ascii=False)
        for made in row["responses"]:
            spans = tuple((label["start"], label["end"]) for label in made["labels"])
            yield Example(
                family=f"RAGTruth {task}",
                task=f"RAGTruth {task}",
                source=str(row["source_id"]),
                question="",
                context=(source,),
                answer=made["response"],
                wrong=bool(spans),
                spans=spans,
            )


def _beginnings(examples: list[Example]) -> Iterator[Example]:
    """Cut answers after a random sentence, so that length varies as it does where nobody prescribes it."""
    rng = random.Random(7)
    for example in examples:
        parts = sentences(example.answer)
        for _ in range(CUTS):
            end = 0
            for part in parts[: rng.randrange(len(parts)) + 1]:
                found = example.answer.find(part, end)
                end = max(found, end) + len(part)
            wrong = any(start < end for start, _ in example.spans)
            yield replace(example, family=f"{example.family}, cut", answer=example.answer[:end], wrong=wrong)


def _begin(folder: Path) -> Iterator[Example]:
    for part in ("dev", "test"):
        with (folder / "begin-wow" / f"begin_{part}_wow.tsv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["begin_label"] in {"Fully attributable", "Not fully attributable"}:
                    yield Example(
                        family="BEGIN",
                        task="BEGIN",
                        source=row["knowledge"],
                        question=row["message"],
                        context=(row["knowledge"],),
                        answer=row["response"],
                        wrong=row["begin_label"] == "Not fully attributable",
                    )


def _wice(folder: Path) -> Iterator[Example]:
    for part in ("dev", "test"):
        for row in _lines(folder / "wice" / "entailment_retrieval" / "claim" / f"{part}.jsonl"):
            title = row["meta"]["claim_title"]
            yield Example(
                family="WiCE",
                task="WiCE",
                source=title,
                question=title,
                context=("\n".join(row["evidence"]),),
                answer=row["claim"],
                wrong=row["label"] != "supported",
            )


def _summedits(folder: Path, domain: str) -> Iterator[Example]:
    for row in json.loads((folder / "summedits" / f"summedits_{domain}.json").read_text(encoding="utf-8")):
        yield Example(
            family=f"SummEdits {domain}",
            task="SummEdits",
            source=row["doc"],
            question="",
            context=(row["doc"],),
            answer=row["summary"],
            wrong=row["label"] == 0,
        )


def _support_bot() -> Iterator[Example]:
    for number, row in enumerate(CORPUS):
        if row.hallucinated is not None and row.context and row.answer.strip():
            yield Example(
                family=f"made-up {row.app}",
                task="made-up",
                source=str(number),
                question=row.question,
                context=tuple(row.context),
                answer=row.answer,
                wrong=row.hallucinated,
            )
