"""The Langfuse of the tests answers like the one that was recorded; else the other tests prove nothing."""

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
