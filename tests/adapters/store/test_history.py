"""The past from the store: what is counted by the hour equals the rows, on both engines, whatever comes late."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from adapters.store.rollups import Rollups
from adapters.store.tables import ROLLUP
from domain.bad import Bad
from domain.feedback import Feedback
from domain.goodput import measure_goodput
from domain.history import LONG
from domain.judgement import Score
from domain.measure import distribution, joint, spend_nano_usd, tally
from domain.plan import Limit
from domain.planning import plan_of
from domain.request import Outcome
from domain.transcript import Transcript
from domain.window import Window
from tests.adapters.store.examples import NOON, SHOP, request
from tests.builders import DAY, HOUR, MINUTE, objective

FAILED, SLOW = Limit("failed", Bad()), Limit("ttft_s", Bad(above=0.5))
THUMBS, RISKY = Limit("thumb_down", Bad()), Limit("hallucination_risk", Bad(above=0.15))
UP = objective("up", signal="answered", statistic="slices", at_most=None, at_least=0.9, where={"feature": "returns"})
FAST = objective("end-to-end", signal="latency_s", statistic="p95", at_most=2.0)
PLAN = plan_of([UP, FAST, objective("availability", signal="answered", at_most=None, at_least=0.999)], [SLOW])
TODAY = Window.ending(NOON + 7 * MINUTE, DAY)


def traffic(n=300, **said):
    """Return requests of the thirty hours before noon, of three features, some failed, some slow."""
    rng = np.random.default_rng(8)
    return [
        request(
            f"t{number}",
            -float(rng.integers(0, 1800)) - 0.5,
            outcome=Outcome.TIMEOUT if number % 9 == 0 else Outcome.OK,
            ttft_s=float(rng.lognormal(-1, 0.5)),
            latency_s=float(rng.lognormal(0, 0.6)),
            cost_nano_usd=int(rng.integers(10**5, 10**7)),
            feature=["returns", "search", None][number % 3],
            **said,
        )
        for number in range(n)
    ]


def save(store, requests, feedback=()):
    store.requests.save(SHOP, Window(NOON - 31 * HOUR, NOON), requests, list(feedback))


def vote(trace_id, *, positive):
    return Feedback(id=f"v-{trace_id}", trace_id=trace_id, positive=positive, given_at=NOON)


def judge(store, requests, value, rate=1.0):
    judged = [
        (
            Transcript(trace_id=one.trace_id, question="q", answer="a", ended_at=one.ended_at),
            Score(
                trace_id=one.trace_id,
                criterion="faithfulness",
                version="1",
                value=value,
                reason="",
                judge="j",
                judged_at=NOON,
                cost_nano_usd=None,
            ),
        )
        for one in requests
    ]
    store.judgements.save(SHOP, judged, keep_reasons=False, rate=rate)


def same(store, window, plan=PLAN):
    """Assert that everything counted of *window* equals its rows, whole and by feature."""
    history, rows = store.history(SHOP, plan), store.requests.facts(SHOP, window)
    pairs = [(history.over(window, spreads=("ttft_s",)), rows)]
    pairs.append(
        (
            history.over(window, where=(("feature", "returns"),), spreads=("ttft_s",)),
            rows.labelled("feature", "returns"),
        )
    )
    split, parts = history.by(window, "feature", spreads=("ttft_s",)), dict(rows.split("feature"))
    assert set(parts) == {name for name, one in split.items() if len(one)}
    pairs += [(split[name], part) for name, part in parts.items()]
    for counted, exact in pairs:
        assert len(exact) == len(counted)
        assert spend_nano_usd(exact) == spend_nano_usd(counted)
        for limit in plan.limits:
            assert tally(exact, limit) == tally(counted, limit), limit
        assert joint(exact, plan.promises) == joint(counted, plan.promises)
        one, other = distribution(exact, "ttft_s"), distribution(counted, "ttft_s")
        assert one.n == other.n
        if one.n:
            assert one.quantile(0.95) == pytest.approx(other.quantile(0.95), rel=0.0101)
    for limit in plan.minutes:
        assert limit.count(rows) == pairs[0][0].minutes_of(limit)


def test_a_day_counted_is_the_day_read(store):
    save(store, traffic())

    same(store, TODAY)
    assert 27 > len(hours_kept(store)) > 20


def hours_kept(store):
    with store.database.reading() as connection:
        return {row.hour_us: row.plan for row in connection.execute(ROLLUP.select())}


def test_some_of_a_label_by_another(store):
    save(store, [replace(one, model=["m", "n"][n % 2]) for n, one in enumerate(traffic())])
    where = (("feature", "returns"),)
    rows = dict(store.requests.facts(SHOP, TODAY).over(TODAY, where=where).split("model"))
    found = store.history(SHOP, PLAN).by(TODAY, "model", where=where)

    assert {name: len(part) for name, part in rows.items()} == {name: len(part) for name, part in found.items()}


def test_what_comes_late_is_counted(store):
    requests = traffic()
    save(store, requests[:200])
    same(store, TODAY)
    save(store, requests)
    same(store, TODAY)
    assert 300 == len(store.history(SHOP, PLAN).over(Window.ending(NOON, 31 * HOUR)))


def test_a_request_that_ended_otherwise_moves_to_its_hour(store):
    requests = traffic()
    save(store, requests)
    same(store, TODAY)
    moved = [replace(one, ended_at=one.ended_at - 3 * HOUR, outcome=Outcome.TIMEOUT) for one in requests[:50]]
    save(store, moved)

    same(store, TODAY)


def test_judgements_and_votes_are_counted_when_they_come(store):
    requests = traffic()
    save(store, requests)
    same(store, TODAY)
    judge(store, requests[:80], 0.6, rate=0.25)
    judge(store, requests[80:120], 1.0)
    same(store, TODAY)
    save(store, [], [vote(one.trace_id, positive=n % 3 > 0) for n, one in enumerate(requests[:60])])
    same(store, TODAY)
    save(store, [], [vote(one.trace_id, positive=False) for one in requests[:60]])  # they changed their minds
    same(store, TODAY)

    whole = store.history(SHOP, PLAN).over(Window.ending(NOON, 31 * HOUR))
    assert (60, 60) == (tally(whole, THUMBS).k, tally(whole, THUMBS).n)
    assert (80, 120) == (tally(whole, RISKY).k, tally(whole, RISKY).n)
    assert 320 / 360 == pytest.approx(tally(whole, RISKY).share)


def test_a_vote_about_last_week_is_counted_there(store):
    old = request("old", -9 * 24 * 60.0)
    store.requests.save(SHOP, Window(NOON - 10 * DAY, NOON), [old, *traffic(20)], [])
    week = Window.ending(NOON, 10 * DAY)
    assert 0 == tally(store.history(SHOP, PLAN).over(week), THUMBS).n
    save(store, [], [vote("old", positive=False)])

    assert 1 == tally(store.history(SHOP, PLAN).over(week), THUMBS).k


def test_when_a_rate_rises_all_of_the_window_was_chosen_with_it(store):
    requests = traffic()
    save(store, requests)
    judge(store, requests[:60], 0.6, rate=0.1)
    same(store, TODAY)
    store.judgements.raise_rate(SHOP, Window.ending(NOON, DAY), 0.5)
    same(store, TODAY)

    rates = store.requests.facts(SHOP, Window.ending(NOON, DAY)).rate
    assert {0.5} == set(rates[~np.isnan(rates)])


def test_refusals_are_counted_once_texts_were_read(store):
    requests = traffic()
    save(store, requests)
    same(store, TODAY)
    store.requests.refine(SHOP, [replace(one, refused=True, outcome=Outcome.REFUSED) for one in requests[10:13]])

    same(store, TODAY)


def test_other_limits_are_counted_anew(store):
    save(store, traffic())
    same(store, TODAY)
    other = plan_of([FAST], [Limit("ttft_s", Bad(above=0.2))])
    same(store, TODAY, other)

    assert {other.version} == set(hours_kept(store).values())


def test_an_hour_is_counted_once(store):
    save(store, traffic())
    same(store, TODAY)
    before = hours_kept(store)
    save(store, [])
    same(store, TODAY)

    assert before == hours_kept(store)


def test_time_without_requests_is_nothing(store):
    save(store, [request("a", -30 * 60.0), request("b", -5.0)])
    same(store, TODAY)

    assert 0 == len(store.history(SHOP, PLAN).over(Window(NOON - 29 * HOUR, NOON - 2 * HOUR)))
    assert 0 == len(store.history("elsewhere", PLAN).over(TODAY))
    assert 0 == len(store.history(SHOP, PLAN).over(Window(NOON + DAY, NOON + 3 * DAY)))


def test_a_history_held_says_the_same(store):
    save(store, traffic())
    history, held = store.history(SHOP, PLAN), store.history(SHOP, PLAN)
    held.hold(Window.ending(NOON, LONG), Window.ending(NOON, 40 * HOUR))

    for window in (TODAY, *Window.ending(NOON, 30 * HOUR).parts(4 * HOUR), Window.ending(NOON, HOUR)):
        one, other = history.over(window), held.over(window)
        assert [tally(one, limit) for limit in PLAN.limits] == [tally(other, limit) for limit in PLAN.limits]
        if window.length >= LONG:
            assert [one.minutes_of(limit) for limit in PLAN.minutes] == [
                other.minutes_of(limit) for limit in PLAN.minutes
            ]


CLUSTERED = Limit("failed", Bad(), clustered=True)


def test_what_is_only_counted_is_what_the_samples_say(store):
    plan = plan_of([UP, FAST], [SLOW, CLUSTERED])
    requests = [replace(one, model=["m", "n"][n % 2], session_id=f"s{n // 3}") for n, one in enumerate(traffic())]
    save(store, requests)
    judge(store, requests[:90], 0.6, rate=0.25)
    plain, held = store.history(SHOP, plan), store.history(SHOP, plan)
    held.hold(Window.ending(NOON, 3 * HOUR), Window.ending(NOON, 31 * HOUR))

    for minute in (0, 1, 2, 90, 91, 240, 500):
        for length in (5 * MINUTE, HOUR, 6 * HOUR, DAY):
            window = Window.ending(NOON - minute * MINUTE, length)
            for limit in (*plan.limits, FAILED):
                for where in ((), (("feature", "returns"),)):
                    sample = plain.over(window, where=where)
                    assert tally(sample, limit) == held.tally(window, limit, where=where), (window, limit, where)


def test_counts_by_several_labels_are_those_of_the_rows(store):
    requests = [replace(one, model=["m", "n"][n % 2]) for n, one in enumerate(traffic())]
    save(store, requests)
    history = store.history(SHOP, PLAN)
    history.hold(Window.ending(NOON, 3 * HOUR), Window.ending(NOON, 3 * HOUR))

    for minute in range(0, 60, 7):
        window = Window.ending(NOON - minute * MINUTE, HOUR)
        rows = history.rows(window)
        plain = {
            (("feature", feature), ("model", model)): (tally(part, FAILED), tally(part, SLOW))
            for feature, of in rows.split("feature")
            for model, part in of.split("model")
        }
        assert sorted(plain.items()) == history.tallies(window, [FAILED, SLOW], ("feature", "model"))


def test_slots_that_follow_each_other_read_next_to_nothing(store):
    """Six hours of slots: the windows of rules of all lengths, those of a day and of judged answers among them."""
    requests = traffic()
    save(store, requests)
    judge(store, requests, 0.6)
    until = NOON - 6 * HOUR
    history = store.history(SHOP, PLAN)
    history.hold(Window(until - 3 * HOUR, NOON), Window(until - DAY, NOON))
    reads: list[str] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_):
        reads.append(statement)

    for minute in range(360):
        end = until + minute * MINUTE
        history.tally(Window.ending(end, 5 * MINUTE), FAILED)
        history.by(Window.ending(end, 15 * MINUTE), "feature")
        history.tally(Window.ending(end, DAY), FAILED)
        history.judged(Window.ending(end, DAY))
        history.by(Window.ending(end, DAY), "feature")
    event.remove(Engine, "before_cursor_execute", note)

    assert 0 < len(reads) < 120


def test_goodput_over_days_is_that_of_the_rows(store):
    requests = traffic()
    save(store, requests)
    judge(store, requests[:90], 0.9, rate=0.5)
    rows = store.requests.facts(SHOP, TODAY)

    one, other = (
        measure_goodput(joint(of, PLAN.promises), PLAN.promises, TODAY)
        for of in (rows, store.history(SHOP, PLAN).over(TODAY))
    )
    assert one == other


def test_only_the_first_names_of_a_day_have_a_series_of_their_own(store, caplog):
    first = [request(f"a{n}", -26 * 60.0 - n / 10, feature=f"id-{n:04}") for n in range(450)]
    save(store, [*first, request("last", -1.0)])
    window = Window(NOON - 28 * HOUR, NOON - 24 * HOUR)
    found = store.history(SHOP, PLAN).by(window, "feature")

    assert 450 == len(store.history(SHOP, PLAN).over(window)) == sum(map(len, found.values()))
    assert 201 == len(found)
    assert "is it an id?" in caplog.text


def test_judged_rows_are_those_that_were_chosen(store):
    requests = traffic()
    save(store, requests)
    judge(store, requests[:40], 0.6)
    window = Window.ending(NOON, 31 * HOUR)
    found = store.history(SHOP, PLAN).judged(window)

    assert {one.trace_id for one in requests[:40]} == set(found.trace_ids)
    assert found.selected.all()


@given(
    st.lists(st.integers(1, 1859), min_size=1, max_size=6, unique=True),
    st.randoms(use_true_random=False),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_parts_of_a_window_add_up_however_late_their_requests_came(migrated_file, tmp_path, cuts, luck):
    """In any order the requests arrive and the parts are asked, k and n of the parts are those of the whole."""
    from adapters.store import Store

    path = tmp_path / f"{luck.getrandbits(60)}.db"
    path.write_bytes(migrated_file)
    store = Store.open(f"sqlite:///{path}")
    requests = traffic(120)
    luck.shuffle(requests)
    for at in range(0, 120, 40):
        save(store, requests[at : at + 40])
        same(store, TODAY)
    whole = Window(NOON - 31 * HOUR, NOON)
    edges = [whole.start, *(whole.start + cut * MINUTE for cut in sorted(cuts)), whole.end]
    parts = [Window(start, end) for start, end in zip(edges, edges[1:], strict=False)]
    luck.shuffle(parts)
    history = store.history(SHOP, PLAN)
    for limit in (FAILED, SLOW):
        tallies = [tally(history.over(part), limit) for part in parts]
        total = tally(history.over(whole), limit)
        assert (total.k, total.n) == (sum(one.k for one in tallies), sum(one.n for one in tallies))
    assert spend_nano_usd(history.over(whole)) == sum(spend_nano_usd(history.over(part)) for part in parts)
    store.close()


def test_a_month_is_read_in_parts(store):
    store.requests.save(SHOP, Window(NOON - 31 * DAY, NOON), [request(f"t{n}", -n * 97.0 - 1) for n in range(450)], [])
    month = Window.ending(NOON, 30 * DAY)
    whole = Rollups(store.database).whole_hours(SHOP, month)

    assert whole is not None
    assert 29 * DAY < whole.length
    same(store, month)


WHOLE = Window(NOON - 31 * HOUR, NOON)


def halves(store, moment, limit, plan=PLAN):
    """Return k and n of a window as a whole, and of its two parts together."""
    history = store.history(SHOP, plan)
    whole, *parts = (tally(history.over(of), limit) for of in (WHOLE, *split_at(moment)))
    return (whole.k, whole.n), (sum(one.k for one in parts), sum(one.n for one in parts))


def split_at(moment):
    return Window(WHOLE.start, moment), Window(moment, WHOLE.end)


@pytest.mark.parametrize(
    "before",
    [pytest.param(2 * MINUTE, id="by another clock"), pytest.param(7 * HOUR, id="while a long request went on")],
)
def test_a_vote_that_is_older_than_its_request_counts_the_same_however_a_window_is_split(store, before):
    voted = request("voted", -9.5 * 60)
    early = Feedback(id="v", trace_id="voted", positive=False, given_at=voted.ended_at - before)
    save(store, [*traffic(20), voted], [early])

    for moment in (voted.ended_at - MINUTE, voted.ended_at, NOON - 10 * HOUR):
        assert ((1, 1), (1, 1)) == halves(store, moment, THUMBS)


def test_what_came_of_judging_moves_with_its_request(store):
    requests = traffic(60)
    save(store, requests)
    judge(store, requests, 0.6, rate=0.25)
    same(store, TODAY)
    save(store, [replace(one, ended_at=one.ended_at - 45 * MINUTE) for one in requests[:30]])
    same(store, TODAY)

    assert ((60, 60), (60, 60)) == halves(store, NOON - 5 * HOUR, RISKY)
    assert 60 == len(store.history(SHOP, PLAN).judged(Window.ending(NOON, 2 * DAY)))


def test_a_judgement_is_filed_where_its_request_is(store):
    kept = request("t", -3 * 60.0)
    save(store, [kept, *traffic(20)])
    judge(store, [replace(kept, ended_at=kept.ended_at + 70 * MINUTE)], 0.6)  # its texts were read of a longer trace

    assert ((1, 1), (1, 1)) == halves(store, kept.ended_at + MINUTE, RISKY)
    assert {"t"} == store.judgements.settled(SHOP, Window(kept.ended_at, kept.ended_at + MINUTE), ["faithfulness"])


def test_an_hour_that_changes_between_counting_and_reading_is_counted_again(open_store):
    one, other = open_store(), open_store()
    requests = traffic()
    save(one, requests[:299])
    rollups = Rollups(one.database)
    whole = rollups.whole_hours(SHOP, TODAY)
    before = len(rollups.read(SHOP, whole, PLAN)[None])
    save(other, [replace(requests[299], ended_at=NOON - 5 * HOUR - MINUTE)])

    assert before + 1 == len(rollups.read(SHOP, whole, PLAN)[None])
    assert before + 1 == rollups.hourly(SHOP, whole, PLAN)[:, 0].sum()


def test_two_that_count_by_different_limits_do_not_read_each_others_hours(open_store):
    one, other = open_store(), open_store()
    save(one, traffic())
    wide = plan_of([FAST], [Limit("ttft_s", Bad(above=limit / 10)) for limit in range(1, 9)])
    for _ in range(3):
        same(one, TODAY)
        same(other, TODAY, wide)


CHECKOUT = objective("checkout", where={"feature": "checkout"})


def test_a_promise_to_some_is_counted_among_any_number_of_names(store):
    """The promised name is rare and comes last: among the first 200 of the day, or the most frequent, it is not."""
    plan = plan_of([CHECKOUT, FAST])
    ids = [request(f"a{n}", -26 * 60.0 + n / 50, feature=f"id-{n % 700:04}") for n in range(1400)]
    promised = [
        request(f"c{n}", -25 * 60.0 + 7 * n, feature="checkout", outcome=Outcome.TIMEOUT if n < 3 else Outcome.OK)
        for n in range(10)
    ]
    save(store, [*ids, *promised, request("last", -1.0)])
    same_name = (("feature", "checkout"),)
    history = store.history(SHOP, plan)

    for window in (WHOLE, Window(NOON - 27 * HOUR, NOON - 22 * HOUR), Window(NOON - 25 * HOUR, NOON - 23.5 * HOUR)):
        assert (3, 10) == (
            tally(history.over(window, where=same_name), FAILED).k,
            tally(history.over(window, where=same_name), FAILED).n,
        )
    assert 1410 == len(history.over(Window(NOON - 27 * HOUR, NOON - HOUR)))


def test_a_month_of_a_large_application_is_a_trillion_tokens(store):
    most = 2**31 - 1
    save(store, [replace(one, input_tokens=most, output_tokens=200_000) for one in traffic(300)])
    found = store.history(SHOP, PLAN).over(WHOLE, spreads=("input_tokens", "output_tokens"))

    assert 300 * most == distribution(found, "input_tokens").total
    assert 200_000 == pytest.approx(distribution(found, "output_tokens").quantile(0.95), rel=0.0101)
    low, high = distribution(found, "output_tokens").mean_interval()
    assert low <= 200_000 <= high
