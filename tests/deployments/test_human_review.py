"""Flagged answers of a medical application are put before people by `goodput status`."""

import json

import pytest

from adapters.assessor import Assessor
from adapters.store import Store
from deployments.command_line.human_review import human_review_words
from domain.application import Application
from domain.flagged import Flagged
from domain.window import Window
from flows.configuration import read_application
from tests.adapters.store.examples import NOON, SHOP, request, score, transcript, window
from tests.builders import DAY
from tests.deployments.test_command_line import goodput, home

WEEK = Window.ending(NOON, 7 * DAY)


def watched(tmp_path, domain: str) -> dict[str, str]:
    """A week in which 7 of 10 judged answers look invented; t0 ended last."""
    folder = tmp_path / "deployments" / SHOP
    folder.mkdir(parents=True)
    folder.joinpath("app.yaml").write_text("source: {kind: jsonl, path: rows}\n")
    folder.joinpath("slos.yaml").write_text(f"profile: rag\ndomain: {domain}\n")
    environment = home(tmp_path)
    store = Store.open(environment["GOODPUT_DATABASE_URL"])
    store.requests.save(SHOP, window(-60, 0), [request(f"t{n}", -n - 1) for n in range(10)], [])
    judged = [(transcript(f"t{n}", -n - 1), score(f"t{n}", 0.5 if n < 7 else 1.0)) for n in range(10)]
    store.judgements.save(SHOP, judged, keep_reasons=False)
    configured = read_application(tmp_path / "deployments", SHOP)
    Assessor(store, Application(name=SHOP), configured.objectives, configured.plan).assess(NOON)
    store.close()
    return environment


@pytest.mark.parametrize("domain", ["medical", "legal"])
def test_status_names_the_flagged_answers_that_need_a_person(tmp_path, domain):
    done = goodput("status", **watched(tmp_path, domain))

    words = "7 flagged answers need a person's look, of 10 judged ones of the last 7 days; newest: t0, t1, t2, t3, t4"
    assert f"Human review: {words}\n" in done.stdout


def test_a_program_reads_them_too(tmp_path):
    (answer,) = json.loads(goodput("status", "--json", **watched(tmp_path, "medical")).stdout)

    assert {
        "flagged": 7,
        "judged": 10,
        "newest": ["t0", "t1", "t2", "t3", "t4"],
        "window": {"start": "2026-10-26T12:00:00+00:00", "end": "2026-11-02T12:00:00+00:00"},
    } == answer["human_review"]


def test_a_general_application_asks_nobody_to_review(tmp_path):
    environment = watched(tmp_path, "general")

    assert "Human review" not in goodput("status", **environment).stdout
    assert json.loads(goodput("status", "--json", **environment).stdout)[0]["human_review"] is None


@pytest.mark.parametrize(
    ("trace_ids", "judged", "words"),
    [
        pytest.param((), 0, "no answer of the last 7 days was judged, so none is flagged", id="blind"),
        pytest.param((), 40, "none of the 40 judged answers of the last 7 days is flagged", id="clean"),
        pytest.param(
            ("t1",),
            40,
            "1 flagged answer needs a person's look, of 40 judged ones of the last 7 days; newest: t1",
            id="1",
        ),
    ],
)
def test_nothing_flagged_is_said_apart_from_nothing_judged(trace_ids, judged, words):
    assert words == human_review_words(Flagged(window=WEEK, judged=judged, trace_ids=trace_ids))
