"""The judge is judged: by the same answers from day to day, and by the name of the model that answers."""

from dataclasses import replace

import pytest

from domain.alerting import Truth
from domain.anchor import AnchorVerdict, Round, checks_at
from domain.served import ServedModel
from tests.alerts.shipped import RULES
from tests.builders import DAY, HOUR, NOON, view

DRIFT, MODEL = RULES["J1"].when, RULES["J2"].when
N = 200


def round_of(flagged, *, at=NOON, accepted=False, model="m-1", criterion="faithfulness", version="v1", failed=0):
    """*flagged* anchors called bad, counted from the first; the last *failed* ones got no verdict."""
    verdicts = [None if position >= N - failed else position < flagged for position in range(N)]
    return Round(
        criterion=criterion,
        version=version,
        judge="openai/m",
        at=at,
        accepted=accepted,
        verdicts=tuple(AnchorVerdict(anchor=f"a{n}", flagged=one, served_by=model) for n, one in enumerate(verdicts)),
    )


BEFORE = round_of(20, at=NOON - 5 * DAY, accepted=True)


def drift(*rounds, slot=NOON):
    (found,) = DRIFT.find(replace(view(slot=slot), judge_checks=checks_at(rounds, slot)))
    return found


@pytest.mark.parametrize(
    ("flagged", "truth"),
    [
        pytest.param(20, Truth.FALSE, id="the same"),
        pytest.param(26, Truth.FALSE, id="six flips one way may be chance"),
        pytest.param(29, Truth.TRUE, id="nine flips one way are not"),
        pytest.param(11, Truth.TRUE, id="nor the other way"),
    ],
)
def test_flips_one_way_are_drift(flagged, truth):
    found = drift(BEFORE, round_of(flagged))

    assert (truth, truth is Truth.FALSE) == (found.truth, found.clear)
    assert (N, abs(flagged - 20)) == (found.n, found.k)


def test_two_criteria_share_the_false_alarms():
    more = [round_of(20, criterion="relevance", at=NOON - 5 * DAY, accepted=True), round_of(20, criterion="relevance")]

    assert Truth.TRUE is drift(BEFORE, round_of(28)).truth
    assert Truth.FALSE is drift(BEFORE, round_of(28), *more).truth


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        pytest.param([], "no anchors were judged in 3 days", id="nothing"),
        pytest.param([round_of(29, at=NOON - 4 * DAY)], "no anchors were judged in 3 days", id="long ago"),
        pytest.param([round_of(29, accepted=True)], "no anchors were compared", id="the first round"),
        pytest.param([BEFORE, round_of(29, version="v2")], "no anchors were compared", id="another version"),
        pytest.param([BEFORE, round_of(20, failed=N)], "no anchors were compared", id="no verdicts"),
    ],
)
def test_without_a_comparison_nothing_is_known(rounds, words):
    found = drift(*rounds)

    assert (Truth.UNKNOWN, False, words) == (found.truth, found.clear, found.because)


def test_a_round_of_tomorrow_is_not_known_today():
    assert Truth.FALSE is drift(BEFORE, round_of(20), round_of(60, at=NOON + DAY)).truth


def test_the_words_say_what_the_test_can_see():
    found = drift(BEFORE, round_of(29, model="m-2", failed=3))

    assert (
        "openai/m, faithfulness: of 197 answers judged twice 9 turned bad and 0 turned good (exact McNemar p = 0.0039); "
        "a change of 8 % one way and 1 % the other would be seen with a chance of 76%; 3 of 200 got no verdict"
    ) == found.because
    assert ("Served by", "m-2; before: m-1") in found.facts


def served(*models):
    return [ServedModel(judge=judge, model=name, first=first, last=last) for judge, name, first, last in models]


def model(*models, slot=NOON):
    (found,) = MODEL.find(replace(view(slot=slot), judge_models=served(*models)))
    return found


OLD = ("openai/m", "m-1", NOON - 9 * DAY, NOON - 3 * HOUR)


@pytest.mark.parametrize(
    ("models", "truth", "words"),
    [
        pytest.param([], Truth.UNKNOWN, "no model has said its name yet", id="nobody says"),
        pytest.param([OLD], Truth.FALSE, "openai/m is served by m-1, as before", id="the same"),
        pytest.param([("openai/m", "m-1", NOON - HOUR, NOON)], Truth.FALSE, "as before", id="the first ever"),
        pytest.param(
            [OLD, ("openai/m", "m-2", NOON - 2 * HOUR, NOON)],
            Truth.TRUE,
            "openai/m is served by m-2 since 23 Nov 10:00 UTC, by m-1 before",
            id="another",
        ),
        pytest.param([OLD, ("openai/m", "m-2", NOON - 2 * DAY, NOON)], Truth.FALSE, "m-2, as before", id="old news"),
        pytest.param(
            [OLD, ("anthropic/c", "c-1", NOON - HOUR, NOON)], Truth.FALSE, "c-1, as before", id="another judge"
        ),
    ],
)
def test_another_model_is_news_for_a_day(models, truth, words):
    found = model(*models)

    assert truth is found.truth
    assert words in found.because
