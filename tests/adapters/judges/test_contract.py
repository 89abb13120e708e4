"""What every judge promises, whoever it is."""

import math

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from adapters.judges import JUDGES, JudgeConfig, OpenAIConfig, RulesConfig, Wire, build_judge
from domain.errors import ConfigError
from domain.judgement import JudgeFailure, NotApplicable, Score
from tests.adapters.judges.bench import GOOD, INVENTED, KEY, NOON, transcript
from tests.stand_ins.judge_model import judge_model

CONFIG = TypeAdapter(JudgeConfig)


@pytest.fixture(scope="module")
def model():
    with judge_model() as running:
        yield running


@pytest.fixture(params=sorted(JUDGES))
async def judge(request, model):
    async with httpx.AsyncClient() as client:
        wire = Wire(client=client, nonce=lambda: "7f3a", api_key=SecretStr(KEY))
        configs = {"rules": RulesConfig(), "openai": openai_config(model)}
        yield build_judge(configs[request.param], wire)


def openai_config(model, **more):
    return OpenAIConfig(kind="openai", model="gpt-5-mini", base_url=model.base_url, deadline_s=10, **more)


async def test_a_good_answer_scores_high(judge):
    judgement = await judge.judge(transcript(GOOD), NOON)

    assert isinstance(judgement, Score)
    assert 1.0 == judgement.value
    assert ("t1", "faithfulness", judge.name, NOON) == (
        judgement.trace_id,
        judgement.criterion,
        judgement.judge,
        judgement.judged_at,
    )


async def test_an_invented_answer_scores_lower_and_says_why(judge):
    judgement = await judge.judge(transcript(INVENTED), NOON)

    assert isinstance(judgement, Score)
    assert judgement.value <= 0.5
    assert judgement.reason.startswith("Sentence ")
    assert len(judgement.reason) <= 300


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
async def test_has_nothing_to_judge(judge, nothing):
    judgement = await judge.judge(nothing, NOON)

    assert isinstance(judgement, NotApplicable)
    assert judgement.reason


async def test_every_judge_names_its_version(judge):
    judgement = await judge.judge(transcript(), NOON)

    assert "/" in judgement.version


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=st.text(), question=st.text(), context=st.lists(st.text(), max_size=3))
async def test_any_text_is_judged_without_an_error_or_a_number_out_of_range(judge, answer, question, context):
    judgement = await judge.judge(transcript(answer, question=question, context=tuple(context)), NOON)

    assert isinstance(judgement, Score | NotApplicable | JudgeFailure)
    if isinstance(judgement, Score):
        assert 0.0 <= judgement.value <= 1.0
        assert not math.isnan(judgement.value)


async def test_no_key_shows_in_any_repr(judge):
    assert KEY not in f"{judge!r} {vars(judge)!r}"


@pytest.mark.parametrize(
    ("written", "config"),
    [
        pytest.param({"kind": "rules"}, RulesConfig(), id="rules"),
        pytest.param({"kind": "openai", "model": "m"}, OpenAIConfig(kind="openai", model="m"), id="openai"),
    ],
)
def test_the_kind_chooses_the_config(written, config):
    assert config == CONFIG.validate_python(written)


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
    ],
)
def test_refuses_a_config(written):
    with pytest.raises(ValidationError):
        CONFIG.validate_python(written)


async def test_the_registry_knows_every_kind():
    kinds = {RulesConfig().kind, OpenAIConfig(kind="openai", model="m").kind}

    assert kinds == JUDGES.keys()


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr("sk-1\nX-Evil: 1"), SecretStr("schlüssel")])
async def test_a_missing_or_broken_key_names_the_setting(key):
    async with httpx.AsyncClient() as client:
        wire = Wire(client=client, nonce=lambda: "7f3a", api_key=key)
        with pytest.raises(ConfigError, match="GOODPUT_JUDGE_API_KEY"):
            build_judge(OpenAIConfig(kind="openai", model="m"), wire)


async def test_an_endpoint_of_your_own_may_need_no_key(model):
    async with httpx.AsyncClient() as client:
        wire = Wire(client=client, nonce=lambda: "7f3a")
        judgement = await build_judge(openai_config(model, needs_key=False), wire).judge(transcript(), NOON)

    assert isinstance(judgement, Score)
    assert "Authorization" not in model.server.received[-1].headers
