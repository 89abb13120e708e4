"""What every judge promises, whoever it is."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from adapters.judges import JUDGES, Brief, JudgeConfig, build_judge
from adapters.judges.endpoint import Client
from domain.anchor import Labelled
from domain.errors import ConfigError
from domain.judgement import JudgeFailure, NotApplicable, Score
from domain.prices import PriceTable
from tests.adapters.judges.bench import (
    CONTEXT,
    CRITERIA,
    FALLBACK_KEY,
    GOOD,
    INVENTED,
    KEY,
    NOON,
    config,
    transcript,
    wire,
)
from tests.adapters.judges.conftest import CERTIFICATES
from tests.stand_ins.judge_model import judge_model

CONFIG = TypeAdapter(JudgeConfig)
LABELLED = [  # what the embedded model needs before it says anything
    Labelled(
        id=str(n), question="How long?", context=CONTEXT, answer=(GOOD, INVENTED)[n // 2 % 2] + f" Order {n % 7}.",
        bad=bool(n // 2 % 2),
    )
    for n in range(400)
]  # fmt: skip
BRIEF = Brief(CRITERIA, asked=tuple(CRITERIA), prices=PriceTable(), labelled=LABELLED)
TEXT = st.text(alphabet=st.characters(exclude_categories=[]), max_size=60)


@pytest.fixture(scope="module")
def model():
    with judge_model() as running:
        yield running


def config_of(kind, model):
    return config(kind, model) if kind in {"openai", "anthropic"} else CONFIG.validate_python({"kind": kind})


@pytest.fixture(params=sorted(JUDGES))
async def judge(request, model):
    async with Client(verify=CERTIFICATES) as client:
        yield build_judge(config_of(request.param, model), wire(client), BRIEF)


async def test_each_criterion_gets_one_judgement_with_its_version(judge):
    judgements = await judge.judge(transcript(GOOD), NOON)

    assert list(judge.criteria) == [one.criterion for one in judgements]
    assert {"t1"} == {one.trace_id for one in judgements}
    assert [judge.name_of(name) for name in judge.criteria] == [one.judge for one in judgements]
    assert judge.name == judge.name_of(judge.criteria[0])
    assert {NOON} == {one.judged_at for one in judgements}
    assert [judge.version_of(name) for name in judge.criteria] == [one.version for one in judgements]
    assert all("/" in one.version for one in judgements)


async def test_a_good_answer_scores_high_and_an_invented_one_lower(judge):
    good = {one.criterion: one for one in await judge.judge(transcript(GOOD), NOON)}
    invented = {one.criterion: one for one in await judge.judge(transcript(INVENTED), NOON)}

    assert isinstance(good["faithfulness"], Score)
    assert isinstance(invented["faithfulness"], Score)
    assert 1.0 == good["faithfulness"].value
    assert invented["faithfulness"].value <= 0.5
    assert invented["faithfulness"].reason


@pytest.mark.parametrize(
    "nothing",
    [
        pytest.param(transcript(context=()), id="no context"),
        pytest.param(transcript(context=("", " \n")), id="an empty context"),
        pytest.param(transcript(""), id="an empty answer"),
        pytest.param(transcript(" \n "), id="a blank answer"),
        pytest.param(transcript("\u200b\u200b"), id="an invisible answer"),
        pytest.param(transcript("I'm sorry, but I can't help with that request."), id="a refusal"),
    ],
)
async def test_has_no_faithfulness_to_judge(judge, nothing):
    judgements = {one.criterion: one for one in await judge.judge(nothing, NOON)}

    assert isinstance(judgements["faithfulness"], NotApplicable)
    assert judgements["faithfulness"].reason


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=TEXT, question=TEXT, context=st.lists(TEXT, max_size=3))
async def test_any_text_is_judged_without_an_error_or_a_number_out_of_range(judge, answer, question, context):
    judgements = await judge.judge(transcript(answer, question=question, context=tuple(context)), NOON)

    assert list(judge.criteria) == [one.criterion for one in judgements]
    for judgement in judgements:
        assert isinstance(judgement, Score | NotApplicable | JudgeFailure)
        if isinstance(judgement, Score):
            assert 0.0 <= judgement.value <= 1.0
            assert not math.isnan(judgement.value)


async def test_no_key_shows_in_any_repr(judge):
    shown = f"{judge!r} {vars(judge)!r}"

    assert KEY not in shown
    assert FALLBACK_KEY not in shown


async def test_owes_nothing_after_settling_and_settles_twice(judge):
    await judge.judge(transcript(), NOON)

    judge.settle()
    judge.settle()


async def test_whoever_can_be_talked_to_is_watched_by_canaries(judge):
    kinds = {canary.kind for _, canary in judge.canaries}

    assert judge.reads_as_told == ("injected bad" in kinds)
    assert {name for name, _ in judge.canaries} <= set(judge.criteria)


@pytest.mark.parametrize("kind", sorted(JUDGES))
def test_the_kind_chooses_the_config(kind):
    shape = {"kind": kind, "model": "m"} if kind in {"openai", "anthropic"} else {"kind": kind}

    assert kind == CONFIG.validate_python(shape).kind


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({}, id="no kind"),
        pytest.param({"kind": "oracle"}, id="an unknown kind"),
        pytest.param({"kind": "rules", "strict": True}, id="an unknown field"),
        pytest.param({"kind": "openai", "model": ""}, id="no model"),
        pytest.param({"kind": "openai", "model": "m", "base_url": "ftp://x"}, id="no web address"),
        pytest.param({"kind": "openai", "model": "m", "deadline_s": 0}, id="no time"),
        pytest.param({"kind": "openai", "model": "m", "temperature": float("nan")}, id="a temperature of NaN"),
        pytest.param({"kind": "anthropic", "model": "m", "daily_cap_usd": 0}, id="nothing to spend"),
        pytest.param({"kind": "anthropic", "model": "m", "max_concurrency": 0}, id="no calls"),
        pytest.param({"kind": "openai", "model": "m", "fallback": {"kind": "rules"}}, id="rules as fallback"),
    ],
)
def test_refuses_a_config(written):
    with pytest.raises(ValidationError):
        CONFIG.validate_python(written)


KEYS = [None, SecretStr(""), SecretStr("sk-1\nX-Evil: 1"), SecretStr(" sk-1"), SecretStr("schlüssel")]


@pytest.mark.parametrize("key", KEYS)
async def test_a_missing_or_broken_key_names_the_setting(model, client, kind, key):
    with pytest.raises(ConfigError, match="GOODPUT_JUDGE_API_KEY") as caught:
        build_judge(config(kind, model), wire(client, api_key=key), BRIEF)

    assert key is None or not key.get_secret_value() or key.get_secret_value() not in str(caught.value)


@pytest.mark.parametrize("key", KEYS)
async def test_a_missing_or_broken_key_of_the_fallback_names_its_own_setting(model, client, key):
    other = {"kind": "anthropic", "model": "other", "base_url": model.base_url}
    with pytest.raises(ConfigError, match="GOODPUT_FALLBACK_JUDGE_API_KEY"):
        build_judge(config("openai", model, fallback=other), wire(client, fallback_api_key=key), BRIEF)


async def test_an_endpoint_of_your_own_may_need_no_key(model, client, kind):
    judge = build_judge(config(kind, model, needs_key=False), wire(client, api_key=SecretStr(KEY)), BRIEF)
    judgements = await judge.judge(transcript(), NOON)

    assert all(isinstance(one, Score) for one in judgements)
    assert not {"authorization", "x-api-key"} & {name.lower() for name in model.server.received[-1].headers}
