"""A labelled set of the simulated shop: answers of another week, with what a person would say of each."""

import json
from dataclasses import replace
from pathlib import Path

from adapters.simulated_shop.chance import Chance
from adapters.simulated_shop.conditions import HEALTHY
from adapters.simulated_shop.conversation import Conversations
from adapters.simulated_shop.texts import read_texts
from adapters.simulated_shop.week import SEED

BAD, GOOD = 100, 200
_OFTEN = replace(HEALTHY, invention_rate=0.3, refusal_rate=0.0, launch_rate=0.15)


def labelled_answers(seed: int = SEED, bad: int = BAD, good: int = GOOD) -> list[dict[str, object]]:
    """Return so many bad and good answers, the bad ones first; nothing of the week itself is among them."""
    chance = Chance(seed, "labelled")
    conversations = Conversations(read_texts())
    found: dict[bool, list[dict[str, object]]] = {True: [], False: []}
    while len(found[True]) < bad or len(found[False]) < good:
        said = conversations.next(chance, _OFTEN)
        is_bad = said.invention is not None
        number = len(found[is_bad]) + 1
        if number <= (bad if is_bad else good):
            found[is_bad].append(
                {
                    "id": f"{'bad' if is_bad else 'good'}-{number:03}",
                    "question": said.question,
                    "context": list(said.chunks),
                    "answer": said.answer,
                    "bad": is_bad,
                }
            )
    return [*found[True], *found[False]]


def write_labelled(path: Path, seed: int = SEED) -> Path:
    """Write the labelled set to *path*, a JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(one, ensure_ascii=False) for one in labelled_answers(seed)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
