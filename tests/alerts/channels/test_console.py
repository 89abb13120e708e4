"""What people read in a terminal."""

import re
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from hypothesis import given, settings

from alerts.channels.console import Console
from domain.errors import PermanentError
from domain.message import Severity, WorstTrace
from tests.alerts.channels.messages import DIGEST, FIRING, HOSTILE, HOSTILE_WORDS, RESOLVED, delivery, hostile_messages


def printed(message, **more) -> str:
    stream = StringIO()
    Console(stream, **more).send(delivery(message))
    return stream.getvalue()


def test_a_firing_page_is_a_few_lines_when_compact() -> None:
    expected = """\
🔴 PAGE 2026-11-23 08:00 support-bot/prod · support-bot: 15.5% of answers unfaithful
   Faithful answers are at 84.5% against a target of 99.0% since 07:45 UTC.
   Now 84.5% good, 95% CI 80.7-87.6% · Sample 412 judged of 8 240 requests
   • 4bf92f3577b… Refund window stated as 90 days
   • 00f067aa0ba… Invented order status
"""
    assert expected == printed(FIRING, compact=True)


def test_resolved_is_one_line() -> None:
    expected = "✅ RESOLVED 2026-11-23 08:00 support-bot/prod · support-bot: 15.5% of answers unfaithful\n"

    assert expected == printed(RESOLVED)


def test_in_full_it_names_every_place_to_look() -> None:
    text = printed(FIRING)

    assert "https://traces.example/1" in text
    assert "Runbook: https://runbooks.example/faithfulness?a=1&b=2" in text


def test_a_digest_prints_its_tables() -> None:
    lines = [" ".join(line.split()) for line in printed(DIGEST).splitlines()]

    assert ["SLO Week Left", "Faithful 99.4% 38%", "Fast 99.2% 21%"] == lines[lines.index("Objectives") + 1 :][:3]


@pytest.mark.parametrize(("severity", "word"), [(Severity.TICKET, "🟠 TICKET"), (Severity.INFORMATIONAL, "🔵 INFO")])
def test_the_sign_tells_the_severity(severity, word) -> None:
    assert printed(replace(FIRING, severity=severity)).startswith(word)


def test_markup_is_shown_as_it_is_written() -> None:
    trace = WorstTrace("t[red]1", "[link=https://evil.example]click[/link] [/] :skull: \\[x]")
    text = printed(replace(FIRING, title="support-bot [bold]x[/bold]", worst_traces=(trace,)))

    assert "support-bot [bold]x[/bold]" in text
    assert "• t[red]1 [link=https://evil.example]click[/link] [/] :skull: \\[x]" in text


@settings(max_examples=50, deadline=None)
@given(message=hostile_messages)
def test_no_control_character_reaches_the_terminal(message) -> None:
    text = printed(replace(message, worst_traces=(WorstTrace(HOSTILE_WORDS, HOSTILE_WORDS),)))

    assert [] == re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\u2028]", text)


def test_a_terminal_of_another_alphabet_gets_question_marks() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii", write_through=True)

    Console(stream).send(delivery(HOSTILE))

    assert raw.getvalue().startswith(b"? PAGE")


def test_a_closed_stream_is_said_to_be_closed() -> None:
    stream = StringIO()
    stream.close()

    with pytest.raises(PermanentError, match="cannot be written"):
        Console(stream).send(delivery())
