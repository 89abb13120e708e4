"""Rules that silence each other, or that say the same twice: what only all rules together show."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from alerts.rule import Rule
from flows.never_passes import Flaw


def find_unknown_inhibitors(rule: Rule, names: Collection[str]) -> Iterable[Flaw]:
    """Yield each name under `inhibited_by` that is none of *names*."""
    for position, name in enumerate(rule.inhibited_by):
        if name not in names:
            there = ", ".join(sorted(names))
            yield Flaw(("inhibited_by", position), f"there is no rule {name!r}; there are {there}")


def find_rings(rules: Mapping[str, Rule]) -> Iterable[tuple[str, ...]]:
    """Yield each ring of rules of which every one keeps quiet while the next fires, named from its last rule on.

    Where all of them fire nobody is told anything.
    """
    seen: set[frozenset[str]] = set()
    for name in reversed(list(rules)):
        ring = _ring(name, rules)
        if ring and frozenset(ring) not in seen:
            seen.add(frozenset(ring))
            yield ring


def find_twin(rule: Rule, others: Iterable[Rule]) -> Flaw | None:
    """Return that one of *others* asks the same at the same severity: people would be told of one thing twice."""
    for other in others:
        if other.name != rule.name and (other.when, other.severity) == (rule.when, rule.severity):
            same = f"asks the same as the rule {other.name!r}, for the same {rule.severity}"
            return Flaw(("when",), f"{same}: people would be told twice")
    return None


def ring_words(ring: Sequence[str]) -> str:
    """Say what is wrong with a ring."""
    pairs = ", ".join(f"{name!r} keeps quiet for {other!r}" for name, other in pairwise((*ring, ring[0])))
    return f"{pairs}: where all of them fire, nobody would be told"


def _ring(start: str, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """Return the shortest way from a rule back to itself, or nothing."""
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen: set[str] = set()
    while ways:
        way = ways.popleft()
        for name in rules[way[-1]].inhibited_by:
            if name == start:
                return way
            if name in rules and name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
