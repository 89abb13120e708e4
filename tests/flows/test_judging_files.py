"""What operators write about judging: the criteria, shipped and their own, and who judges by which."""

from pathlib import Path

import pytest

from adapters.judges import RulesConfig
from adapters.yaml_files import read_yaml
from domain.criterion import Criterion, Ruling, score_of
from domain.errors import ConfigError
from flows.configuration import read_application
from flows.judging import read_criteria

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "deployments" / "criteria"
NAMES = ("faithfulness", "groundedness", "refusal", "relevance", "toxicity")
APP = """\
environment: prod
source: {kind: langfuse}
judging:
  judge: {kind: openai, model: m}
  criteria: [faithfulness, %s]
"""
BRAND = """\
name: brand-voice
version: 1
of: answer
asks: Does it sound like us?
verdicts:
  like_us: {means: it does, counts: 1}
  unlike_us: {means: it does not, counts: 0}
"""


@pytest.fixture
def deployments(tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "criteria").mkdir()
    (tmp_path / "bot" / "app.yaml").write_text(APP % "relevance")
    (tmp_path / "bot" / "slos.yaml").write_text(
        "objectives: [{name: a, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: 0.99}]\n"
    )
    return tmp_path


def complaint(deployments):
    with pytest.raises(ConfigError) as caught:
        read_application(deployments, "bot")
    return str(caught.value).replace(str(deployments), "")


def test_the_shipped_criteria_are_these():
    assert set(NAMES) == set(read_criteria(Path("nowhere")))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_criterion_is_watched_at_both_ends(name):
    criterion = read_criteria(Path("nowhere"))[name]
    counted = [choice.counts for choice in criterion.verdicts.values() if choice.counts is not None]

    assert (0.0, 1.0) == (min(counted), max(counted))
    assert {"known good", "known bad"} <= {canary.kind for canary in criterion.canaries}
    for canary in criterion.canaries:
        good_end = (canary.expect == "high") == (criterion.good == "high")
        assert good_end == (canary.kind == "known good")
        assert bool(canary.context) or not criterion.needs_context
    assert 1.0 == score_of(criterion, [Ruling(1, next(iter(criterion.verdicts)))])


@pytest.mark.parametrize("name", ["faithfulness", "relevance", "toxicity"])
def test_what_an_answer_could_talk_its_way_into_has_an_injected_canary(name):
    assert "injected bad" in {canary.kind for canary in read_criteria(Path("nowhere"))[name].canaries}


@pytest.mark.parametrize("name", ["injection-suspect", "hallucination-risk"])
def test_no_criterion_takes_the_name_of_a_score_of_our_own(deployments, name):
    (deployments / "criteria" / f"{name}.yaml").write_text(BRAND.replace("brand-voice", name))

    assert f"/criteria/{name}.yaml:1:1: name: '{name}' is a score of Goodput's own" in complaint(deployments)


def test_an_own_criterion_comes_along(deployments):
    (deployments / "criteria" / "brand-voice.yaml").write_text(BRAND)
    (deployments / "bot" / "app.yaml").write_text(APP % "brand-voice")
    configured = read_application(deployments, "bot")

    assert ["faithfulness", "brand-voice"] == list(configured.criteria)
    assert configured.criteria["brand-voice"].label.startswith("brand-voice/1.")


def test_an_own_file_takes_the_place_of_the_shipped_one(deployments):
    shipped = (SHIPPED / "faithfulness.yaml").read_text()
    (deployments / "criteria" / "faithfulness.yaml").write_text(shipped.replace("version: 1", "version: 7"))

    assert 7 == read_application(deployments, "bot").criteria["faithfulness"].version


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            BRAND.replace("name: brand-voice", "name: voice"),
            "/criteria/brand-voice.yaml:1:1: name: the file is called brand-voice.yaml: name it alike",
            id="another name",
        ),
        pytest.param(
            BRAND.replace("like_us:", "Like-Us:", 1),
            "/criteria/brand-voice.yaml:1:1: the file: the verdict 'Like-Us' is written in lower case",
            id="an odd verdict",
        ),
        pytest.param(
            BRAND.replace("counts: 0", "counts: 2"),
            "/criteria/brand-voice.yaml:7:35: verdicts.unlike_us.counts: Input should be less than or equal to 1",
            id="a count out of range",
        ),
        pytest.param(
            BRAND + "score: yes\n",
            "/criteria/brand-voice.yaml:8:1: score: there is no such field",
            id="a field too many",
        ),
        pytest.param("name: [", "/criteria/brand-voice.yaml:1:8:", id="no YAML"),
    ],
)
def test_a_wrong_file_is_answered_with_its_place(deployments, text, words):
    (deployments / "criteria" / "brand-voice.yaml").write_text(text)

    assert words in complaint(deployments)


def test_all_wrong_files_are_named_at_once(deployments):
    for name in ("one", "two"):
        (deployments / "criteria" / f"{name}.yaml").write_text(BRAND)

    said = complaint(deployments)
    assert "one.yaml" in said
    assert "two.yaml" in said


def test_an_unknown_criterion_is_answered_with_its_place_and_the_known_ones(deployments):
    (deployments / "bot" / "app.yaml").write_text(APP % "politeness")

    said = complaint(deployments)
    assert "/bot/app.yaml:5:28: judging.criteria: there is no 'politeness'" in said
    assert ", ".join(NAMES) in said


def test_the_rules_judge_nothing_that_takes_a_model(deployments):
    (deployments / "bot" / "app.yaml").write_text(
        (APP % "toxicity").replace("{kind: openai, model: m}", "{kind: rules}")
    )

    said = complaint(deployments)
    assert "/bot/app.yaml:3:1: judging:" in said
    assert "toxicity takes a model" in said


def test_a_criterion_twice_is_refused(deployments):
    (deployments / "bot" / "app.yaml").write_text(APP % "faithfulness")

    assert "a name stands there twice" in complaint(deployments)


def test_the_rules_have_their_criteria_even_where_nobody_names_them(deployments):
    (deployments / "bot" / "app.yaml").write_text("environment: prod\nsource: {kind: langfuse}\n")
    configured = read_application(deployments, "bot")

    assert isinstance(configured.file.judging.judge, RulesConfig)
    assert "faithfulness" in configured.criteria


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_file_reads_alone(path):
    assert path.stem == read_yaml(path, Criterion).name
