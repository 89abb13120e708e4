"""Who is told of what, as an operator writes it: each mistake with its line and column."""

from datetime import timedelta

import pytest

from domain.errors import ConfigError
from flows.configuration import read_application

APP = """\
source: {kind: jsonl, path: rows}
channels: {oncall: {kind: pagerduty}, chat: {kind: slack, channel: C0123456789}, log: {kind: console}}
"""
USUAL = "page: [oncall, chat], ticket: [chat], informational: [chat]"


def read(tmp_path, text):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP + text)
    return read_application(tmp_path, "bot").file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "routes: {page: [fax], ticket: [], informational: []}",
            "route page leads to 'fax', but the channels are oncall",
        ),
        (f"routes: {{{USUAL}, change: [fax]}}", "route change leads to 'fax'"),
        ("routes: {page: [], ticket: [], informational: [oncall]}", "'oncall' is pagerduty, which takes no digests"),
        (f"routes: {{{USUAL}, exceptions: [{{rules: [x], to: [fax]}}]}}", "exception 1 of the routes leads to 'fax'"),
        (f"routes: {{{USUAL}, exceptions: [{{to: [log]}}]}}", "an exception for everything is the rule"),
        (f"routes: {{{USUAL}, exceptions: [{{hours: outside, to: [log]}}]}}", "say under telling.business_hours"),
        (f"routes: {{{USUAL}, exceptions: [{{where: {{colour: x}}, to: [log]}}]}}", "there is no label 'colour'"),
        (
            f"routes: {{{USUAL}, exceptions: [{{rules: [feature-*, nope], to: [log]}}]}}",
            "routes.exceptions.0.rules.1: no rule is called 'nope': nothing goes there",
        ),
        (f"routes: {{{USUAL}}}\nfallbacks: {{fax: {{to: chat}}}}", "a fallback leads to 'fax'"),
        (f"routes: {{{USUAL}}}\nfallbacks: {{oncall: {{to: fax}}}}", "a fallback leads to 'fax'"),
        (f"routes: {{{USUAL}}}\nfallbacks: {{oncall: {{to: oncall}}}}", "the fallback of 'oncall' is 'oncall' itself"),
        (f"routes: {{{USUAL}}}\nfallbacks: {{chat: {{to: oncall}}}}", "'oncall' is pagerduty, which takes no digests"),
        (f"routes: {{{USUAL}}}\nfallbacks: {{oncall: {{to: chat, after: 10s}}}}", "fallbacks.oncall.after"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert said in str(caught.value)
    assert "/bot/app.yaml:" in str(caught.value)


def test_everything_can_be_said(tmp_path):
    file = read(
        tmp_path,
        "telling: {business_hours: {timezone: Europe/Berlin}}\n"
        "routes:\n  page: [oncall, chat]\n  ticket: [chat]\n  informational: [chat]\n  exceptions:\n"
        "    - {severity: ticket, rules: [feature-*], where: {feature: returns}, hours: business, to: [log]}\n"
        "fallbacks: {oncall: {to: chat, after: 2m}}\n",
    )

    assert ("log",) == file.routing.exceptions[0].to
    assert timedelta(minutes=2) == file.fallbacks["oncall"].after
    assert "Europe/Berlin" == file.routing.business_hours.timezone


def test_changes_go_where_they_stand_beside_incidents(tmp_path):
    assert ("oncall",) == read(tmp_path, f"routes: {{{USUAL}}}").told_of_changes


@pytest.mark.parametrize(("change", "told"), [("[]", ()), ("[chat, log]", ("chat", "log"))])
def test_changes_go_where_the_operator_says(tmp_path, change, told):
    assert told == read(tmp_path, f"routes: {{{USUAL}, change: {change}}}").told_of_changes
