"""Declines and mixes: what fires, what is chance, and what is not known."""

import numpy as np
import pytest
from pydantic import ValidationError

from alerts.conditions import Decline, MixChanged
from domain.alerting import Truth
from tests.builders import DAY, HOUR, NOON, SETTLE, bad_of, every, facts, view

END = NOON - SETTLE
TODAY, YESTERDAY = END - DAY, END - 2 * DAY


def decline(**said):
    shape = {"kind": "decline", "signal": "faithfulness", "over": "24h", "by": 0.02, "clear_by": 0.01}
    return Decline.model_validate({**shape, "alpha": 0.01, "at_least": 30, **said})


def mix(**said):
    shape = {"kind": "psi", "label": "feature", "over": "24h", "against": "3d", "at_least": 0.25}
    return MixChanged.model_validate({**shape, "alpha": 0.001, "clear_below": 0.20, **said})


def two_days(before, now, **more):
    """Requests spread over yesterday and over today."""
    moments = [
        start + DAY * (position + 0.5) / len(scores)
        for start, scores in ((YESTERDAY, before), (TODAY, now))
        for position in range(len(scores))
    ]
    return facts(moments, faithfulness=[*before, *now], **more)


class TestDecline:
    def test_a_real_decline_fires_and_says_its_samples(self):
        found = decline().find(view(two_days(bad_of(5, 100, good=1, bad=0.3), bad_of(30, 100, good=1, bad=0.3))))[0]

        assert (Truth.TRUE, False, 100) == (found.truth, found.clear, found.n)
        assert "faithfulness -0.175 against the 24 h before (100 now, 100 before)" == found.because

    @pytest.mark.parametrize(
        ("before", "now", "clear"),
        [
            pytest.param([0.9] * 50, [0.9] * 50, True, id="as before"),
            pytest.param([0.8] * 50, [0.9] * 50, True, id="better than before"),
            pytest.param([0.900] * 50, [0.889] * 50, False, id="surely lower, but by less than it takes"),
            pytest.param(bad_of(2, 30, good=1, bad=0.2), bad_of(4, 30, good=1, bad=0.2), False, id="lower by chance"),
        ],
    )
    def test_it_keeps_quiet(self, before, now, clear):
        found = decline().find(view(two_days(before, now)))[0]

        assert (Truth.FALSE, clear) == (found.truth, found.clear)

    def test_hours_that_differ_every_day_are_no_decline(self):
        random = np.random.default_rng(3)
        moments = every(HOUR / 4, YESTERDAY, END)
        level = [0.95 if moment.hour < 12 else 0.75 for moment in moments]
        quiet = 0
        for _ in range(100):
            scores = np.clip(random.normal(level, 0.05), 0, 1).tolist()
            quiet += decline().find(view(facts(moments, faithfulness=scores)))[0].truth is Truth.FALSE

        assert 99 <= quiet

    @pytest.mark.parametrize(
        ("of", "because"),
        [
            pytest.param(view(two_days([0.9] * 29, [0.1] * 90)), "too few judged: 90 now, 29 before", id="few before"),
            pytest.param(view(two_days([0.9] * 90, [0.1] * 29)), "too few judged: 29 now, 90 before", id="few now"),
            pytest.param(view(facts([])), "too few judged: 0 now, 0 before", id="no requests"),
            pytest.param(
                view(two_days([0.9] * 90, [0.1] * 90), known_from=TODAY - 12 * HOUR),
                "traces are known only since 21 Nov 23:59 UTC",
                id="half a day is not like a day",
            ),
            pytest.param(
                view(two_days([0.9] * 90, [0.1] * 90), known_until=END - HOUR),
                "traces are read only until 23 Nov 10:59 UTC",
                id="traces not read yet",
            ),
            pytest.param(
                view(two_days([0.9] * 90, [0.1] * 60 + [float("nan")] * 30, judgeable=[1.0] * 180)),
                "only 60 of 90 answers could be judged in 24 h",
                id="the judge failed on too many",
            ),
        ],
    )
    def test_what_is_not_known_is_unknown(self, of, because):
        assert [(Truth.UNKNOWN, because)] == [(one.truth, one.because) for one in decline().find(of)]

    def test_the_lowest_scores_of_the_day_are_shown(self):
        shown = decline().worst(view(two_days([0.0], [0.9, 0.1, float("nan"), 0.4])), ())

        assert ["faithfulness 0.10", "faithfulness 0.40", "faithfulness 0.90"] == [one.reason for one in shown]


def topics(before, now):
    """Requests with features, spread over three days and the day after."""
    moments, names = [], []
    for start, length, counts in ((END - 4 * DAY, 3 * DAY, before), (TODAY, DAY, now)):
        here = [name for name, n in counts.items() for _ in range(n)]
        moments += [start + length * (position + 0.5) / len(here) for position in range(len(here))]
        names += here
    return facts(moments, labels={"feature": names})


class TestMix:
    @pytest.mark.parametrize(
        ("before", "now", "truth", "clear"),
        [
            pytest.param({"a": 300, "b": 300}, {"a": 100, "b": 100}, Truth.FALSE, True, id="as before"),
            pytest.param({"a": 300, "b": 300}, {"a": 150, "b": 50}, Truth.TRUE, False, id="moved"),
            pytest.param({"a": 300, "b": 300}, {"a": 80, "b": 80, "new": 40}, Truth.TRUE, False, id="a new topic"),
            pytest.param({"a": 3000, "b": 3000}, {"a": 1430, "b": 570}, Truth.FALSE, True, id="clear below the line"),
            pytest.param(
                {"a": 3000, "b": 3000}, {"a": 1460, "b": 540}, Truth.FALSE, False, id="neither moved nor clear"
            ),
            pytest.param({"a": 300, "b": 300}, {"a": 12, "b": 3}, Truth.UNKNOWN, False, id="too few to tell"),
            pytest.param({"a": 300}, {}, Truth.UNKNOWN, False, id="nothing now"),
        ],
    )
    def test_effect_and_evidence(self, before, now, truth, clear):
        found = mix().find(view(topics(before, now)))[0]

        assert (truth, clear) == (found.truth, found.clear)

    def test_it_names_what_moved_most_with_its_samples(self):
        found = mix().find(view(topics({"a": 300, "b": 300}, {"a": 80, "b": 80, "new": 40})))[0]

        assert "feature new 0 % to 20.0 %; PSI 1.14, limit 0.25 (200 requests now, 600 before)" == found.because

    def test_too_few_say_what_chance_would_give(self):
        found = mix().find(view(topics({"a": 300, "b": 300}, {"a": 12, "b": 3})))[0]

        assert "too few to tell: chance alone reaches 0.74 (15 requests now, 600 before)" == found.because

    def test_the_reference_is_what_is_known_if_it_is_as_long_as_the_window(self):
        moved = topics({"a": 300, "b": 300}, {"a": 150, "b": 50})
        day, half = (mix().find(view(moved, known_from=TODAY - known))[0] for known in (DAY, DAY / 2))

        assert (Truth.TRUE, Truth.UNKNOWN) == (day.truth, half.truth)
        assert "traces are known only since 21 Nov 23:59 UTC" == half.because


@pytest.mark.parametrize(
    ("build", "said", "words"),
    [
        (decline, {"clear_by": 0.03}, "resolve while it fires"),
        (decline, {"at_least": 7}, "greater than or equal to 8"),
        (mix, {"label": "planet"}, "there is no label"),
        (mix, {"clear_below": 0.3}, "resolve while it fires"),
        (mix, {"against": "12h"}, "against is shorter than over"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(build, said, words):
    with pytest.raises(ValidationError, match=words):
        build(**said)


@pytest.mark.parametrize(
    ("question", "back"), [(decline(), 2 * DAY), (mix(), 4 * DAY)], ids=lambda value: type(value).__name__
)
def test_every_question_says_how_much_history_it_needs(question, back):
    assert back == question.looks_back
    assert () == mix().worst(view(), ())
