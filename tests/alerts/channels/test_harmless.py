"""Words that others hand on mention nobody and link to nothing."""

import re

import pytest
from hypothesis import given, settings

from alerts.channels.harmless import harmless, harmless_line
from tests.alerts.channels.messages import HOSTILE_WORDS, hostile_text

OPENINGS = re.compile(r"<[!@#/a-z]|://|(?<!\w)@\w", re.IGNORECASE)


@settings(max_examples=80, deadline=None)
@given(text=hostile_text)
def test_nothing_opens_a_tag_a_mention_or_an_address(text) -> None:
    for words in (harmless(text, 300), harmless_line(text, 300)):
        assert len(words) <= 300
        assert OPENINGS.search(words) is None


@pytest.mark.parametrize("words", ["p95 < 2 s, n >= 59", "ask ann@example.org", "a/b: 5 % & more", "grüße"])
def test_plain_words_stay_as_they_are(words) -> None:
    assert words == harmless(words, 300)


def test_hostile_words_stay_readable() -> None:
    assert harmless_line(HOSTILE_WORDS, 100).startswith("‹!channel> ‹＠U123> ‹https:／／evil.example|Runbook>")  # noqa: RUF001 - looking alike is the point
