"""The words of the shop: topics, answers, inventions and error messages, kept in texts.yaml."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from pydantic import TypeAdapter
from ruamel.yaml import YAML

NUMERIC_KINDS = frozenset({"wrong_price", "wrong_date", "wrong_number"})
"""The kinds of inventions that state a number which is not in the topic's chunks."""


@dataclass(frozen=True)
class Invention:
    """A wrong answer, and how it is wrong."""

    kind: str
    text: str


@dataclass(frozen=True)
class Topic:
    """Something customers ask about, with the help center's chunks that answer it.

    Attributes:
        answers: Each says only what the chunks say.
        more: A further sentence that the chunks support, for longer answers.
    """

    id: str
    feature: str
    questions: tuple[str, ...]
    chunks: tuple[str, ...]
    answers: tuple[str, ...]
    more: str
    inventions: tuple[Invention, ...]


@dataclass(frozen=True)
class HarmfulQuestion:
    """A question that the bot rightly declines."""

    question: str
    feature: str


@dataclass(frozen=True)
class Refusals:
    """What is declined, rightly or not, and with which words."""

    harmful: tuple[HarmfulQuestion, ...]
    harmless_topics: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """How a call to a model fails; *message* may hold `{model}`."""

    kind: str
    message: str


@dataclass(frozen=True)
class Wording:
    """Polite words without any fact about the shop; an ending may hold `{order}`."""

    greetings: tuple[str, ...]
    endings: tuple[str, ...]
    closings: tuple[str, ...]
    fallback: str


@dataclass(frozen=True)
class Texts:
    """All words of the shop."""

    system_prompts: dict[int, str]
    topics: tuple[Topic, ...]
    wording: Wording
    refusals: Refusals
    faults: tuple[Fault, ...]

    @cached_property
    def launch(self) -> tuple[Topic, ...]:
        """The topics about the new product."""
        return tuple(topic for topic in self.topics if topic.feature == "launch")

    @cached_property
    def everyday(self) -> tuple[Topic, ...]:
        """The topics of every other week."""
        return tuple(topic for topic in self.topics if topic.feature != "launch")

    @cached_property
    def wrongly_refused(self) -> tuple[Topic, ...]:
        """The topics whose harmless questions are sometimes refused."""
        return tuple(topic for topic in self.topics if topic.id in self.refusals.harmless_topics)

    @cached_property
    def neighbours(self) -> dict[str, tuple[str, ...]]:
        """For each topic, the chunks of the other topics of its feature: what a search finds besides."""
        return {
            topic.id: tuple(
                chunk
                for other in self.topics
                if other.feature == topic.feature and other.id != topic.id
                for chunk in other.chunks
            )
            for topic in self.topics
        }


@lru_cache(maxsize=1)
def read_texts() -> Texts:
    """Read the words that this package ships."""
    source = files(__package__).joinpath("texts.yaml").read_text(encoding="utf-8")
    return TypeAdapter(Texts).validate_python(YAML(typ="safe", pure=True).load(source))


def numbers(text: str) -> frozenset[str]:
    """Return the numbers that *text* states, as written.

    >>> sorted(numbers("EUR 1,399 until 15:00, at 9.9 percent."))
    ['1,399', '15:00', '9.9']
    """
    return frozenset(re.findall(r"\d+(?:[.,:]\d+)*", text))
