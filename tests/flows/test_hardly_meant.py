"""Promises that cannot have been meant together are said, with the arithmetic."""

import pytest

from flows.promised import read_promises

WHOLE = "  - {name: end-to-end, tier: infrastructure, promise: p, signal: latency_s, statistic: p95, at_most: 0.5%s}\n"
PACE = "  - {name: pace, tier: llm, promise: p, signal: tpot_s, statistic: p95, at_most: 0.1%s}\n"
AVAILABLE = (
    "  - {name: availability, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: %s}\n"
)
MINUTES = AVAILABLE.replace("share", "slices")
INVENTED = (
    "  - {name: hallucination, tier: quality, promise: p, signal: hallucination_risk, statistic: share, above: 0.15,"
    " at_most: %s}\n"
)


def warnings(tmp_path, *text):
    path = tmp_path / "slos.yaml"
    path.write_text("".join(text))
    return [one.replace(str(tmp_path), "") for one in read_promises(path, None).warnings]


def test_half_a_second_for_a_whole_streamed_answer_is_doubted_with_the_arithmetic(tmp_path):
    (said,) = warnings(tmp_path, "profile: chat\nobjectives:\n", WHOLE % "")

    assert said == (
        "/slos.yaml:3:5: warning: 'end-to-end' within 0.5 s leaves a streamed answer 1 token at the 0.1 s of 'per-token' "
        "after a first token at 0.5 s; 300 tokens take 30.4 s. Promise the end to end of answers that do not stream, or "
        "the first token and the pace"
    )


def test_without_a_promise_of_the_first_token_the_pace_alone_is_too_slow(tmp_path):
    (said,) = warnings(tmp_path, "objectives:\n", WHOLE % "", PACE % "")

    assert said.startswith("/slos.yaml:2:5: warning: 'end-to-end' within 0.5 s leaves a streamed answer 6 tokens at")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            ("profile: chat\nwithout: [first-token, per-token]\nobjectives:\n", WHOLE % ""), id="no streaming"
        ),
        pytest.param(("profile: chat\nobjectives:\n", (WHOLE % "").replace("0.5", "2.0")), id="two seconds"),
        pytest.param(("profile: chat\nobjectives:\n", (WHOLE % "").replace("p95", "p50")), id="a median"),
        pytest.param(
            ("objectives:\n", WHOLE % ", where: {feature: yes-or-no}", PACE % ", where: {feature: essays}"), id="others"
        ),
        pytest.param(("objectives:\n", WHOLE % "", (PACE % "").replace("0.1", "0")), id="a pace without a limit"),
        pytest.param(("objectives:\n", AVAILABLE % 0.95, INVENTED % 0.2), id="own limits, no preset"),
        pytest.param(("endpoint: b2b\nobjectives:\n", AVAILABLE % 0.9999), id="stricter than the endpoint"),
        pytest.param(("endpoint: b2b\nobjectives:\n", AVAILABLE % 0.9995), id="just what the endpoint asks"),
        pytest.param(("endpoint: b2b\nobjectives:\n", MINUTES % 0.9), id="minutes are not compared with requests"),
        pytest.param(("domain: legal\nobjectives:\n", INVENTED % 0.01), id="just what the domain asks"),
        pytest.param(("domain: general\nobjectives:\n", AVAILABLE % 0.9), id="a domain that asks for nothing"),
    ],
)
def test_what_may_well_be_meant_is_not_doubted(tmp_path, text):
    assert [] == warnings(tmp_path, *text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            ("endpoint: b2b\nobjectives:\n", AVAILABLE % 0.999),
            "/slos.yaml:3:5: warning: b2b allows 0.05 % failures, but 'availability' allows 0.1 %, and counts",
            id="an endpoint",
        ),
        pytest.param(
            ("domain: medical\nobjectives:\n", INVENTED % 0.05),
            "/slos.yaml:3:5: warning: medical allows 1 % flagged answers, but 'hallucination' allows 5 %, and counts",
            id="a domain",
        ),
        pytest.param(
            ("profile: rag\ndomain: legal\nwithout: [hallucination]\n",),
            "/slos.yaml:2:1: warning: legal allows 1 % flagged answers, but there is no objective 'hallucination' here",
            id="a domain and no promise",
        ),
    ],
)
def test_a_preset_that_changes_nothing_is_doubted(tmp_path, text, expected):
    (said,) = warnings(tmp_path, *text)

    assert said.startswith(expected)
