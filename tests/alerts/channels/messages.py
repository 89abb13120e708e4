"""Messages to send, friendly and hostile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from domain.delivery import Delivery, delivery_id
from domain.message import Chart, Link, Message, MessageKind, Severity, Table, WorstTrace
from tests.stand_ins.slack import FIRST_TS

NOON = datetime.fromtimestamp(FIRST_TS, tz=UTC)
TITLE = "support-bot: 15.5% of answers unfaithful"

FIRING = Message(
    key="support-bot:prod:faithfulness:2026-11-23",
    kind=MessageKind.FIRING,
    severity=Severity.PAGE,
    application="support-bot",
    environment="prod",
    rule="faithfulness",
    title=TITLE,
    sentence="Faithful answers are at 84.5% against a target of 99.0% since 07:45 UTC.",
    facts=(("Now", "84.5% good, 95% CI 80.7-87.6%"), ("Sample", "412 judged of 8 240 requests")),
    worst_traces=(
        WorstTrace("4bf92f3577b34da6a3ce929d0e0e4736", "Refund window stated as 90 days", "https://traces.example/1"),
        WorstTrace("00f067aa0ba902b7", "Invented order status"),
    ),
    links=(Link("Runbook", "https://runbooks.example/faithfulness?a=1&b=2"), Link("Local", "http://127.0.0.1/run")),
    at=NOON,
    since=NOON - timedelta(minutes=15),
)
CHANGED = replace(
    FIRING,
    key="support-bot:prod:change:prompt:v42",
    kind=MessageKind.CHANGE,
    severity=Severity.INFORMATIONAL,
    rule="change",
    title="support-bot: prompt version v42 serves",
    sentence="Prompt version v42 answers since 07:40 UTC.",
    facts=(),
    worst_traces=(),
    labels=(("prompt", "v42"),),
    since=None,
)
RESOLVED = replace(FIRING, kind=MessageKind.RESOLVED, sentence="Back at 99.5% after 1 h 30 min.")
DIGEST = replace(
    FIRING,
    key="digest:2026-W47",
    kind=MessageKind.DIGEST,
    severity=Severity.INFORMATIONAL,
    rule="digest",
    title="Week 47: 3 of 4 objectives met",
    sentence="Faithfulness used 41% of its budget.",
    since=None,
    tables=(
        Table("Objectives", ("SLO", "Week", "Left"), (("Faithful", "99.4%", "38%"), ("Fast", "99.2%", "21%"))),
        Table("Alerts", ("Rule", "Times"), (("faithfulness", "2"), ("latency", ""))),
    ),
)

HOSTILE_WORDS = (
    "<!channel> <@U123> <https://evil.example|Runbook> & `rm -rf` [bold red]x[/] [link=https://evil.example]y[/link] "
    "\x1b]8;;https://evil.example\x07\u202e\u200b\u2028 &lt;!here&gt; @everyone *b* _i_ ~s~ ``` {0} %s"
)
HOSTILE = replace(
    FIRING,
    key="k" * 300,
    application="<!here>",
    environment="`prod`",
    title=HOSTILE_WORDS * 30,
    sentence=HOSTILE_WORDS * 100,
    facts=((HOSTILE_WORDS, HOSTILE_WORDS * 50),) * 30,
    worst_traces=(WorstTrace(HOSTILE_WORDS, HOSTILE_WORDS * 50, "javascript:alert(1)"),) * 30,
    links=(Link("<!channel>|x", "https://ok.example/?a=`&b=2"), Link("x", "https://evil|x"), Link("y", "ftp://y")) * 9,
    tables=(Table(HOSTILE_WORDS, (HOSTILE_WORDS,) * 25, ((HOSTILE_WORDS,) * 25,) * 200),) * 3,
)


def delivery(message: Message = FIRING, channel: str = "c", **more: object) -> Delivery:
    return Delivery(id=delivery_id(message, channel), channel=channel, message=message, **more)


def again(message: Message = FIRING, **more: object) -> Delivery:
    """The second attempt."""
    return delivery(message, attempts=1, first_tried_at=NOON, **more)


hostile_text = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="<>&|`!@#*_~[]{}\\\"'\n\t \u200b\u202e\x1b;lgtamp", max_size=400),
    st.builds(
        lambda words, times: words * times,
        st.sampled_from(["<!here>&`", "&", "<", "\U0001f600", '"']),
        st.sampled_from([1, 20, 200, 3000]),
    ),
)
_rows = st.integers(0, 22).flatmap(
    lambda columns: st.builds(
        Table,
        hostile_text,
        st.tuples(*[hostile_text] * columns),
        st.lists(st.tuples(*[st.text(max_size=5)] * columns), max_size=3).map(lambda rows: tuple(rows) * 40),
    )
)
_urls = st.one_of(
    hostile_text, st.just("https://ok.example/?a=1&b=`"), hostile_text.map(lambda text: f"https://{text}")
)
_values = st.none() | st.floats() | st.floats(0, 1)
_times = st.integers(0, 10_000_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
hostile_charts = st.builds(
    Chart,
    title=hostile_text,
    unit=st.sampled_from(["share", "s"]) | hostile_text,
    points=st.lists(st.tuples(_times, _values), max_size=60).map(
        lambda points: tuple(sorted(points, key=lambda p: p[0]))
    ),
    limit=_values,
)
hostile_messages = st.builds(
    Message,
    key=hostile_text,
    kind=st.sampled_from(MessageKind),
    severity=st.sampled_from(Severity),
    application=hostile_text,
    environment=hostile_text,
    rule=hostile_text,
    title=hostile_text,
    sentence=hostile_text,
    facts=st.lists(st.tuples(hostile_text, hostile_text), max_size=4).map(lambda facts: tuple(facts) * 5),
    worst_traces=st.lists(st.builds(WorstTrace, hostile_text, hostile_text, st.none() | _urls), max_size=3).map(
        lambda found: tuple(found) * 4
    ),
    links=st.lists(st.builds(Link, hostile_text, _urls), max_size=7).map(tuple),
    tables=st.lists(_rows, max_size=2).map(tuple),
    labels=st.lists(st.tuples(hostile_text, hostile_text), max_size=4).map(lambda pairs: tuple(pairs) * 4),
    changes=st.lists(hostile_text, max_size=4).map(lambda lines: tuple(lines) * 4),
    chart=st.none() | hostile_charts,
    at=st.just(NOON),
    since=st.none() | st.just(NOON),
)
