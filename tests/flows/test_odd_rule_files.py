"""Whatever stands in `rules.yaml`: the answer is rules, or mistakes with their place; never a crash."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from domain.errors import ConfigError
from flows.rule_files import read_written, rules_with

WORDS = st.sampled_from(
    [
        "rules",
        "without",
        "name",
        "kind",
        "share",
        "burn",
        "when",
        "over",
        "5m",
        "page",
        "severity",
        "error-rate",
        "",
        "a",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.integers(), inner, max_size=6),
    max_leaves=12,
)
WRITTEN = {
    "name": "a",
    "severity": "page",
    "summary": "s",
    "look": "l",
    "when": {"kind": "share", "signal": "failed", "share_above": 0.1, "over": "15m", "alpha": 0.001},
}


@given(file=VALUES | st.fixed_dictionaries({}, optional={"rules": VALUES, "without": VALUES}))
def test_whatever_the_file_holds_the_answer_is_rules_or_a_place(tmp_path_factory, file):
    read_or_refused(tmp_path_factory, file)


@given(key=st.sampled_from([*WRITTEN, "for", "every", "inhibited_by", "blind_after"]), value=VALUES)
def test_whatever_a_field_holds_the_answer_is_rules_or_a_place(tmp_path_factory, key, value):
    read_or_refused(tmp_path_factory, {"rules": [{**WRITTEN, key: value}]})
    read_or_refused(tmp_path_factory, {"rules": [{**WRITTEN, "when": {**WRITTEN["when"], key: value, "over": value}}]})


@given(text=st.text(alphabet="abk:-{}[],&*!<>|\"'?#%@ \n\t0159.~", max_size=40))
def test_whatever_the_text_is_the_answer_is_rules_or_a_place(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "rules.yaml"
    path.write_text(text)
    refused(path)


def read_or_refused(tmp_path_factory, file):
    path = tmp_path_factory.getbasetemp() / "rules.yaml"
    with path.open("w") as to:
        YAML(typ="safe", pure=True).dump(file, to)
    refused(path)


def refused(path):
    with pytest.raises(ConfigError) if (said := mistakes(path)) else nullcontext():
        rules_with(path)

    assert all(line.startswith(f"{path}:") for line in said.splitlines() if line)


def mistakes(path):
    try:
        return "\n".join(read_written([path]).mistakes)
    except ConfigError as error:
        return str(error)
