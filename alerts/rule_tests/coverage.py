"""Which rules a set of tests has seen to fire, and to keep quiet for a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.rule_tests.story import Story
from domain.alerting import State


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is expected of the rules, by all tests together."""

    fires: frozenset[str]
    keeps_quiet: frozenset[str]

    @classmethod
    def of(cls, stories: Iterable[Story]) -> "Coverage":
        """Return what *stories* expect: a rule keeps quiet where it never fires, and a test says why."""
        fires: set[str] = set()
        quiet: set[str] = set()
        for story in stories:
            fired = {one.rule for one in story.expect if one.rule and one.becomes is State.FIRING}
            fires |= fired
            quiet |= {one.rule for one in story.expect if one.rule and one.shows_quiet} - fired
        return cls(frozenset(fires), frozenset(quiet))

    def gaps(self, rules: Iterable[str]) -> Mapping[str, list[str]]:
        """Return which of *rules* are never seen to fire, or to keep quiet."""
        names = list(rules)
        missing = {
            "seen to fire": [name for name in names if name not in self.fires],
            "seen to keep quiet": [name for name in names if name not in self.keeps_quiet],
        }
        return {what: without for what, without in missing.items() if without}
