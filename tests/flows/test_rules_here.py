"""Rules that an application cannot use: its own are mistakes with their place, those of several are left out."""

import pytest

from domain.errors import ConfigError
from flows.configuration import read_application

APP = "source: {kind: langfuse}\n"
SLOS = """\
objectives:
  - {name: availability, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: 0.9}
  - {name: cost, tier: cost, promise: p, signal: cost_usd, statistic: mean, at_most: 1}
"""
RULE = "  - {name: %s, severity: ticket, summary: s, look: l, when: {%s}}\n"
FAILED = "kind: share, signal: failed, share_above: 0.1, over: %s, alpha: 0.001"


@pytest.fixture
def deployments(tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP)
    (tmp_path / "bot" / "slos.yaml").write_text(SLOS.replace("0.9}", "0.999}"))
    return tmp_path


def written(deployments, *rules, to="bot/rules.yaml", app=APP, slos=None):
    (deployments / to).write_text("rules:\n" + "".join(rules))
    (deployments / "bot" / "app.yaml").write_text(app)
    if slos is not None:
        (deployments / "bot" / "slos.yaml").write_text(slos)


def names(deployments, **more):
    return {one.name for one in read_application(deployments, "bot", **more).rules}


def complaints(deployments):
    with pytest.raises(ConfigError) as caught:
        read_application(deployments, "bot")
    return str(caught.value).replace(str(deployments), "").splitlines()


def warnings(deployments):
    return [one.replace(str(deployments), "") for one in read_application(deployments, "bot").warnings]


def test_the_rules_beside_the_applications_count_for_each_and_its_own_come_last(deployments):
    written(deployments, RULE % ("a", FAILED % "15m"), RULE % ("b", FAILED % "16m"), to="rules.yaml")
    written(deployments, RULE % ("a", FAILED % "1h"))

    found = {one.name: one for one in read_application(deployments, "bot").rules}

    assert (3600, 960) == tuple(found[name].when.over.total_seconds() for name in ("a", "b"))


def test_a_file_to_try_takes_the_place_of_the_applications_own(deployments, tmp_path):
    written(deployments, RULE % ("a", FAILED % "15m"), to="rules.yaml")
    written(deployments, RULE % ("b", FAILED % "16m"))
    to_try = tmp_path / "to-try.yaml"
    to_try.write_text("rules:\n" + RULE % ("c", FAILED % "17m") + "without: [error-rate]\n")

    found = names(deployments, rules=to_try)

    assert {"a", "c"} <= found
    assert {"b", "error-rate"}.isdisjoint(found)


def test_shared_rules_are_left_out_where_they_do_not_apply(deployments):
    quality = "kind: share, objective: hallucination, over: 1d, alpha: 0.01"
    tone = "kind: share, signal: score.tone, below: 0.5, share_above: 0.1, over: 1d, alpha: 0.01"
    written(deployments, RULE % ("a", quality), RULE % ("b", tone), RULE % ("c", FAILED % "1h"), to="rules.yaml")

    assert {"a", "b", "c"} & names(deployments) == {"c"}


def test_what_a_model_is_not_asked_no_shipped_rule_watches(deployments):
    judge = "judging: {judge: {kind: openai, model: m}, criteria: [relevance]}\n"
    written(deployments, app=APP + judge)

    assert {"hallucination-spike", "faithfulness-decline"}.isdisjoint(names(deployments))


@pytest.mark.parametrize("folder", ["", "bot/"])
def test_a_name_that_nobody_reads_is_not_taken_for_no_file(deployments, folder):
    written(deployments, to=f"{folder}rules.yml")

    assert [f"/{folder}rules.yml:1:1: the file: it would not be read; call it rules.yaml"] == complaints(deployments)


@pytest.mark.parametrize(
    ("when", "app", "expected"),
    [
        pytest.param(
            "kind: share, objective: joy, over: 1h, alpha: 0.01",
            "",
            "/bot/rules.yaml:2:76: rules.0.when.objective: there is no objective 'joy' here; there are availability, cost",
            id="an objective",
        ),
        pytest.param(
            "kind: burn, objective: availability, factor: 14.4, long: 1h",
            "",
            "/bot/rules.yaml:2:100: rules.0.when.factor: 'availability' allows 10.0 % bad requests, so its budget never "
            "burns faster than 10 times; this waits for 14.4 times, and could never fire",
            id="a burn out of reach",
        ),
        pytest.param(
            "kind: share, objective: cost, over: 1h, alpha: 0.01",
            "",
            "rules.0.when.objective: 'cost' allows no share of bad requests, it is about mean: its share is never known",
            id="no share",
        ),
        pytest.param(
            "kind: share, signal: score.tone, below: 0.5, share_above: 0.1, over: 1d, alpha: 0.01",
            "",
            "/bot/rules.yaml:2:76: rules.0.when.signal: nobody judges by 'tone': name it under judging.criteria in app.yaml",
            id="a criterion",
        ),
        pytest.param(
            "kind: unreachable, over: 10m, in_a_row: 3",
            "",
            "/bot/rules.yaml:2:56: rules.0.when: nobody asks",
            id="probe",
        ),
        pytest.param(
            "kind: judge_drift, alpha: 0.01, fresh: 2d", "", "rules.0.when: there are no anchors", id="anchors"
        ),
        pytest.param("kind: judge_model, over: 2d", "", "rules.0.when: no model judges here", id="a model"),
        pytest.param(
            "kind: budget, spent_above: 0.5", "", "rules.0.when: no monthly budget is set: set monthly", id="a budget"
        ),
        pytest.param(
            FAILED % "2m",
            "slot: 5m\n",
            "/bot/rules.yaml:2:110: rules.0.when.over: 2 min are below the slot of 5 min (app.yaml): what happens between "
            "two such windows nobody looks at",
            id="a window below the slot",
        ),
        pytest.param(
            "kind: burn, objective: availability, factor: 6, long: 30m",
            "slot: 5m\n",
            "rules.0.when.long: 150 s are below the slot of 5 min",
            id="a twelfth below the slot",
        ),
        pytest.param(
            FAILED % "15m",
            "expected_requests_a_day: 10\n",
            "rules.0.when.over: 15 min at 10 requests a day are 0.1 requests on average; it takes 3 to fire, and not one",
            id="too few requests",
        ),
        pytest.param(
            "kind: share, signal: hallucination_risk, above: 0.15, share_above: 0.2, over: 15m, healthy_share: 0.05, "
            "alpha: 0.0001",
            "expected_requests_a_day: 1500\njudging: {sample_rate: 0.05}\n",
            "/bot/rules.yaml:2:135: rules.0.when.over: 15 min at 1,500 requests a day and a rate of 0.05 are 0.78 judged "
            "answers on average; it takes 4 to fire, and not one look in a hundred finds so many",
            id="too few are judged",
        ),
    ],
)
def test_an_own_rule_that_does_not_fit_is_a_mistake_with_its_place(deployments, when, app, expected):
    written(deployments, RULE % ("own", when), app=APP + app, slos=SLOS)

    (said,) = [said for said in complaints(deployments) if "/slos.yaml" not in said]

    assert expected in said


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("every: 1m", ["rules.0.every: 60 s are below the slot of 5 min (app.yaml)"]),
        ("every: 7m", ["rules.0.every: 7 min are no multiple of the slot of 5 min (app.yaml)"]),
        ("every: 5m, for: 6m", []),
        ("for: 2m", ["rules.0.for: 2 min are below the slot of 5 min (app.yaml)"]),
        ("for: 0m, resolve_after: 4m", ["rules.0.resolve_after: 4 min are below the slot of 5 min (app.yaml)"]),
        ("blind_after: 3m", ["rules.0.blind_after: 3 min are below the slot of 5 min (app.yaml)"]),
        ("resolve_after: 5m, blind_after: 10m", []),
    ],
)
def test_an_own_rule_names_no_time_that_the_slot_cannot_tell(deployments, times, expected):
    written(deployments, (RULE % ("own", FAILED % "15m")).replace("}}", f"}}, {times}}}"), app=APP + "slot: 5m\n")

    found = complaints(deployments) if expected else []

    assert expected == [said.split(": ", 1)[1] for said in found]


def test_the_mistakes_of_all_files_and_rules_are_said_at_once(deployments):
    written(deployments, RULE % ("a", "kind: share, objective: joy, over: 1h, alpha: 0.01"), to="rules.yaml")
    written(
        deployments,
        RULE % ("b", "kind: share, objective: joy, over: 2h, alpha: 0.01"),
        RULE % ("c", FAILED % "1m"),
        RULE % ("d", "kind: wish"),
        RULE % ("e", "kind: burn, objective: availability, factor: 14.4, long: 1h"),
        app=APP + "slot: 5m\n",
        slos=SLOS.replace("0.9}", "0.75}"),
    )

    assert [
        "/bot/rules.yaml:4:54: rules.2.when",
        "/bot/rules.yaml:2:74: rules.0.when.objective",
        "/bot/rules.yaml:3:108: rules.1.when.over",
        "/bot/rules.yaml:5:98: rules.3.when.factor",
        "/bot/slos.yaml:2:96: objectives.0.at_least",
    ] == list(dict.fromkeys(": ".join(said.split(": ")[:2]) for said in complaints(deployments)))


def test_a_wrong_app_file_does_not_hide_what_is_wrong_with_the_rules(deployments):
    written(deployments, RULE % ("d", "kind: wish"), app="colour: red\n")

    assert 3 == len(complaints(deployments))


def test_a_slot_longer_than_a_shared_window_is_a_warning_of_what_nobody_looks_at(deployments):
    written(deployments, RULE % ("own", FAILED % "4m"), to="rules.yaml", app=APP + "slot: 5m\n")

    (said,) = warnings(deployments)

    assert said == (
        "/bot/app.yaml:2:1: warning: slot: a slot of 5 min is longer than rules look back (error-rate 2 min, own 4 min): "
        "what happens between two such windows nobody looks at"
    )


def test_a_recording_is_replayed_in_whatever_slots_one_likes(deployments):
    written(deployments, app="source: {kind: jsonl, path: rows}\nslot: 1h\n")

    assert [] == warnings(deployments)


def test_without_expected_traffic_nothing_is_said_of_it(deployments):
    written(deployments, app=APP + "judging: {sample_rate: 0.0001}\n")

    assert [] == warnings(deployments)


def test_shared_rules_that_ask_for_more_than_there_is_are_a_warning_each(deployments):
    written(deployments, app=APP + "expected_requests_a_day: 1500\njudging: {sample_rate: 0.05}\n")

    (said,) = [one for one in warnings(deployments) if "'hallucination-spike'" in one]

    assert said == (
        "/bot/app.yaml:2:1: warning: expected_requests_a_day: the rule 'hallucination-spike': 15 min at 1,500 requests a "
        "day and a rate of 0.05 are 0.78 judged answers on average; it takes 4 to fire, and not one look in a hundred "
        "finds so many"
    )


def test_labels_that_a_rule_asks_for_are_counted_under_their_names(deployments):
    written(deployments, RULE % ("mine", FAILED % "2h" + ", where: {feature: rare}"))

    assert ("feature", "rare") in read_application(deployments, "bot").plan.named
