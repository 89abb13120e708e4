"""From `slos.yaml` to promises: profile, presets, own objectives, and mistakes with their place."""

from decimal import Decimal

import pytest

from domain.errors import ConfigError
from domain.presets import Profile
from flows.promised import read_profile, read_promises

OWN = """\
objectives:
  - name: availability
    tier: infrastructure
    promise: half of the requests are answered
    signal: answered
    statistic: share
    at_least: 0.95
"""
CHAT = [one.name for one in read_profile(Profile.CHAT)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "slos.yaml"


def read(path, text, budget=None):
    path.write_text(text)
    return read_promises(path, budget)


def names(promised):
    return [one.name for one in promised.objectives]


def complaint(path, text):
    with pytest.raises(ConfigError) as caught:
        read(path, text)
    return str(caught.value).replace(str(path.parent), "")


@pytest.mark.parametrize(
    "text",
    ["", "# To be said later.\n", "profile: chat\n", "domain: general\nendpoint: consumer\n", "without: []\n"],
    ids=["empty", "only a comment", "the default itself", "presets alone", "nothing left out"],
)
def test_a_file_that_names_no_promises_means_those_of_a_chat(path, text):
    promised = read(path, text)

    assert (list(read_profile(Profile.CHAT)), False, []) == (
        promised.objectives,
        promised.human_review,
        promised.warnings,
    )


def test_without_a_file_a_chat_is_promised(path):
    assert list(read_profile(Profile.CHAT)) == read_promises(path, None).objectives


def test_listed_objectives_without_a_profile_are_all_there_is(path):
    promised = read(path, OWN, Decimal(100))

    assert (["availability"], promised.own) == (names(promised), promised.objectives)


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_is_named_in_one_line(path, profile):
    assert list(read_profile(profile)) == read(path, f"profile: {profile}\n").objectives


def test_an_own_objective_replaces_the_profiles_in_its_place_and_a_new_one_is_added(path):
    new = OWN + OWN.removeprefix("objectives:\n").replace("name: availability", "name: uptime")
    promised = read(path, f"profile: chat\n{new}")

    assert [*CHAT, "uptime"] == names(promised)
    assert 0.95 == promised.objectives[0].at_least
    assert ["availability", "uptime"] == [one.name for one in promised.own]


def test_what_is_left_out_is_not_promised(path):
    assert [one for one in CHAT if one != "satisfaction"] == names(read(path, "without: [satisfaction]\n"))


def test_the_month_is_promised_where_it_has_a_budget(path):
    promised = read(path, "profile: batch\n", Decimal(1500))

    assert ("month", 1500, "the month ends within its budget of $1,500") == (
        promised.objectives[-1].name,
        promised.objectives[-1].at_most,
        promised.objectives[-1].promise,
    )
    assert "month" not in names(read(path, "profile: batch\nwithout: [month]\n", Decimal(1500)))


def test_an_own_month_replaces_the_one_from_the_budget(path):
    own = (
        "objectives:\n  - {name: month, tier: cost, promise: m, signal: spend_usd, statistic: projection, at_most: 7}\n"
    )

    assert 7 == read(path, f"profile: chat\n{own}", Decimal(100)).objectives[-1].at_most


def test_presets_change_the_profiles_limits(path):
    promised = {
        one.name: one for one in read(path, "profile: rag\ndomain: medical\nendpoint: payment-critical\n").objectives
    }

    assert (0.9999, 0.01) == (promised["availability"].at_least, promised["hallucination"].at_most)


@pytest.mark.parametrize(("domain", "review"), [("general", False), ("medical", True), ("legal", True)])
def test_people_review_flagged_answers_where_the_domain_asks_for_it(path, domain, review):
    assert review is read(path, f"domain: {domain}\n").human_review


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "profile: telex\n", "/slos.yaml:1:1: profile: Input should be 'chat', 'voice', 'rag'", id="profile"
        ),
        pytest.param("\ndomain: art\n", "/slos.yaml:2:1: domain: Input should be 'general', 'medical'", id="domain"),
        pytest.param("endpoint: vip\n", "/slos.yaml:1:1: endpoint: Input should be 'consumer', 'b2b'", id="endpoint"),
        pytest.param("profil: chat\n", "/slos.yaml:1:1: profil: there is no such field", id="a field"),
        pytest.param(
            "profile: voice\nwithout: [satisfaction]\n",
            "/slos.yaml:2:11: without.0: the profile voice has no 'satisfaction'; it has availability, cost-per-chain",
            id="leaving out what is not there",
        ),
        pytest.param(
            "without:\n  - availability\n" + OWN,
            "/slos.yaml:2:5: without.0: 'availability' is left out of a profile, and none is named",
            id="leaving out of nothing",
        ),
        pytest.param(
            "profile: chat\nwithout: [availability]\n" + OWN,
            "/slos.yaml:2:11: without.0: 'availability' is left out here and promised under objectives",
            id="left out and promised",
        ),
        pytest.param("objectives: []\n", "/slos.yaml:1:1: objectives: there are none", id="no objectives"),
        pytest.param(
            "without: [" + ", ".join(CHAT) + "]\n", "/slos.yaml:1:1: objectives: there are none", id="all left out"
        ),
        pytest.param(
            OWN + "    where: {feature: a, colour: red}\n",
            "/slos.yaml:8:25: objectives.0.where.colour: there is no label 'colour'; there are feature, user_tier",
            id="an unknown label",
        ),
        pytest.param(OWN + "    where: {}\n", "/slos.yaml:8:5: objectives.0.where: which requests?", id="no label"),
        pytest.param(
            OWN + "    clusters: user\n", "/slos.yaml:8:5: objectives.0.clusters: Input should be", id="clusters"
        ),
    ],
)
def test_a_mistake_is_answered_with_its_place(path, text, expected):
    assert complaint(path, text).startswith(expected)


def test_every_name_that_cannot_be_left_out_is_a_mistake(path):
    assert 2 == len(complaint(path, "without: [joy, satisfaction, zeal]\n").splitlines())


def test_a_file_with_a_name_that_nobody_reads_is_not_taken_for_no_file(path):
    path.with_suffix(".yml").write_text("profile: voice\n")

    with pytest.raises(ConfigError, match=r"slos.yml:1:1: the file: it would not be read; call it slos.yaml"):
        read_promises(path, None)
