"""A judge behind an OpenAI-compatible endpoint, from the configuration file to the score next to the trace."""

from datetime import timedelta

from flows.evaluate_traces import evaluate_traces
from flows.watch_requests import watch_requests
from tests.acceptance.conftest import APP
from tests.acceptance.traffic import INVENTED, NOON, TRUE, request
from tests.stand_ins.judge_model import judge_model

MINUTE = timedelta(minutes=1)


async def test_a_models_verdicts_become_scores_next_to_their_traces(world, monkeypatch):
    rows = [*request(1, NOON - 3 * MINUTE, answer=TRUE), *request(2, NOON - 2 * MINUTE, answer=INVENTED)]
    with judge_model() as model:
        judging = f"judging: {{judge: {{kind: openai, model: stand-in, base_url: {model.base_url}}}}}"
        here = world(rows, app=APP.replace("judging: {sample_rate: 0.5}", judging))
        monkeypatch.setenv("GOODPUT_JUDGE_API_KEY", "sk-judge")
        await watch_requests(slot=NOON)

        await evaluate_traces(slot=NOON)

    written = {
        (score["traceId"][-1], score["value"])
        for score in here.langfuse.scores.written.values()
        if score["name"] == "faithfulness"
    }
    assert {("1", 1.0), ("2", 0.0)} == written
