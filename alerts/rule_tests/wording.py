"""The words of tests that failed: what was so instead, and how it came to that."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from alerts.rule_tests.moments import spell_offset
from alerts.rule_tests.record import Record, Telling
from alerts.rule_tests.story import Story
from alerts.words import about
from domain.alerting import Evaluation, State
from domain.measurement import Labels
from domain.measurement import labels as in_order

MOST_LINES = 12
_LONGEST = 140
_QUIET = "quiet"  # what the engine says where there is nothing to tell


def moment(story: Story, slot: datetime) -> str:
    """Return a slot as the test's file and as a clock says it: `at 6m (12:06)`."""
    clock = f"{slot:%H:%M}" if slot.date() == story.start.date() else f"{slot:%a %-d %b %H:%M}"
    return f"at {spell_offset(story.offset_of(slot))} ({clock})"


def of_alert(rule: str, labels: Labels | Mapping[str, str]) -> str:
    """Return the name of an alert."""
    return f"{rule}{about(in_order(dict(labels)))}"


def said_words(states: Collection[State], said: Sequence[Evaluation]) -> str:
    """Say how alerts stood, and what their condition said."""
    if not said:
        return f"it was {_states(states)}, and the rule was not due, or found nothing to ask about"
    return "; ".join(_said(one, with_name=len(said) > 1) for one in said)


def told_words(told: Sequence[Telling], why: Sequence[Evaluation]) -> str:
    """Say what people were told, or why they were not."""
    heard = "; ".join(telling_words(one) for one in told) or "nobody was told anything"
    kept = next((one.told for one in why if one.told not in {"", _QUIET}), "")
    return f"{heard} ({kept})" if kept else heard


def telling_words(one: Telling) -> str:
    """Say one message."""
    return f"a {one.severity} was told ({one.kind}) of {', '.join(sorted(one.rules))}"


def timeline(story: Story, record: Record, rule: str, around: datetime) -> list[str]:
    """Return how *rule* went, around a slot: a line for each stretch of slots at which it stood and said the same."""
    lines = list(enumerate(_stretches(story, record, rule)))
    nearest = sorted(lines, key=lambda line: abs(line[1][0] - around))[:MOST_LINES]
    return [words for _, (_, words) in sorted(nearest)]


def _stretches(story: Story, record: Record, rule: str) -> Iterator[tuple[datetime, str]]:
    found = sorted((one for one in record.evaluations if one.rule == rule), key=lambda one: (one.labels, one.slot))
    for _, same in groupby(found, key=lambda one: (one.labels, one.state, one.truth, one.told)):
        stretch = list(same)
        first, last = stretch[0], stretch[-1]
        when = spell_offset(story.offset_of(first.slot))
        when += f"..{spell_offset(story.offset_of(last.slot))}" if last is not first else ""
        told = f" [{first.told}]" if first.told not in {"", _QUIET} else ""
        where = about(first.labels).strip()
        words = f"{when:>12}  {first.state:10} {first.truth:7} {where + ' ' if where else ''}{last.because}{told}"
        yield last.slot, words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def _said(one: Evaluation, *, with_name: bool) -> str:
    subject = f"{of_alert(one.rule, one.labels)} " if with_name else "it "
    told = f" ({one.told})" if one.told not in {"", _QUIET} else ""
    return f"{subject}was {one.state}{told} and said {one.truth}, because {one.because}"


def _states(states: Collection[State]) -> str:
    return " and ".join(sorted(states))
