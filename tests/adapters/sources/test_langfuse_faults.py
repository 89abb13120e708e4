"""What goes wrong between us and Langfuse, on real sockets: each thing becomes one of our errors, and says little."""

import re
from datetime import timedelta
from email.utils import formatdate
from time import time

import pytest

from adapters.sources import langfuse_pages
from domain.errors import ConfigError, PermanentError, TransientError
from domain.window import Window
from tests.adapters.sources.recorded import ALL_48_HOURS, recording, rows, scores
from tests.adapters.sources.test_langfuse_publish import note
from tests.stand_ins.langfuse import PUBLIC_KEY, SECRET_KEY, langfuse
from tests.stand_ins.server import Answer, Fault, stand_in

LAST_HOUR = Window.ending(ALL_48_HOURS.end, timedelta(hours=1))
EVERY = ["with_texts", "feedback", "totals", "publish", "unread", "send_to_review", "human_labels"]
HTML = {"content-type": "text/html; charset=utf-8"}


def status(code, body="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault("status", Answer(body, code, named))


FAULTS = [
    pytest.param(status(429, retry_after="7"), TransientError, "429 Too Many Requests", id="busy"),
    pytest.param(status(500, '{"message": "boom"}'), TransientError, "500 Internal", id="broken"),
    pytest.param(status(502, "<html>", **HTML), TransientError, "502 Bad Gateway", id="behind a broken proxy"),
    pytest.param(status(503), TransientError, "503 Service Unavailable", id="away"),
    pytest.param(status(408), TransientError, "408 Request Timeout", id="too slow for itself"),
    pytest.param(Fault("hang"), TransientError, "in time", id="hangs"),
    pytest.param(Fault("drip", seconds=0.05), TransientError, "in time", id="drips for ever"),
    pytest.param(Fault("reset"), TransientError, "cannot be reached", id="resets"),
    pytest.param(Fault("hang_up"), TransientError, "cannot be reached", id="hangs up"),
    pytest.param(Fault("truncated"), TransientError, "cannot be reached", id="stops in the middle"),
    pytest.param(Fault("malformed"), TransientError, "broken JSON", id="half a JSON"),
    pytest.param(status(200, "<html>", **HTML), PermanentError, "GOODPUT_LANGFUSE_URL", id="another web site"),
    pytest.param(status(404, "<html>", **HTML), PermanentError, "GOODPUT_LANGFUSE_URL", id="no such route"),
    pytest.param(status(302, location="/login"), PermanentError, "302 Found", id="moved"),
    pytest.param(status(400, '"Invalid JSON"'), PermanentError, "400 Bad Request", id="refused"),
    pytest.param(status(401, '{"message": "x"}'), PermanentError, "GOODPUT_LANGFUSE_PUBLIC_KEY", id="wrong key"),
    pytest.param(status(403, '{"message": "x"}'), PermanentError, "GOODPUT_LANGFUSE_SECRET_KEY", id="weak key"),
    pytest.param(status(413), PermanentError, "413", id="too large"),
    pytest.param(status(418), PermanentError, "418", id="a teapot"),
    pytest.param(status(200, "[]"), PermanentError, "form that Goodput does not know", id="a list"),
    pytest.param(status(200, '{"data": {}}'), PermanentError, "form that Goodput does not know", id="no rows"),
    pytest.param(status(200, b'{"a": "\xff"}'), TransientError, "broken JSON", id="not UTF-8"),
    pytest.param(status(200, "[" * 100_000), TransientError, "broken JSON", id="nested without end"),
]


@pytest.mark.parametrize(("fault", "error", "words"), FAULTS)
async def test_a_fault_becomes_an_error_that_says_what_to_do(opened, fault, error, words):
    with langfuse(rows()[:20]) as server:
        source = await opened(server, timeout_s=patience(fault))
        server.fail_next(fault)

        with pytest.raises(error, match=re.escape(words)) as caught:
            await call(source, "observations")

    assert not any(secret in told(caught.value) for secret in (PUBLIC_KEY, SECRET_KEY, "http://", "boom", "<html"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (status(503), TransientError),
        (Fault("reset"), TransientError),
        (Fault("malformed"), TransientError),
        (status(401), PermanentError),
        (status(422), PermanentError),
        (status(200, "{}"), PermanentError),
    ],
)
@pytest.mark.parametrize("method", EVERY)
async def test_every_method_fails_the_same_way(opened, method, fault, error):
    with langfuse(rows()[:20], scores()) as server:
        source = await opened(server, timeout_s=20)
        server.fail_next(*[fault] * 10)

        with pytest.raises(error):
            await call(source, method)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry_after": "7"}, 7, id="seconds"),
        pytest.param({"retry_after": formatdate(time() + 86400, usegmt=True)}, 86400, id="a date"),
        pytest.param({"retry_after": formatdate(time() - 86400, usegmt=True)}, 0, id="a date that is over"),
        pytest.param({"retry_after": "soon"}, None, id="words"),
        pytest.param({"retry_after": "-5"}, None, id="negative"),
        pytest.param({"retry_after": "9" * 400}, None, id="for ever"),
        pytest.param({}, None, id="nothing"),
    ],
)
async def test_a_busy_server_says_when_to_come_back(opened, headers, seconds):
    with langfuse(rows()[:20]) as server:
        source = await opened(server)
        server.fail_next(status(429, **headers))

        with pytest.raises(TransientError) as caught:
            await call(source, "observations")

    assert pytest.approx(seconds, abs=600) == caught.value.retry_after_s


@pytest.mark.parametrize("fault", [status(503), status(429), Fault("reset")])
async def test_nothing_is_tried_twice_here(opened, fault):
    with langfuse(rows()[:20]) as server:
        source = await opened(server)
        server.fail_next(fault)

        with pytest.raises(TransientError):
            await call(source, "observations")

    assert ["/api/public/v2/observations"] == [request.path for request in server.received]


async def test_a_failing_second_page_is_no_partial_success(opened):
    with langfuse(rows()) as server:
        source = await opened(server, timeout_s=10)
        pages = source.observations(ALL_48_HOURS)
        await anext(pages)
        server.fail_next(status(503))

        with pytest.raises(TransientError):
            await anext(pages)


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(lambda n: ([{}], "same"), id="the same cursor again"),
        pytest.param(lambda n: ([{}], "ab"[n % 2]), id="two cursors in turn"),
        pytest.param(lambda n: ([], str(n)), id="empty pages without end"),
    ],
)
async def test_a_server_that_leads_in_circles_is_left(opened, answers):
    given = iter(range(100))

    def in_circles(_request):
        page, cursor = answers(next(given))
        return Answer({"data": page, "meta": {"cursor": cursor}})

    with stand_in(in_circles) as server:
        source = await opened(server)

        with pytest.raises(PermanentError, match="again and again"):
            await call(source, "observations")

    assert len(server.received) < 5


@pytest.mark.parametrize("fails", [1, 2, 3])
async def test_a_window_that_is_too_much_is_read_in_halves(opened, fails):
    with langfuse(rows()) as server:
        source = await opened(server)
        server.fail_next(*[status(422, '{"message": "advice", "error": "Request timed out"}')] * fails)
        found = [row.id async for page in source.observations(LAST_HOUR) for row in page.observations]

    read_at_once = [row["id"] for row in rows() if row["startTime"] >= langfuse_start(LAST_HOUR)]
    assert sorted(read_at_once) == sorted(found)
    assert 1 + 2 * fails == len(server.received)


async def test_a_minute_that_is_too_much_is_an_error(opened):
    with langfuse(rows()) as server:
        source = await opened(server)
        server.fail_next(*[status(422)] * 20)

        with pytest.raises(PermanentError, match="422"):
            await call(source, "observations")

    starts = [request.query["fromStartTime"] for request in server.received]
    shortest = langfuse_pages.SHORTEST
    assert shortest <= LAST_HOUR.length / 2 ** (len(starts) - 1) < 2 * shortest


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(status(404, "<html>", **HTML), "GOODPUT_LANGFUSE_URL", id="no Langfuse there"),
        pytest.param(status(200, "<html>", **HTML), "GOODPUT_LANGFUSE_URL", id="another web site"),
        pytest.param(status(200, '{"status": "OK", "version": "?"}'), "which version", id="no version"),
        pytest.param(status(200, '{"status": "OK"}'), "does not know", id="another API"),
    ],
)
async def test_a_check_of_the_wrong_server_names_the_setting(opened, fault, words):
    with langfuse(()) as server:
        source = await opened(server)
        server.fail_next(fault)

        with pytest.raises(ConfigError, match=words):
            await source.check()


@pytest.mark.parametrize("name", ["errors/401-wrong-secret", "errors/401-no-auth", "errors/403-bearer-public-key-read"])
async def test_a_check_with_wrong_keys_names_the_variables(opened, name):
    answer = recording(name)["response"]
    with langfuse(()) as server:
        source = await opened(server)
        await source.check()
        server.fail_next(status(answer["status"], answer["json"]))

        with pytest.raises(ConfigError, match="GOODPUT_LANGFUSE_PUBLIC_KEY and GOODPUT_LANGFUSE_SECRET_KEY"):
            await source.check()


@pytest.mark.parametrize("fault", [status(503), Fault("reset"), Fault("hang")])
async def test_a_check_of_a_server_that_is_away_may_be_repeated(opened, fault):
    with langfuse(()) as server:
        source = await opened(server, timeout_s=patience(fault))
        server.fail_next(fault)

        with pytest.raises(TransientError, match=r"127\.0\.0\.1"):
            await source.check()


async def test_nobody_listens(opened):
    with langfuse(()) as server:
        source = await opened(server)

    with pytest.raises(TransientError, match=r"cannot be reached \(ConnectError\)"):
        await source.check()


def patience(fault):
    return 0.3 if fault.kind in {"hang", "drip"} else 20


async def call(source, method):
    if method == "observations":
        return [page async for page in source.observations(LAST_HOUR)]
    arguments = {"with_texts": (["t"], LAST_HOUR), "publish": ([note(1)],), "unread": ([note(1)],)}
    arguments |= {"send_to_review": ("worst-answers", ["t"]), "human_labels": ("faithfulness", LAST_HOUR)}
    return await getattr(source, method)(*arguments.get(method, (LAST_HOUR,)))


def told(error):
    return "".join(str(link) for link in (error, error.__cause__) if link)


def langfuse_start(window):
    return window.start.isoformat(timespec="milliseconds").replace("+00:00", "Z")
