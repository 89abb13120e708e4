"""How many answers a second one core triages, against the rules judge on the same answers in the same run.

    python -m benchmarks.triage.speed [--data FOLDER]

CPU time of one thread, median of the repeats, which take turns. The made-up answers of the tests; with the folder of
public sets also RAGTruth's summaries, whose context is a news article.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.triage.sets import Example, read_all
from domain.grounding import ground
from domain.triage import triage_risk
from tests.domain.grounding_corpus import CORPUS

REPEATS = 5
Judge = Callable[[str, Sequence[str], str], object]


def rules(question: str, context: Sequence[str], answer: str) -> object:
    return ground(answer, context, question)


JUDGES: dict[str, Judge] = {"triage, `triage_risk`": triage_risk, "rules judge, `domain.grounding.ground`": rules}


def cpu_s(judge: Judge, examples: Sequence[Example]) -> float:
    began = time.process_time()
    for example in examples:
        judge(example.question, example.context, example.answer)
    return time.process_time() - began


def made_up() -> list[Example]:
    found = [row for row in CORPUS if row.context and row.answer.strip()]
    return [Example("made-up", "", "", row.question, tuple(row.context), row.answer, wrong=False) for row in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder with the sets, see the README")
    chosen = parser.parse_args()
    corpora = {"made-up support bot": made_up()}
    if chosen.data:
        corpora |= {
            family: [example for example in read_all(chosen.data) if example.family == family]
            for family in ("RAGTruth summary", "WiCE")
        }
    print("| answers | n | words of context, median | judge | answers/s | time against triage |")
    print("| --- | ---: | ---: | --- | ---: | ---: |")
    for name, examples in corpora.items():
        length = statistics.median(len(" ".join(example.context).split()) for example in examples)
        turns = [[cpu_s(judge, examples) for judge in JUDGES.values()] for _ in range(REPEATS)]
        times = [statistics.median(column) for column in zip(*turns, strict=True)]
        for judge, seconds in zip(JUDGES, times, strict=True):
            row = f"{len(examples)} | {length:g} | {judge} | {len(examples) / seconds:,.0f} | {seconds / times[0]:.1f}"
            print(f"| {name} | {row} |")


if __name__ == "__main__":
    main()
