"""Times that are shorter than a slot: alerts are decided once a slot, and what is over before it nobody sees.

A rule of several applications, shipped or beside them, may name a minute: in a longer slot it takes a slot instead.
Only its window may not be shorter, for then nobody ever looks at the requests between two windows. What an operator
writes for one application means what it says, or is a mistake. A recording is replayed in whatever steps one likes.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from alerts.conditions import BudgetBurn
from alerts.figures import window_words
from alerts.rule import Rule
from flows.never_passes import WINDOWS, Flaw

_TIMES = {"every": "every", "hold": "for", "resolve_after": "resolve_after", "blind_after": "blind_after"}
_NOBODY_LOOKS = "what happens between two such windows nobody looks at"


def find_below_slot(rule: Rule, slot: timedelta) -> Iterable[Flaw]:
    """Yield the times of a rule of one application's own that its *slot* cannot tell from others."""
    for name, written in _TIMES.items():
        length = getattr(rule, name)
        if name not in rule.model_fields_set or not length:
            continue
        if length < slot:
            yield Flaw((written,), f"{window_words(length)} are below {_slot(slot)}")
        elif name == "every" and length % slot:
            yield Flaw((written,), f"{window_words(length)} are no multiple of {_slot(slot)}")
    for name, length in _windows(rule):
        if length < slot:
            yield Flaw(("when", name), f"{window_words(length)} are below {_slot(slot)}: {_NOBODY_LOOKS}")


def short_sighted(rules: Sequence[Rule], slot: timedelta) -> str | None:
    """Say which of *rules* look back less than the *slot* of an application; None if all look back far enough."""
    found = {rule.name: short for rule in rules if (short := min(dict(_windows(rule)).values(), default=slot)) < slot}
    if not found:
        return None
    names = ", ".join(f"{name} {window_words(short)}" for name, short in found.items())
    return f"a slot of {window_words(slot)} is longer than rules look back ({names}): {_NOBODY_LOOKS}"


def _windows(rule: Rule) -> Iterable[tuple[str, timedelta]]:
    for name, length in rule.when:
        if name in WINDOWS and isinstance(length, timedelta):
            yield name, length
    if isinstance(rule.when, BudgetBurn):
        if rule.when.short is None:
            yield "long", rule.when.still
        if rule.when.unless is not None:
            yield "unless", rule.when.unless.over


def _slot(slot: timedelta) -> str:
    return f"the slot of {window_words(slot)} (app.yaml)"
