"""Train the weights of the triage judge, and measure how well they order answers of a task they have not seen.

    python -m benchmarks.triage.train --data FOLDER [--dry-run]

Writes `domain/triage/weights.py` and prints the table of the README beside this file. A logistic regression whose
weights may not be negative (each feature can only raise the risk) and are drawn towards each other; each family of
answers has an intercept of its own, so that only the order within a family counts, and weighs the same.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy.optimize import minimize

from benchmarks.triage.sets import Example, read_all
from domain.triage.features import NAMES, measure
from domain.triage.material import read_material
from domain.triage.ordering import auroc

VERSION = "triage/1"
WEIGHTS_FILE = Path(__file__).parents[2] / "domain" / "triage" / "weights.py"
UNTAUGHT = frozenset({"SummEdits", "made-up"})
"""Tasks that are only tested on: one that no lexical feature can see, one on which the rules judge was tuned."""
FAMILY_WEIGHT = 300.0
"""Each family counts like this many answers, however many it has."""
TOGETHER = 300.0
"""How strongly weights are drawn to their mean; 0, 30, 300 and 3000 are compared by `print_variants`."""
SMALL = 1.0
"""How strongly they are drawn to zero: enough to keep them finite."""
RESAMPLES = 500
Fit = tuple[np.ndarray, float]


class Table:
    """The measured features of all examples."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.families = list(dict.fromkeys(example.family for example in examples))
        self.task_of = MappingProxyType({example.family: example.task for example in examples})
        self.family = np.array([example.family for example in examples])
        self.task = np.array([example.task for example in examples])
        self.source = np.array([example.source for example in examples])
        self.wrong = np.array([example.wrong for example in examples])
        self.x = np.array([_values(example) for example in examples])
        taught = ~np.isin(self.task, list(UNTAUGHT))
        self.mean, self.scale = self.x[taught].mean(axis=0), self.x[taught].std(axis=0)
        self.z = (self.x - self.mean) / self.scale


def _values(example: Example) -> tuple[float, ...]:
    material = read_material(example.question, example.context)
    if material is None:
        raise ValueError(f"an example of {example.family} has no context")
    return measure(example.answer, material).values()


def fit(table: Table, rows: np.ndarray, together: float = TOGETHER) -> Fit:
    """Return the weights of the standardised features and the mean intercept, from the *rows* that are true."""
    families, member = np.unique(table.family[rows], return_inverse=True)
    z, wrong = table.z[rows], table.wrong[rows]
    weight = FAMILY_WEIGHT / np.bincount(member)[member]
    columns = np.hstack([z, np.eye(len(families))[member]])
    k = z.shape[1]

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        odds = columns @ theta
        apart = theta[:k] - theta[:k].mean()
        penalty = together * apart @ apart + SMALL * theta[:k] @ theta[:k]
        value = weight @ (np.logaddexp(0, odds) - wrong * odds) + penalty
        slope = columns.T @ (weight * (1 / (1 + np.exp(-odds)) - wrong))
        slope[:k] += 2 * together * apart + 2 * SMALL * theta[:k]
        return float(value), slope

    bounds = [(0.0, None)] * k + [(None, None)] * len(families)
    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:k], float(found.x[k:].mean())


def taught(table: Table, *, without: Callable[[str], bool]) -> np.ndarray:
    """Return the rows that may be learned from when tasks for which *without* is true are left out."""
    return np.array([task not in UNTAUGHT and not without(task) for task in table.task])


def interval(scores: np.ndarray, wrong: np.ndarray, source: np.ndarray) -> tuple[float, float]:
    """Return the 95 % interval of the AUROC by drawing sources, not answers, again and again."""
    rng = np.random.default_rng(11)
    _, member = np.unique(source, return_inverse=True)
    rows = np.split(np.argsort(member, kind="stable"), np.cumsum(np.bincount(member))[:-1])
    areas = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([rows[one] for one in rng.integers(0, len(rows), len(rows))])
        areas.append(auroc(list(scores[drawn]), list(wrong[drawn])) or 0.5)
    low, high = np.quantile(areas, (0.025, 0.975))
    return float(low), float(high)


def area(table: Table, family: str, scores: np.ndarray) -> float:
    here = table.family == family
    return auroc(list(scores[here]), list(table.wrong[here])) or 0.5


def unseen(table: Table, family: str, together: float = TOGETHER) -> np.ndarray:
    """Return the scores of everything by weights that have not seen the task of *family*."""
    weights, _ = fit(table, taught(table, without=lambda task: task == table.task_of[family]), together)
    return np.asarray(table.z @ weights)


def within(table: Table, family: str) -> float:
    """Return the AUROC within *family* of weights that are fitted on it alone, five folds split by source."""
    here = np.flatnonzero(table.family == family)
    _, member = np.unique(table.source[here], return_inverse=True)
    fold = np.random.default_rng(3).permutation(int(member.max()) + 1)[member] % 5
    scores = np.zeros(len(table.z))
    for held in range(5):
        rows = np.zeros(len(table.z), dtype=bool)
        rows[here[fold != held]] = True
        weights, intercept = fit(table, rows)
        scores[here[fold == held]] = table.z[here[fold == held]] @ weights + intercept
    return area(table, family, scores)


def first_three_tenths(scores: np.ndarray, wrong: np.ndarray) -> float:
    """Return the share of the wrong answers among the three tenths with the highest score."""
    first = np.argsort(-scores, kind="stable")[: round(0.3 * len(scores))]
    return float(wrong[first].sum() / wrong.sum())


def print_results(table: Table) -> None:
    print("| family | n | wrong | AUROC, task unseen | 95 % | wrong in first 30 % | family alone | new words alone |")
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    for family in table.families:
        here = table.family == family
        scores, wrong = unseen(table, family), table.wrong[here]
        low, high = interval(scores[here], wrong, table.source[here])
        cells = [f"{here.sum():,}", f"{wrong.mean():.0%}", f"{area(table, family, scores):.3f}"]
        cells += [f"{low:.3f} to {high:.3f}", f"{first_three_tenths(scores[here], wrong):.0%}"]
        cells += [f"{within(table, family):.3f}", f"{area(table, family, table.x[:, 0]):.3f}"]
        print(f"| {family} | {' | '.join(cells)} |")


def print_variants(table: Table) -> None:
    """Say what other choices would have made of the families that are learned from."""
    known = [family for family in table.families if table.task_of[family] not in UNTAUGHT]
    for together in (0.0, 30.0, 300.0, 3000.0):
        mean = np.mean([area(table, family, unseen(table, family, together)) for family in known])
        print(f"drawn together with {together:g}: mean AUROC {mean:.4f}, task unseen")
    print(f"all weights equal: mean AUROC {np.mean([area(table, one, table.z.sum(axis=1)) for one in known]):.4f}")
    alien = table.z @ fit(table, taught(table, without=lambda task: task.startswith("RAGTruth")))[0]
    print(f"nothing of RAGTruth seen: mean AUROC {np.mean([area(table, one, alien) for one in known]):.4f}")
    for place, name in enumerate(NAMES):
        rest = table.z.sum(axis=1) - table.z[:, place]
        print(f"all weights equal, without {name}: {np.mean([area(table, one, rest) for one in known]):.4f}")


def written(table: Table, fitted: Fit) -> str:
    weights, intercept = fitted
    typical = "".join(f'    "{name}": {value:.6f},\n' for name, value in zip(NAMES, table.mean, strict=True))
    weighed = "".join(f'    "{name}": {value:.6f},\n' for name, value in zip(NAMES, weights / table.scale, strict=True))
    rows = taught(table, without=lambda _: False)
    return f'''"""The weights of the triage judge. Written by `python -m benchmarks.triage.train`; do not edit."""

VERSION = "{VERSION}"
"""Risks of another version are not comparable."""
TRAINED_ON = {int(rows.sum())}
"""Labelled answers, of {len(np.unique(table.family[rows]))} families; none of them question answering."""
INTERCEPT = {intercept:.6f}
"""The log odds of the risk of a typical answer; no rate follows from it."""
TYPICAL = {{
{typical}}}
"""The mean of each feature."""
WEIGHTS = {{
{weighed}}}
"""What one unit of a feature adds to the log odds; none is negative, so nothing that is missing lowers the risk."""
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with the sets, see the README")
    parser.add_argument("--dry-run", action="store_true", help="print the table, write nothing")
    chosen = parser.parse_args()
    table = Table(read_all(chosen.data))
    fitted = fit(table, taught(table, without=lambda _: False))
    if not chosen.dry_run:
        WEIGHTS_FILE.write_text(written(table, fitted), encoding="utf-8")
    print_results(table)
    print_variants(table)
    print(", ".join(f"{name} {weight:.3f}" for name, weight in zip(NAMES, fitted[0], strict=True)))


if __name__ == "__main__":
    main()
