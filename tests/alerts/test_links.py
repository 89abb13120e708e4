"""Where messages point to: what an operator wrote, filled in, in one order."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerts.channels.clean import is_link
from alerts.links import PLACEHOLDERS, Links, LinkTemplate, links_of
from tests.builders import HOUR, NOON, SHOP, rule

READ = TypeAdapter(LinkTemplate).validate_python
LINKS = Links(
    flow_run="https://prefect.example/run",
    runbook="https://wiki.example/{rule}",
    dashboard="https://grafana.example/d/llm?var-app={application}&env={environment}&from={from_ms}&to={to_ms}",
)


def shown(links=LINKS, **said):
    return [(one.text, one.url) for one in links_of(links, SHOP, since=NOON - HOUR, at=NOON, **said)]


def test_they_come_in_the_order_in_which_one_looks():
    assert [
        ("Runbook", "https://wiki.example/errors"),
        ("Dashboard", "https://grafana.example/d/llm?var-app=shop&env=prod&from=1795428000000&to=1795435200000"),
        ("Prefect flow run", "https://prefect.example/run"),
    ] == shown(rule="errors")


def test_a_rules_own_runbook_wins_and_is_filled_in_too():
    assert ("Runbook", "https://own.example/shop/errors") == shown(
        rule="errors", runbook="https://own.example/{application}/{rule}"
    )[0]


def test_what_is_not_about_a_rule_has_no_runbook():
    assert ["Dashboard", "Prefect flow run"] == [name for name, _ in shown()]


def test_without_any_place_there_is_no_link():
    assert [] == shown(Links(), rule="errors")


def test_a_runbook_is_words_and_changes_no_version():
    assert rule().version == rule(runbook="https://own.example/x").version


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("javascript:alert(1)", "begins with https:// or http://"),
        ("ftp://files.example", "begins with https:// or http://"),
        ("https:///nowhere", "has a host"),
        ("https://a.example/a b", "no space"),
        ("https://a.example/<b>", "no space"),
        ("https://a.example/\u202e", "no space"),
        (
            "https://a.example/{rules}",
            "there is no placeholder {rules}; there are {application}, {environment}, {rule}",
        ),
        ("https://a.example/{rule.name}", "there is no placeholder {rule.name}"),
        ("https://a.example/{rule!r}", "there is no placeholder {rule}"),
        ("https://a.example/{}", "there is no placeholder {}"),
        ("https://a.example/{rule", "stands alone"),
        ("https://a.example/rule}", "stands alone"),
        ("https://a.example/" + "x" * 1000, "at most 1000 characters"),
    ],
)
def test_what_is_no_address_is_refused(said, why):
    with pytest.raises(ValidationError) as caught:
        READ(said)

    assert why in str(caught.value)


@given(
    name=st.text(max_size=20),
    placeholders=st.lists(st.sampled_from(PLACEHOLDERS), max_size=5),
    path=st.sampled_from("/?"),
)
def test_whatever_it_is_filled_with_it_stays_an_address_of_its_host(name, placeholders, path):
    template = READ(f"https://a.example{path}" + "".join(f"{{{one}}}" for one in placeholders))
    application = SHOP.model_copy(update={"name": name})
    (link,) = links_of(replace(Links(), runbook=template), application, since=NOON, at=NOON, rule="errors")

    assert is_link(link.url)
    assert "a.example" == urlsplit(link.url).netloc
