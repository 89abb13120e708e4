"""A promise about what nobody judges is a mistake of the files, with its place."""

import pytest

from domain.errors import ConfigError
from flows.configuration import read_application

APP = "source: {kind: langfuse}\njudging: {judge: {kind: openai, model: m}, criteria: [%s]}\n"
SLOS = """\
objectives:
  - {name: answers, tier: infrastructure, promise: p, signal: answered, statistic: share, at_least: 0.99}
  - {name: tone, tier: quality, promise: p, signal: %s, statistic: share, %s}
"""
BRAND = """\
name: tone
version: 1
of: answer
asks: Does it sound like us?
verdicts:
  like_us: {means: it does, counts: 1}
  unlike_us: {means: it does not, counts: 0}
"""


def read(folder, criteria, signal, bad="below: 0.5, at_most: 0.05"):
    (folder / "bot").mkdir()
    (folder / "criteria").mkdir()
    (folder / "criteria" / "tone.yaml").write_text(BRAND)
    (folder / "bot" / "app.yaml").write_text(APP % criteria)
    (folder / "bot" / "slos.yaml").write_text(SLOS % (signal, bad))
    return read_application(folder, "bot")


def test_a_promise_about_a_chosen_criterion_is_fine(tmp_path):
    configured = read(tmp_path, "faithfulness, tone", "score.tone")

    assert ["answers", "tone"] == [one.name for one in configured.objectives]


@pytest.mark.parametrize(
    ("signal", "criterion"), [("score.tone", "tone"), ("score.tome", "tome"), ("relevance", "relevance")]
)
def test_a_promise_that_nobody_judges_is_named(tmp_path, signal, criterion):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, "faithfulness", signal)

    assert str(caught.value) == (
        f"{tmp_path}/bot/slos.yaml:3:45: objectives.1.signal: nobody judges by {criterion!r}: "
        "name it under judging.criteria in app.yaml (there: faithfulness)"
    )


def test_what_could_not_be_judged_has_a_criterion_too(tmp_path):
    with pytest.raises(ConfigError, match="nobody judges by 'tone'"):
        read(tmp_path, "faithfulness", "unjudged.tone", "at_most: 0.04")
