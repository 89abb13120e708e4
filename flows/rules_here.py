"""Which rules are in force for one application, and what in them does not fit it.

What an operator writes for this application must fit it, all of it. Rules of several applications, shipped or beside
them, are left out where they do not apply, and what is odd about them here is a warning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.yaml_files import position_of
from alerts.rule import Rule
from flows.never_applies import Here, find_unknowable, why_not_here
from flows.never_enough import why_too_few
from flows.never_fires import find_burns_out_of_reach
from flows.never_passes import Flaw
from flows.never_seen import find_below_slot, short_sighted
from flows.rule_files import Place, WrittenRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesHere:
    """The rules of one application.

    Attributes:
        shipped: Those of them that no operator wrote.
        mistakes, warnings: One line each, with file, line and column.
    """

    rules: Sequence[Rule]
    shipped: Sequence[Rule]
    mistakes: Sequence[str]
    warnings: Sequence[str]


def fit_rules(written: WrittenRules, here: Here, *, own: Path, app: Path) -> RulesHere:
    """Return what of *written* applies to the application whose files are *own* and *app*."""
    applying = [rule for rule in written.rules.values() if why_not_here(rule, here) is None]
    of_others = [rule for rule in applying if not _is_of(own, written.places.get(rule.name))]
    return RulesHere(
        rules=applying,
        shipped=[rule for rule in applying if rule.name not in written.places],
        mistakes=list(_mistakes(written.rules, written.places, here, own)),
        warnings=list(_warnings(of_others, here, app)),
    )


def _mistakes(rules: Mapping[str, Rule], places: Mapping[str, Place], here: Here, own: Path) -> Iterable[str]:
    for name, place in places.items():
        flaws = [*find_burns_out_of_reach(rules[name], here.objectives)]
        if _is_of(own, place):
            flaws += _flaws_of_own(rules[name], here)
        yield from (place.mistake(flaw) for flaw in flaws)


def _flaws_of_own(rule: Rule, here: Here) -> Iterable[Flaw]:
    yield from filter(None, (why_not_here(rule, here), why_too_few(rule, here)))
    yield from find_unknowable(rule, here)
    yield from find_below_slot(rule, here.slot)


def _warnings(rules: Sequence[Rule], here: Here, app: Path) -> Iterable[str]:
    if not here.is_recording and (words := short_sighted(rules, here.slot)):
        yield f"{position_of(app, ('slot',))}: warning: slot: {words}"
    for rule in rules:
        if flaw := why_too_few(rule, here):
            key = "expected_requests_a_day"
            yield f"{position_of(app, (key,))}: warning: {key}: the rule {rule.name!r}: {flaw.words}"


def _is_of(own: Path, place: Place | None) -> bool:
    return place is not None and place.path == own
