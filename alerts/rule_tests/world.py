"""The world of a test, as it is known at each of its slots."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.rule_tests.moments import During
from alerts.rule_tests.story import Story
from alerts.rule_tests.traffic import facts_of
from alerts.view import View
from domain.application import Application
from domain.objective import Objective
from domain.silence import Silence
from domain.watching import ChannelHealth
from domain.window import floor_to

_JUDGED_EVERY = timedelta(minutes=15)


class World:
    """What happens in a test, cut to what is known at a slot."""

    def __init__(
        self,
        story: Story,
        application: Application,
        objectives: Sequence[Objective],
        silences: Sequence[Silence] = (),
    ) -> None:
        self._story = story
        self._application = application
        self._objectives = {one.name: one for one in objectives}
        self._facts = facts_of(story.traffic, story.start, story.end)
        name, end = application.name, story.end
        self._silences = [*silences, *(s for one in story.silences for s in one.silences(name, story.start, end))]
        made = [probe for one in story.probes for probe in one.probes(name, story.start, end)]
        self._probes = sorted(made, key=lambda one: one.at)
        self._rounds = sorted((one.check(story.start) for one in story.anchors), key=lambda one: one.at)

    def view(self, slot: datetime) -> View:
        """Return the world as it is known at *slot*."""
        story, offset = self._story, self._story.offset_of(slot)
        served = [one.served(story.start, offset) for one in story.judge_models]
        return View(
            slot=slot,
            application=self._application,
            objectives=self._objectives,
            history=self._facts,
            known_from=story.start + story.begins_to_be_known,
            known_until=_until(story.unread, story.start, slot),
            judged_until=self._judged_until(slot),
            probes=[one for one in self._probes if one.at <= slot],
            reconciled=[one.of(story.start) for one in story.books if one.is_on(offset)],
            judge_checks=list({one.criterion: one for one in self._rounds if one.at <= slot}.values()),
            judge_models=[one for one in served if one.first <= slot],
            silences=self._silences,
            channels=self._channels(offset),
            slot_length=story.slot,
        )

    def _judged_until(self, slot: datetime) -> datetime | None:
        """Return how far answers are judged; None where the test says nothing of it."""
        if not self._story.unjudged:
            return None
        return floor_to(_until(self._story.unjudged, self._story.start, slot), _JUDGED_EVERY)

    def _channels(self, offset: timedelta) -> list[ChannelHealth]:
        """Return how the channels do, each by the newest trouble that has begun."""
        begun = sorted(self._story.channels, key=lambda one: (one.since <= offset, one.since))
        newest = {one.channel: one for one in begun}
        return [one.health(self._story.start, offset) for one in newest.values()]


def _until(outages: Sequence[During], start: datetime, slot: datetime) -> datetime:
    """Return up to where things are done at *slot*: to where they were when the outage began that is on, if one is."""
    return min((start + one.since for one in outages if one.is_on(slot - start)), default=slot)
