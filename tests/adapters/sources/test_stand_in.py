"""The Langfuse of the tests answers like the one that was recorded; else the other tests prove nothing."""

import json

import httpx
import pytest

from tests.adapters.sources.recorded import recording, recordings, rows, scores
from tests.stand_ins.langfuse import PUBLIC_KEY, SECRET_KEY, langfuse

OTHER_DATA = {  # of environments that are not in the 48 hours
    "scores/v3-experiment",
    "paging/same-span-sent-twice",
    "paging/same-span-other-content",
}
OTHER_WORDS = {
    "scores-write/array-of-one",
    "scores-write/array-of-two",
}  # one issue here, the same one twice there
HEADERS = {
    "basic": httpx.BasicAuth(PUBLIC_KEY, SECRET_KEY),
    "wrong-secret": httpx.BasicAuth(PUBLIC_KEY, "wrong"),
    "unknown-key": httpx.BasicAuth("pk-unknown", SECRET_KEY),
    "none": None,
}


@pytest.fixture(scope="module")
def server():
    with langfuse(rows(), scores()) as running:
        yield running


@pytest.mark.parametrize(
    "name",
    sorted(
        set(recordings("observations", "errors", "health", "projects", "metrics", "scores", "scores-write"))
        - OTHER_DATA
    ),
)
def test_the_stand_in_answers_what_the_server_answered(server, name):
    recorded = recording(name)

    answer = ask(server, recorded["request"])

    assert recorded["response"]["status"] == answer.status_code
    if "json" in recorded["response"]:
        assert essence(name, recorded["response"]["json"]) == essence(name, answer.json())
    else:
        assert recorded["response"]["headers"]["content-type"] == answer.headers["content-type"]


@pytest.mark.parametrize(("version", "status"), [("4.58.9", 400), ("4.59.0", 202)])
def test_an_array_of_scores_is_refused_up_to_4_58(version, status):
    with langfuse((), version=version) as server:
        assert status == ask(server, recording("scores-write/array-of-two")["request"]).status_code


@pytest.mark.parametrize(("version", "status"), [("4.58.9", 200), ("4.59.0", 400)])
def test_a_single_score_is_refused_from_4_59_on(version, status):
    with langfuse((), version=version) as server:
        assert status == ask(server, recording("scores-write/single-numeric")["request"]).status_code


def test_queues_answer_what_the_server_answered():
    with langfuse(()) as server:
        ids = {}
        for name in (
            *("create", "create-same-name", "create-without-config-400", "list", "get", "add-trace"),
            *("add-same-trace-again", "add-observation", "add-unknown-trace", "add-bad-type-400", "items"),
            *("items-pending", "item-complete", "item", "item-delete"),
        ):
            recorded = recording(f"annotation-queues/{name}")
            answer = ask(server, with_our_ids(recorded["request"], ids))
            if "id" in answer.json():
                ids[recorded["response"]["json"]["id"]] = answer.json()["id"]

            assert recorded["response"]["status"] == answer.status_code
            assert undated(with_our_ids(recorded["response"]["json"], ids)) == undated(answer.json()), name


def test_scores_are_dropped_renamed_and_moved_like_the_server_did():
    with langfuse(()) as server:
        server.scores.configs["beaee43d-df1c-47d1-a352-bde2fe12564d"] = ("faithfulness-0-1-1", 0, 1)
        for name in recordings("read-back"):
            if not name.endswith("read-back"):
                assert 200 == ask(server, recording(name)["request"]).status_code
        for name in recordings("read-back"):
            if name.endswith("read-back"):
                found = ask(server, recording(name)["request"]).json()["data"]
                assert told(recording(name)["response"]["json"]["data"]) == told(found), name


def told(scores):
    names = ("id", "name", "value", "environment", "configId")
    return sorted([tuple(str(score[name]) for name in names) for score in scores])


def with_our_ids(value, ids):
    text = json.dumps(value)
    for theirs, ours in ids.items():
        text = text.replace(theirs, ours)
    return json.loads(text)


def undated(value):
    if isinstance(value, list):
        return [undated(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: undated(item) for name, item in value.items() if not name.endswith("At")}


def ask(server, request):
    url, auth = server.url + request["path"], HEADERS.get(request["auth"])
    headers = {"Authorization": "Bearer pk"} if request["auth"] == "bearer-public-key" else {}
    body = {} if request["body"] is None else {"json": request["body"]}
    return httpx.request(
        request["method"], url, params=request["query"], auth=auth, headers=headers, trust_env=False, **body
    )


def essence(name, body):
    """Order the errors and leave out words that only a person reads."""
    if name in OTHER_WORDS:
        return body["message"], body["error"][0]
    if name == "scores-write/ingestion-batch":
        return body["successes"], [(error["id"], error["status"], error["message"]) for error in body["errors"]]
    return body
