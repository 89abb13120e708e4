"""What every channel promises."""

import time
import traceback
from contextlib import nullcontext
from email.utils import formatdate

import pytest

from domain.errors import PermanentError, TransientError
from tests.alerts.channels.conftest import Receiver, patience_s
from tests.alerts.channels.messages import FIRING, HOSTILE, TITLE, delivery
from tests.stand_ins.server import Answer, Fault


def test_the_title_arrives_once(receiver: Receiver) -> None:
    receiver.channel.send(delivery())

    assert [True] == [TITLE in " ".join(text.split()) for text in receiver.read()]


def test_hostile_text_of_any_length_is_delivered(receiver: Receiver) -> None:
    receiver.channel.send(delivery(HOSTILE))

    assert 1 == len(receiver.read())


@pytest.mark.parametrize(
    ("fault", "retry_after_s"),
    [
        pytest.param(Fault("status", Answer(status=429, headers={"Retry-After": "17"})), 17, id="429 with seconds"),
        pytest.param(Fault("status", Answer(status=429)), None, id="429 without a word"),
        pytest.param(Fault("status", Answer(status=503, headers={"Retry-After": "5"})), 5, id="503 with seconds"),
        pytest.param(Fault("status", Answer("<html>", status=500)), None, id="500"),
        pytest.param(Fault("status", Answer(status=502)), None, id="502"),
        pytest.param(Fault("status", Answer(status=504)), None, id="504"),
        pytest.param(Fault("reset"), None, id="reset"),
        pytest.param(Fault("hang_up"), None, id="hang up"),
        pytest.param(Fault("hang"), None, id="no answer in time"),
    ],
)
def test_bad_moments_are_transient_and_tried_once(remote: Receiver, fault: Fault, retry_after_s) -> None:
    remote.server.fail_next(fault)

    with pytest.raises(TransientError) as caught:
        remote.channel_with(patience_s(fault)).send(delivery())

    assert 1 == len(remote.server.received)
    assert retry_after_s == caught.value.retry_after_s
    assert_silent_about(remote, caught)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("malformed"), id="malformed body"),
        pytest.param(Fault("truncated", committed=True), id="truncated body"),
        pytest.param(Fault("status", Answer(b"", status=200)), id="empty body"),
        pytest.param(Fault("status", Answer([1], status=200)), id="a list"),
        pytest.param(Fault("status", Answer("<html>Sign in</html>", status=200)), id="a sign-in page"),
    ],
)
def test_a_success_is_believed_only_in_the_words_of_the_service(remote: Receiver, fault: Fault) -> None:
    remote.server.fail_next(fault)

    with nullcontext() if remote.believes(fault) else pytest.raises(TransientError) as caught:
        remote.channel.send(delivery())

    assert 1 == len(remote.server.received)
    if caught:
        assert caught.value.retry_after_s is None
        assert_silent_about(remote, caught)


def test_a_pause_given_as_a_date_is_understood(remote: Receiver) -> None:
    date = formatdate(time.time() + 42, usegmt=True)
    remote.server.fail_next(Fault("status", Answer(status=429, headers={"Retry-After": date})))

    with pytest.raises(TransientError) as caught:
        remote.channel.send(delivery())

    assert 42 == pytest.approx(caught.value.retry_after_s, abs=2)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 405, 410, 413, 418, 422])
def test_other_refusals_are_permanent_and_tried_once(remote: Receiver, status: int) -> None:
    body = {"ok": False, "message": f"No {remote.secret}", "error": f"No {remote.secret}", "errors": [remote.secret]}
    remote.server.fail_next(Fault("status", Answer(body, status=status)))

    with pytest.raises(PermanentError) as caught:
        remote.channel.send(delivery())

    assert 1 == len(remote.server.received)
    assert str(status) in str(caught.value)
    assert_silent_about(remote, caught)


def test_nobody_listening_is_transient(remote: Receiver) -> None:
    remote.server.__exit__()

    with pytest.raises(TransientError) as caught:
        remote.channel.send(delivery())

    assert_silent_about(remote, caught)


def test_no_secret_is_in_the_channels_own_words(remote: Receiver) -> None:
    assert remote.secret not in repr(vars(remote.channel))


def assert_silent_about(remote: Receiver, caught: pytest.ExceptionInfo) -> None:
    words = "".join(traceback.format_exception(caught.value)) + repr(caught.value)

    assert remote.secret not in words
    assert FIRING.sentence not in words
