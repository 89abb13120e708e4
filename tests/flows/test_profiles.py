"""The shipped profiles promise what the guide says, and nothing that contradicts itself."""

import pytest

from alerts.conditions import BudgetBurn
from domain.error_budget import BURN_WINDOWS
from domain.facts import CHAIN, STANDARD
from domain.objective import Tier
from domain.presets import Domain, Endpoint, Profile, month_within, suited
from flows.hardly_meant import find_hardly_meant
from flows.promised import read_profile
from flows.rule_files import read_rules

ALL = {
    "availability": 0.999,
    "error-rate": 0.005,
    "refusals": 0.02,
    "hallucination": 0.05,
    "goodput": 0.90,
    "cost-per-query": 0.015,
    "cost-per-chain": 0.08,
}
THE_GUIDE = {
    Profile.CHAT: {**ALL, "first-token": 0.5, "per-token": 0.1, "satisfaction": 0.80},
    Profile.VOICE: {**ALL, "first-token": 0.15, "per-token": 0.05},
    Profile.RAG: {
        **ALL,
        "end-to-end": 2.0,
        "first-token": 0.5,
        "per-token": 0.1,
        "faithfulness": 0.80,
        "satisfaction": 0.80,
    },
    Profile.BATCH: {**ALL, "first-token": 2.0},
}
EVERY = pytest.mark.parametrize("profile", Profile)


@EVERY
def test_a_profile_has_the_limits_of_the_guide(profile):
    limits = {one.name: one.at_most if one.at_least is None else one.at_least for one in read_profile(profile)}

    assert THE_GUIDE[profile] == limits


@EVERY
def test_a_profile_has_all_four_tiers(profile):
    assert set(Tier) == {one.tier for one in read_profile(profile)}


@EVERY
def test_a_profile_contradicts_itself_nowhere(profile):
    found = find_hardly_meant(
        read_profile(profile), domain=Domain.GENERAL, endpoint=Endpoint.CONSUMER, said={"domain", "endpoint"}
    )

    assert [] == list(found)


@EVERY
def test_queries_and_agent_chains_have_a_cost_limit_each(profile):
    whose = {one.name: one.where for one in read_profile(profile) if one.where}

    assert {"cost-per-query": {"query_class": STANDARD}, "cost-per-chain": {"query_class": CHAIN}} == whose


@EVERY
def test_every_shipped_rule_about_an_objective_finds_it_and_could_fire(profile):
    promised = {one.name: suited(one, Domain.MEDICAL, Endpoint.PAYMENT_CRITICAL) for one in read_profile(profile)}
    about = [rule for rule in read_rules() if rule.objective is not None]

    assert {rule.objective for rule in about} <= set(promised)
    assert [] == [
        why
        for rule in about
        if isinstance(rule.when, BudgetBurn)
        if (why := rule.when.why_never(promised[rule.objective]))
    ]


@EVERY
def test_a_budget_that_rules_watch_burning_lasts_longer_than_their_windows(profile):
    burning = {rule.objective for rule in read_rules() if isinstance(rule.when, BudgetBurn)}

    assert all(one.over > max(BURN_WINDOWS) for one in read_profile(profile) if one.name in burning)


@pytest.mark.parametrize(
    ("endpoint", "share", "promise"),
    [
        pytest.param(Endpoint.CONSUMER, 0.999, "99.9 % of the requests are answered", id="consumer"),
        pytest.param(Endpoint.B2B, 0.9995, "99.95 % of the requests are answered", id="b2b"),
        pytest.param(Endpoint.PAYMENT_CRITICAL, 0.9999, "99.99 % of the requests are answered", id="payment-critical"),
    ],
)
def test_the_endpoint_sets_the_availability_and_nothing_else(endpoint, share, promise):
    before = read_profile(Profile.CHAT)
    after = [suited(one, Domain.GENERAL, endpoint) for one in before]

    assert (share, promise) == (after[0].at_least, after[0].promise)
    assert list(before[1:]) == after[1:]


@pytest.mark.parametrize(
    ("domain", "share", "review"),
    [
        pytest.param(Domain.GENERAL, 0.05, False, id="general"),
        pytest.param(Domain.MEDICAL, 0.01, True, id="medical"),
        pytest.param(Domain.LEGAL, 0.01, True, id="legal"),
    ],
)
def test_the_domain_sets_how_many_answers_may_be_flagged_and_whether_people_look_at_them(domain, share, review):
    changed = [suited(one, domain, Endpoint.CONSUMER) for one in read_profile(Profile.RAG)]
    (hallucination,) = (one for one in changed if one.name == "hallucination")

    assert (share, review) == (hallucination.at_most, domain.human_review)
    assert f"at most {100 * share:g} % of the answers look invented" == hallucination.promise


def test_the_months_promise_spells_its_budget():
    assert ("the month ends within its budget of $99.50", 99.5) == (
        month_within(99.5).promise,
        month_within(99.5).at_most,
    )
