"""What is asked, found and answered in one request; whether the answer is true follows from here."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from adapters.simulated_shop.chance import Chance, Mix
from adapters.simulated_shop.conditions import Conditions
from adapters.simulated_shop.texts import NUMERIC_KINDS, Invention, Texts, Topic, numbers

_ENOUGH_CHUNKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A question with what the search found for it, and the answer that a model would give.

    Attributes:
        invention: The kind of the invention that the answer contains, or None.
    """

    feature: str
    question: str
    chunks: tuple[str, ...]
    answer: str
    refused: bool = False
    invention: str | None = None


class Conversations:
    """Makes up conversations from the texts."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._topics: Mapping[bool, Mix[Topic]] = {True: _mix(texts.launch), False: _mix(texts.everyday)}

    def next(self, chance: Chance, conditions: Conditions) -> Conversation:
        """Return the next conversation under the *conditions*."""
        topic = chance.draw(self._topics[chance.happens(conditions.launch_rate)])
        if chance.happens(conditions.refusal_rate):
            return self._refused(chance, topic)
        if chance.happens(conditions.invention_rate):
            return self._invented(chance, topic, conditions)
        answer = chance.pick(topic.answers)
        if chance.happens(0.25 + 0.7 * conditions.verbosity):
            answer = f"{answer} {topic.more}"
        return Conversation(
            feature=topic.feature,
            question=self._question(chance, chance.pick(topic.questions)),
            chunks=self._chunks(chance, topic),
            answer=self._closed(chance, answer, conditions),
        )

    def _invented(self, chance: Chance, topic: Topic, conditions: Conditions) -> Conversation:
        invention = chance.pick(topic.inventions)
        return Conversation(
            feature=topic.feature,
            question=self._question(chance, chance.pick(topic.questions)),
            chunks=self._chunks(chance, topic, invention),
            answer=self._closed(chance, invention.text, conditions),
            invention=invention.kind,
        )

    def _refused(self, chance: Chance, topic: Topic) -> Conversation:
        harmful = chance.pick(self._texts.refusals.harmful)
        question, feature = harmful.question, harmful.feature
        if chance.happens(0.25):
            topic = chance.pick(self._texts.wrongly_refused)
            question, feature = chance.pick(topic.questions), topic.feature
        return Conversation(
            feature=feature,
            question=self._question(chance, question),
            chunks=self._chunks(chance, topic),
            answer=chance.pick(self._texts.refusals.answers),
            refused=True,
        )

    def _question(self, chance: Chance, question: str) -> str:
        greeting = chance.pick(self._texts.wording.greetings)
        if greeting.endswith(", ") and not question.startswith(("I ", "I'")):
            question = question[0].lower() + question[1:]
        ending = chance.pick(self._texts.wording.endings)
        return greeting + question + ending.format(order=chance.between(40_000, 49_999))

    def _chunks(self, chance: Chance, topic: Topic, invention: Invention | None = None) -> tuple[str, ...]:
        others = self._texts.neighbours[topic.id]
        if invention and invention.kind in NUMERIC_KINDS:  # no other chunk may make it true by accident
            invented = numbers(invention.text) - numbers(" ".join(topic.chunks))
            others = tuple(chunk for chunk in others if not invented & numbers(chunk))
        found = [*topic.chunks, *chance.some(others, chance.pick((1, 2, 2, 3)))][:_ENOUGH_CHUNKS]
        return tuple(chance.some(found, len(found)))

    def _closed(self, chance: Chance, answer: str, conditions: Conditions) -> str:
        if not chance.happens(conditions.verbosity):
            return answer
        return " ".join([answer, *chance.some(self._texts.wording.closings, 2)])


def _mix(topics: tuple[Topic, ...]) -> Mix[Topic]:
    """Return the *topics* with a few favourites, spread over all features."""
    return Mix.of({topic: 1 / sqrt(1 + place * 7 % len(topics)) for place, topic in enumerate(topics)})
