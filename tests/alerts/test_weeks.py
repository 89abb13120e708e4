"""This week against the one before: what changed by more than chance."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from alerts.conditions import WeekOnWeek
from domain.alerting import Truth
from tests.builders import DAY, NOON, SETTLE, bad_of, facts, view

END = NOON - SETTLE


def week(**said):
    return WeekOnWeek.model_validate({"kind": "change", "signal": "cost_usd", "over": "7d", "by": 0.2, **said})


def weeks(before, now, signal="cost_usd", length=timedelta(days=7), **more):
    moments = [
        start + length * (position + 0.5) / len(values)
        for start, values in ((END - 2 * length, before), (END - length, now))
        for position in range(len(values))
    ]
    return facts(moments, **{signal: [*before, *now]}, **more)


class TestWeeks:
    @pytest.mark.parametrize(
        ("before", "now", "truth", "because"),
        [
            pytest.param(
                [0.01, 0.011] * 50,
                [0.02, 0.021] * 50,
                Truth.TRUE,
                "$0.0105 to $0.0205 (+95%; 100 now, 100 before) in 7 days",
                id="dearer",
            ),
            pytest.param([0.02, 0.021] * 50, [0.01, 0.011] * 50, Truth.TRUE, "-49%", id="cheaper"),
            pytest.param([0.01, 0.011] * 50, [0.011, 0.012] * 50, Truth.FALSE, "+10%", id="less than it takes"),
            pytest.param([0.01, 0.05] * 3, [0.01, 0.09] * 3, Truth.FALSE, ", which may be chance", id="chance"),
            pytest.param([0.01], [0.02] * 50, Truth.UNKNOWN, "nothing to compare: 50 now, 1 before", id="one before"),
        ],
    )
    def test_what_changed_by_more_than_chance(self, before, now, truth, because):
        found = week().find(view(weeks(before, now)))[0]

        assert truth is found.truth
        assert because in found.because

    def test_what_never_happened_before_is_a_change(self):
        found = week(signal="refused").find(view(weeks(bad_of(0, 300), bad_of(30, 300), "refused")))[0]

        assert (Truth.TRUE, "0 % to 10.0 % (300 now, 300 before) in 7 days") == (found.truth, found.because)

    def test_one_refusal_after_none_is_chance(self):
        found = week(signal="refused").find(view(weeks(bad_of(0, 300), bad_of(1, 300), "refused")))[0]

        assert Truth.FALSE is found.truth

    def test_every_feature_has_its_own_finding(self):
        of = weeks([0.01, 0.011] * 50, [0.02, 0.021] * 50, labels={"feature": (["a"] * 10 + ["b"] * 10) * 10})
        found = week(split_by="feature").find(view(of))

        assert [("a", 50), ("b", 50)] == [(one.labels[0][1], one.n) for one in found]

    @pytest.mark.parametrize(
        ("known", "words"),
        [
            pytest.param(30, "7 days", id="long known"),
            pytest.param(13, "6 days", id="nearly two weeks"),
            pytest.param(7, "3 days", id="one week"),
        ],
    )
    def test_a_new_deployment_compares_the_halves_of_what_it_has(self, known, words):
        of = weeks([0.01, 0.011] * 50, [0.02, 0.021] * 50)
        found = week(at_least="3d").find(view(of, known_from=END - known * DAY))[0]

        assert found.because.endswith(f" in {words}")

    @pytest.mark.parametrize(("said", "known"), [({"at_least": "3d"}, 5), ({}, 13)])
    def test_less_is_not_measured(self, said, known):
        found = week(**said).find(view(weeks([0.01] * 9, [0.02] * 9), known_from=END - known * DAY))[0]

        assert Truth.UNKNOWN is found.truth
        assert "traces are known only since" in found.because

    def test_no_labelled_requests_are_not_measured(self):
        found = week(split_by="feature").find(view(weeks([0.01] * 9, [0.02] * 9)))

        assert [(Truth.UNKNOWN, "no requests with a feature in 7 days")] == [(f.truth, f.because) for f in found]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"signal": "nonsense"}, "there is no signal"),
        ({"split_by": "planet"}, "there is no label"),
        ({"at_least": "8d"}, "between one day and over"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(said, words):
    with pytest.raises(ValidationError, match=words):
        week(**said)


@pytest.mark.parametrize(("question", "back"), [(week(), 14 * DAY)], ids=lambda value: type(value).__name__)
def test_every_question_says_how_much_history_it_needs(question, back):
    assert back == question.looks_back
    assert () == question.worst(view(), ())
