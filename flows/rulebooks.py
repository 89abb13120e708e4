"""By what an application's alerts are decided, live and in a backtest."""

from collections.abc import Sequence

from alerts.engine import Rulebook
from alerts.rule import Rule
from flows.configuration import Configured


def rulebook(configured: Configured) -> Rulebook:
    """Return what its slots are decided by: all rules but those about Goodput itself."""
    return _of(configured, [rule for rule in configured.rules if not rule.watches_goodput])


def watcher_rulebook(configured: Configured) -> Rulebook:
    """Return what is decided by at every run, whatever becomes of the source: the rules about Goodput itself."""
    return _of(configured, [rule for rule in configured.rules if rule.watches_goodput])


def _of(configured: Configured, rules: Sequence[Rule]) -> Rulebook:
    file = configured.file
    return Rulebook(rules=rules, routes=file.routing, policy=file.telling, slot_length=file.slot)
