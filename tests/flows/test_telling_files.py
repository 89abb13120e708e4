"""How alerts are told, as an operator writes it: each mistake with its line and column."""

import pytest

from alerts.policy import Policy, Telling
from domain.errors import ConfigError
from flows.configuration import read_application

APP = "source: {kind: jsonl, path: rows}\n"


def read(tmp_path, text):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP + text)
    return read_application(tmp_path, "bot").file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("telling:\n  page: {group_by: [colour]}\n", "3:3: telling.page: group_by: there is no label 'colour'"),
        ("telling:\n  page: {escalate: true}\n", "2:1: telling: page.escalate: a page is as loud as it gets"),
        ("telling:\n  ticket: {repeat: 1m}\n", "3:3: telling.ticket: repeat: more often than every 10 minutes"),
        ("telling: {most_an_hour: 2}\n", "2:11: telling.most_an_hour: Input should be greater than or equal to 4"),
        (
            "telling:\n  business_hours: {timezone: Mars}\n",
            "3:20: telling.business_hours.timezone: there is no time zone 'Mars'",
        ),
        ("maintenance:\n  - {name: x, cron: '1 2 3', lasts: 1h}\n", "3:15: maintenance.0.cron: '1 2 3' is no cron"),
        (
            "maintenance:\n  - {name: x, cron: '0 2 * * *', lasts: 1h, rules: [avail*, nope]}\n",
            "3:61: maintenance.0.rules.1: no rule is called 'nope': nothing is silenced",
        ),
    ],
)
def test_a_mistake_has_its_place(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert f"/bot/app.yaml:{said}" in str(caught.value)


def test_without_a_word_pages_are_one_incident_and_tickets_one_for_each_rule(tmp_path):
    policy = read(tmp_path, "").telling

    assert Policy() == policy
    assert (Telling(remind=False), ("rule",)) == (policy.page, policy.ticket.group_by)


def test_everything_can_be_said(tmp_path):
    file = read(
        tmp_path,
        "telling:\n"
        "  ticket: {group_by: [rule, feature], repeat: 12h, escalate: true}\n"
        "  business_hours: {timezone: Europe/Berlin, days: [mon], from: '08:00', to: '12:00'}\n"
        "maintenance: [{name: x, cron: '0 2 * * *', lasts: 1h}]\n",
    )

    assert file.telling.ticket.escalate
    assert "08:00" == f"{file.telling.business_hours.begin:%H:%M}"
    assert 1 == len(file.maintenance)
